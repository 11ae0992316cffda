import io
import logging
import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request

from celery.beat import Scheduler, Service
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from config.celery import app


class Command(BaseCommand):
    help = "The whole site in one process: web, worker and scheduler, with sample data."

    def add_arguments(self, parser):
        parser.add_argument("port", nargs="?", type=int, default=8000)

    def handle(self, *, port, **options):
        if not settings.DEMO:
            raise CommandError("This is the demo: run it with DEMO=1.")
        if not _is_free(port):
            raise CommandError(f"Port {port} is taken. Try another: make demo PORT={port + 1}")
        if "SITE_URL" not in os.environ:
            # The settings are loaded by now; start again with the address of this port in them.
            os.environ["SITE_URL"] = f"http://127.0.0.1:{port}"
            os.execv(sys.executable, [sys.executable, *sys.argv])
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
        self.stdout.write("Preparing the database ...")
        call_command("migrate", verbosity=0)
        if not User.objects.exists():
            self.stdout.write("Loading the sample data ...")
            call_command("load_sample", stdout=self.stdout)
        self.stdout.write("Starting worker and scheduler ...")
        logging.getLogger("celery").setLevel(logging.WARNING)  # not a line for every tick
        worker = app.WorkController(
            pool="threads",
            concurrency=2,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
            loglevel="WARNING",
            hostname="demo@local",
        )
        beat = Service(app, max_interval=1, scheduler_cls=Scheduler)
        for work in (worker.start, beat.start):
            threading.Thread(target=work, daemon=True).start()
        threading.Thread(target=self.greet, daemon=True).start()
        try:
            call_command("runserver", f"127.0.0.1:{port}", use_reloader=False, stdout=io.StringIO())
        finally:
            beat.stop(wait=False)
            worker.stop()
            self.stdout.write("\nThe demo has ended. Its data stays in var/ for the next time.")

    def greet(self):
        """Say where the site is, once it answers."""
        while True:
            try:
                urllib.request.urlopen(f"{settings.SITE_URL}/healthz", timeout=5).close()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.1)
        self.stdout.write(
            _box(
                "Communities of Practice is running, with sample data.",
                "",
                f"The site      {settings.SITE_URL}/",
                f"Sign in as …  {settings.SITE_URL}/dev/sign-in/",
                f"The mail      {settings.SITE_URL}/dev/mail/",
                "",
                "Ctrl-C ends it.",
            )
        )


def _box(*lines: str) -> str:
    width = max(map(len, lines))
    middle = (f"│  {line:<{width}}  │" for line in lines)
    return "\n".join(["", f"┌{'─' * (width + 4)}┐", *middle, f"└{'─' * (width + 4)}┘", ""])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
