"""Real senders against a real database and a mail server that keeps count."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from notifications import outbox
from notifications.models import Message
from tests.factories import EventFactory, PersonFactory
from tests.faults.sink import Sink, free_port, wait_until

RUN = "from tests.faults import sender; sender.run"
LEASE_SECONDS = 3
PATIENCE_SECONDS = 120
REPORT = settings.VAR_DIR / "faults.md"
IS_LONG = os.environ.get("FAULTS") == "long"


@dataclass
class Outcome:
    """What a trial came to: of so many mails, what the server accepted."""

    name: str
    intended: int
    delivered: int
    extra: int
    faults: int
    latest_seconds: float

    @property
    def missing(self) -> int:
        return self.intended - self.delivered

    def row(self) -> str:
        cells = (
            self.name, self.faults, self.intended, self.delivered, self.missing, self.extra,
            f"{self.latest_seconds:.1f} s",
        )  # fmt: skip
        return f"| {' | '.join(map(str, cells))} |\n"


HEAD = (
    "| trial | faults | intended | delivered | missing | extra copies | latest |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
)


@pytest.fixture(scope="session")
def report():
    """Rows for docs/reliability.md, kept beside the other things that a run makes.

    Each process of a run adds its own.
    """
    rows = []
    yield rows
    if rows:
        REPORT.parent.mkdir(exist_ok=True)
        with suppress(FileExistsError), REPORT.open("x") as table:
            table.write(HEAD)
        with REPORT.open("a") as table:
            table.writelines(row.row() for row in rows)


class Ground:
    """A database, a mail server, and senders that come and go."""

    def __init__(self, environment: dict, folder: Path, sink: Sink):
        self.environment, self.folder, self.sink = environment, folder, sink
        self.senders: list[subprocess.Popen] = []
        self.messages: list[Message] = []

    def write(self, number: int) -> None:
        event = EventFactory()
        self.messages = [
            outbox.unsaved("event-moved", PersonFactory(), key=f"trial:{place}", event=event)
            for place in range(number)
        ]
        outbox.write_all(self.messages)

    def start(self, *guards_off: str) -> subprocess.Popen:
        log = (self.folder / f"sender-{len(self.senders)}.log").open("w")
        process = subprocess.Popen(
            [
                *(sys.executable, "manage.py", "shell", "--no-imports", "-c"),
                f"{RUN}{(LEASE_SECONDS, *guards_off)}",
            ],
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        log.close()
        self.senders.append(process)
        return process

    def kill(self, process: subprocess.Popen) -> None:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)

    def alive(self) -> list[subprocess.Popen]:
        return [process for process in self.senders if process.poll() is None]

    def accepted_more(self, number: int) -> bool:
        """Wait until the server has accepted ``number`` more mails, or all there are."""
        goal = len(self.sink.accepted) + number
        return wait_until(
            lambda: len(self.sink.accepted) >= goal or self.is_done(), PATIENCE_SECONDS
        )

    def is_done(self) -> bool:
        waiting = [Message.State.QUEUED, Message.State.SENDING]
        return not Message.objects.filter(state__in=waiting).exists()

    def finish(self) -> bool:
        return wait_until(self.is_done, PATIENCE_SECONDS)

    def said(self) -> str:
        return "".join(path.read_text()[-2000:] for path in sorted(self.folder.glob("*.log")))

    def outcome(self, name: str, faults: int) -> Outcome:
        ids = {message.message_id for message in self.messages}
        copies = self.sink.copies()
        late = [
            (message.sent_at - message.created_at).total_seconds()
            for message in Message.objects.exclude(sent_at=None)
        ]
        return Outcome(
            name=name,
            intended=len(ids),
            delivered=len(ids & copies.keys()),
            extra=copies.total() - len(copies),
            faults=faults,
            latest_seconds=max(late, default=0),
        )

    def end(self) -> None:
        for process in self.alive():
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
                self.kill(process)


@pytest.fixture
def ground(transactional_db, tmp_path):
    """Settings as in production, for the database of this test; the server takes 5 ms a mail."""
    database = connection.settings_dict
    sink = Sink(free_port(), takes=0.005)
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "SECRET_KEY": "only-for-this-test-" + "x" * 40,
        "SITE_URL": settings.SITE_URL,
        "DATABASE_URL": "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(
            **{**database, "PORT": database["PORT"] or 5432}
        ),
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "RING": "0",
        "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
    }
    ground = Ground(environment, tmp_path, sink)
    with ExitStack() as stack:
        stack.callback(ground.end)
        yield ground
