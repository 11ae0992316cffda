import logging
import time

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections

from config.celery import app

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Run everything that is scheduled, without Celery, each minute until stopped."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="run the list once and end")

    def handle(self, *, once, **options):
        app.loader.import_default_modules()
        next_run = {entry["task"]: 0.0 for entry in settings.CELERY_BEAT_SCHEDULE.values()}
        while True:
            for entry in settings.CELERY_BEAT_SCHEDULE.values():
                if time.monotonic() >= next_run[entry["task"]]:
                    next_run[entry["task"]] = time.monotonic() + float(entry["schedule"])
                    self.run(entry["task"])
            if once:
                return
            close_old_connections()
            time.sleep(1)

    def run(self, name):
        """Run one task here and now. One that fails does not keep the others from running."""
        try:
            app.tasks[name]()
        except Exception:
            log.exception("%s failed", name)
