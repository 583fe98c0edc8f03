"""A gateway that is told to stop while clients come faster than it can look at them."""

import signal
import socket
import struct
import threading
from collections import deque

import pytest

from support.client import Browser
from support.gateway import Fleet
from support.waiting import until

# Closing resets: thousands of ports left waiting would be missing to other tests.
RESET = struct.pack("ii", 1, 0)
OPENINGS = {
    "silent": b"",
    "asking": b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n",
    "unfinished": b"POST /v1/auth/challenge HTTP/1.1\r\nHost: x\r\nX-A: ",
}


class Flood:
    """Opens connections without end, the last few hundred of them kept open, until left."""

    def __init__(self, port: int, opening: bytes, threads: int = 4, kept: int = 100) -> None:
        self._port = port
        self._opening = opening
        self._kept = kept
        self._stop = threading.Event()
        self.opened = [0] * threads
        self.refused = [0] * threads
        self._threads = [
            threading.Thread(target=self._run, args=(index,), daemon=True)
            for index in range(threads)
        ]

    def __enter__(self) -> "Flood":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=20)

    def _run(self, index: int) -> None:
        connections: deque[socket.socket] = deque()
        while not self._stop.is_set():
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            connection.settimeout(1)
            try:
                connection.connect(("127.0.0.1", self._port))
                connection.send(self._opening)
            except OSError as error:  # Nobody listens, it was reset, or the queue was full.
                connection.close()
                self.refused[index] += isinstance(error, ConnectionRefusedError)
                self._stop.wait(0.001)
                continue
            self.opened[index] += 1
            connections.append(connection)
            while len(connections) > self._kept:
                connections.popleft().close()
        for connection in connections:
            connection.close()


@pytest.mark.parametrize("kind", OPENINGS)
def test_a_flood_of_new_connections_cannot_keep_it_alive(fleet: Fleet, kind: str) -> None:
    gateway = fleet.start(SLUICE_DRAIN_NOTICE_SECONDS="1")
    with Flood(gateway.port, OPENINGS[kind]) as flood:
        until(lambda: sum(flood.opened) > 2000, within=20, what="the flood has begun")
        gateway.suspend()  # So that it finds a full queue together with the signal.
        gateway.signal(signal.SIGTERM)
        before = sum(flood.opened)
        until(lambda: sum(flood.opened) > before + 1000, within=20, what="the queue fills")
        before = sum(flood.opened)
        gateway.resume()
        # A drain may take 10 s, but nothing is in flight that would be worth it.
        assert gateway.wait(within=8) == 0
        assert sum(flood.opened) > before + 500, "it went on while the gateway stopped"
        until(lambda: all(flood.refused), within=20, what="the port is closed")
    assert "gateway stopped" in gateway.output()
    gateway.start()
    Browser(gateway).get("/health").expect(200)
