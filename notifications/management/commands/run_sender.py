import logging
import time

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from notifications import sender

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Send what waits in the outbox, without Celery, until stopped."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *, once, **options):
        if once:
            sender.deliver_due()
            return
        while True:
            self.look()
            close_old_connections()
            time.sleep(1)

    def look(self):
        """Send what is due. A database that is away for a while does not end the loop."""
        try:
            sender.deliver_due()
        except Exception:
            log.exception("The outbox could not be looked at")
