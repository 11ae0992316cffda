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
    command = [python, "-m", "gunicorn", application, "--workers=2", f"--bind=127.0.0.1:{port}"]
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


@dataclass
class Cost:
    """What one request, or one piece of work, takes."""

    cpu_ms: float
    p50_ms: float


def cost(server: Server, act, times: int) -> Cost:
    """Do ``act`` so many times, one after the other."""
    waits, before = [], server.cpu()
    for _ in range(times):
        began = time.perf_counter()
        act()
        waits.append(time.perf_counter() - began)
    used = server.cpu() - before
    return Cost(1000 * used / times, 1000 * statistics.median(waits))


def times_for(server: Server, act, seconds: float) -> int:
    """Warm ``act`` up and return how often it fits into ``seconds`` of processor time."""
    warm = [cost(server, act, 3).cpu_ms for _ in range(4)]
    return max(4, min(300, round(1000 * seconds / max(min(warm), 0.05))))
