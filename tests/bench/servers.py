"""Gunicorn with two workers, and what the kernel says they used."""

import os
import socket
import statistics
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.visitor import Visitor, Wrong

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


@dataclass
class Server:
    """One running application; ``master`` is gunicorn's own process, which serves nothing."""

    port: int
    master: int
    started_in: float  # seconds from the command to the first good page

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.master}/task/{self.master}/children").read_text()
        return [int(pid) for pid in children.split()]

    def cpu(self) -> float:
        """Return the seconds of processor time that the workers have used so far."""
        return sum(time.clock_gettime(clock_of(pid)) for pid in self.workers())

    def peak_memory(self) -> float:
        """Return the most memory that one worker held at any time, in MiB."""
        return max(memory(pid) for pid in self.workers())


def clock_of(pid: int) -> int:
    """Return the id of the processor-time clock of a process, as clock_getcpuclockid(3) does."""
    return (~pid << 3) | 2


def memory(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise Wrong(f"Process {pid} says nothing about its memory.")


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def environment(**more) -> dict[str, str]:
    """Return what a server knows of the world: nothing of this shell but the way to programs."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | more


@contextmanager
def serving(python: Path, application: str, first_page: str, log: Path, **settings):
    """Run ``application`` and yield its Server once ``first_page`` answers 200."""
    port = free_port()
    command = [
        python, "-m", "gunicorn", application,
        "--preload", "--workers=2", f"--bind=127.0.0.1:{port}",
    ]  # fmt: skip
    settings = {"SITE_URL": f"http://127.0.0.1:{port}", **settings}
    began = time.monotonic()
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(**settings), stdout=output, stderr=output
        )
    try:
        while not answers(port, first_page):
            if process.poll() is not None or time.monotonic() - began > START_SECONDS:
                raise Wrong(f"{application} does not start:\n{log.read_text()[-3000:]}")
            time.sleep(0.005)
        yield Server(port, process.pid, time.monotonic() - began)
    finally:
        process.terminate()
        process.wait()


def answers(port: int, page: str) -> bool:
    try:
        answer = Visitor(port).get(page)
    except OSError:
        return False
    if answer.status != 200:
        raise Wrong(f"{page} answered {answer.status} {answer.headers.get('Location', '')}")
    return True


class Task:
    """Something done again and again on one server, and what each time took."""

    TURNS = 5

    def __init__(self, server: Server, act, seconds: float):
        """Warm ``act`` up, and find out how often it fits into ``seconds`` of processor time."""
        self.server, self.act = server, act
        self.forget()
        for _ in range(4):
            self.do(3)
        self.times = max(1, min(60, round(seconds / self.TURNS / max(self.cpu_ms / 1000, 5e-5))))
        self.forget()

    def forget(self) -> None:
        self.used, self.waits = 0.0, []

    def do(self, times: int) -> None:
        before = self.server.cpu()
        for _ in range(times):
            began = time.perf_counter()
            self.act()
            self.waits.append(time.perf_counter() - began)
        self.used += self.server.cpu() - before

    @property
    def cpu_ms(self) -> float:
        return 1000 * self.used / len(self.waits)

    @property
    def p50_ms(self) -> float:
        return 1000 * statistics.median(self.waits)


def compare(tasks: list[Task]) -> list[tuple[float, float]]:
    """Do the tasks turn by turn; return (CPU ms, median wait in ms) of each."""
    for _ in range(Task.TURNS):
        for task in tasks:
            task.do(task.times)
    found = [(task.cpu_ms, task.p50_ms) for task in tasks]
    for task in tasks:
        task.forget()
    return found
