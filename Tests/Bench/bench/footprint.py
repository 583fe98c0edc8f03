"""Memory, and the time from start to the first answer."""

import resource
import socket
import statistics
import time

from support.client import read_answer
from support.gateway import Gateway
from support.waiting import elapsed, until

from .figures import Figure
from .stage import Stage

IDLE_CONNECTIONS = 2000
MEBIBYTE = 1 << 20
REQUEST = b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def footprint(stage: Stage, starts: int) -> list[Figure]:
    _allow_files(IDLE_CONNECTIONS + 500)
    database = stage.database()
    times = [_first_answer(stage, database) for _ in range(starts)]
    gateway = stage.gateway(database).start()
    try:
        idle, crowded = _memory(gateway)
    finally:
        gateway.stop()
    return [
        Figure("start to first answer", statistics.median(times), 150, "ms",
               note="/ready answers 200", taken=f"median of {starts}"),
        Figure("idle gateway, resident", idle / MEBIBYTE, 30, "MB"),
        Figure(f"with {IDLE_CONNECTIONS:,} idle connections", crowded / MEBIBYTE, 80, "MB",
               note="each has had one answer"),
    ]


def _allow_files(count: int) -> None:
    """The gateway inherits the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 2 * count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(8192, 2 * count)), hard))


def _first_answer(stage: Stage, database: str) -> float:
    """Milliseconds from the start of the process to a 200 of /ready."""
    gateway = stage.gateway(database)
    started = time.monotonic()
    gateway.start(ready_within=None)
    try:
        until(lambda: _answers(gateway.port, b"/ready"), within=10, what="first answer",
              every=0.001)
        return (time.monotonic() - started) * 1000
    finally:
        gateway.stop()


def _answers(port: int, path: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(REQUEST % path)
            answer = read_answer(connection)
    except OSError:
        return False
    return answer is not None and answer.status == 200


def _memory(gateway: Gateway) -> tuple[int, int]:
    """Resident bytes: idle for two seconds, then with a crowd that keeps its connections."""
    until(elapsed(2), within=5, what="two idle seconds")
    idle = gateway.resident_bytes()
    crowd = [socket.create_connection(("127.0.0.1", gateway.port), timeout=10)
             for _ in range(IDLE_CONNECTIONS)]
    try:
        for connection in crowd:
            connection.sendall(REQUEST % b"/health")
        for connection in crowd:
            answer = read_answer(connection)
            if answer is None or answer.status != 200:
                raise RuntimeError("a connection of the crowd was not answered")
        return idle, gateway.resident_bytes()
    finally:
        for connection in crowd:
            connection.close()
