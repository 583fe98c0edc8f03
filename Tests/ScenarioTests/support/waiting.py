"""Bounded polling: a test waits for a condition, never for time to pass."""

import itertools
import os
import random
import socket
import threading
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
_never = threading.Event()


def until(
    condition: Callable[[], Found], within: float, what: str, every: float = 0.02
) -> Found:
    """The first truthy value of `condition`; fails naming `what` when `within` seconds are over."""
    deadline = time.monotonic() + within
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {what}")
        _never.wait(every)


# Outside the range that the kernel gives to outgoing connections; a part of it for each process of
# tests, so that what one of them has chosen and not yet used is not chosen by another.
_PARTS = 8
_part = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _PARTS
_ports = list(range(15000 + _part, 32000, _PARTS))
random.Random(os.getpid()).shuffle(_ports)
_untried = itertools.cycle(_ports)


def free_port() -> int:
    """A port that nobody listens on, and that was not given out a short while ago."""
    while True:
        port = next(_untried)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


def elapsed(seconds: float) -> Callable[[], bool]:
    """A condition for what is itself a matter of time, such as news growing old."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end
