"""The demo as a person starts it: whoever ends ``make demo`` ends the site too."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress

import pytest
from django.conf import settings

PYTHON = settings.BASE_DIR / ".venv" / "bin" / "python"
PATIENCE_SECONDS = 120

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("make") or not PYTHON.exists(), reason="needs make setup"),
]


def answers(port):
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and not condition():
        time.sleep(0.2)
    return condition()


def test_to_end_make_ends_the_site_as_ctrl_c_does(tmp_path):
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "DEMO": "1",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'demo.sqlite3'}",
    }
    # Whoever has an account gets no sample data: that alone takes longer than all of this.
    for command in ("migrate", "createsuperuser --noinput --email a@sample.example"):
        subprocess.run(
            [sys.executable, "manage.py", *command.split()],
            cwd=settings.BASE_DIR, env=environment, check=True, capture_output=True,
        )  # fmt: skip
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = tmp_path / "log"
    with log.open("w") as file:
        make = subprocess.Popen(
            ["make", "--old-file=setup", "demo", f"PORT={port}"],
            cwd=settings.BASE_DIR, env=environment, stdout=file, stderr=file,
            start_new_session=True,
        )  # fmt: skip
    try:
        assert wait_until(lambda: answers(port)), log.read_text()

        make.terminate()
        make.wait(timeout=30)

        assert wait_until(lambda: not answers(port))
        assert "The demo has ended." in log.read_text()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(make.pid, signal.SIGKILL)
