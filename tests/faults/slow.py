"""A way to a server on which everything takes its time."""

import socketserver
import time
from contextlib import contextmanager
from socket import create_connection
from threading import Thread

CHUNK = 65_536


class _Way(socketserver.BaseRequestHandler):
    def handle(self):
        with create_connection(self.server.leads_to) as far:
            answers = Thread(target=_carry, args=(far, self.request, 0), daemon=True)
            answers.start()
            _carry(self.request, far, self.server.seconds)


def _carry(origin, target, seconds: float) -> None:
    try:
        while chunk := origin.recv(CHUNK):
            time.sleep(seconds)
            target.sendall(chunk)
    except OSError:
        pass  # one side hung up


@contextmanager
def slow_way(port: int, seconds: float):
    """Yield a port that leads to ``port``; what is sent there arrives ``seconds`` late."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Way) as server:
        server.daemon_threads = True
        server.leads_to, server.seconds = ("127.0.0.1", port), seconds
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()
