import time

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from notifications import sender


class Command(BaseCommand):
    help = "Send what waits in the outbox, without Celery, until stopped."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="look once and end")

    def handle(self, *, once, **options):
        while True:
            sent = sender.deliver_due()
            if sent:
                self.stdout.write(f"{sent} sent")
            if once:
                return
            close_old_connections()
            time.sleep(1)
