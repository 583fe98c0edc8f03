"""A command on a terminal of its own, with its memory watched."""

import os
import pty
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from support.binary import sluice


@dataclass
class Watched:
    code: int
    text: str
    megabytes: float
    early_megabytes: float


def watch(*arguments: str, environment: dict[str, str], timeout: float = 600) -> Watched:
    """Runs `sluice …` to its end, asking for its memory a few times a second."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sluice(), *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=theirs,
        stderr=theirs)
    os.close(theirs)
    text: list[bytes] = []
    reader = threading.Thread(target=_read, args=(ours, text))
    reader.start()
    samples: list[float] = []
    deadline = time.monotonic() + timeout
    while True:
        samples.append(_resident(process.pid))
        try:
            code = process.wait(timeout=0.1)
            break
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline:
                process.kill()
    reader.join()
    os.close(ours)
    return Watched(code, b"".join(text).decode(errors="replace"), max(samples),
                   max(samples[:max(1, len(samples) // 4)]))


def _read(terminal: int, text: list[bytes]) -> None:
    try:
        while piece := os.read(terminal, 65536):
            text.append(piece)
    except OSError:
        return  # The other end is closed.


def _resident(process: int) -> float:
    """Megabytes; none any more of a process that has ended."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0
