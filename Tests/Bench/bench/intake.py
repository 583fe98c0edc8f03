"""Lines over TCP to committed rows, against `psql \\copy` of the same rows into the same table."""

import os
import socket
import statistics
import subprocess
import threading
import time
import uuid
from pathlib import Path

import psycopg

from support.cluster import binaries
from support.edge import hashed
from support.intake import Intake, UseTables
from support.waiting import elapsed, until

from .figures import Figure, ratio
from .stage import Stage

LINES = 1_000_000
#: Keys in use; each line has one of them.
KEYS = 100
#: Lines of one millisecond, as at the wanted rate.
PER_MILLISECOND = 100
#: Stands for the time in a line, with as many digits.
MOMENT = "@" * 13
MEBIBYTE = 1 << 20
COLUMNS = ("at, edge, line_id, batch_id, customer_id, api_key_id, service_type, method, status,"
           " bytes_in, bytes_out, duration_ms")


def intake(stage: Stage, rounds: int, scale: float) -> list[Figure]:
    count = int(LINES * scale)
    url = stage.database()
    tables = UseTables(url)
    for key in range(KEYS):
        tables.add_key(hashed(str(key)), customer=1000 + key)
    stream = b"".join(_lines(count))
    process = Intake(stage.directory, url).start()
    try:
        ours, theirs = [], []
        for _ in range(rounds):
            _empty(url)
            ours.append(count / _sent(process, stream, count))
            if not theirs:
                copy = _exported(url, stage.directory)
            _empty(url)
            theirs.append(count / _copied(stage, url, copy))
        rate = statistics.median(ours)
        _empty(url)
        growth, peak, sustained = _memory(process, 120 * scale)
    finally:
        process.stop()
    return [
        Figure("intake, lines a second", rate, 100_000, "lines/s", is_floor=True,
               note=f"{count:,} lines over TCP, until the last is committed",
               taken=f"median of {rounds}"),
        ratio("intake against psql \\copy", ours, theirs, 0.5, "rows a second"),
        Figure("intake, growth in 2 minutes", growth / MEBIBYTE, 16, "MB",
               note=f"at full rate, {sustained:,.0f} lines/s, at most {peak / MEBIBYTE:.0f} MB"),
    ]


def _lines(count: int, moment: str | None = None) -> list[bytes]:
    """Octet-counted, in the order of their numbers; of one moment, or as time goes by."""
    start = int(time.time() * 1000) - 600_000
    keys = [hashed(str(key)) for key in range(KEYS)]
    found = []
    for number in range(count):
        line = (
            '{"v":1,"time":%s,"id":"%s","edge":"edge-1","frontend":"seal","start":1795246453000000,'
            '"pid":4711,"lc":%d,"key":"%s","service":"seal","method":"POST","status":200,"in":512,'
            '"out":2048,"request":0,"queue":0,"connect":0,"response":3,"active":3}'
            % (moment or start + number // PER_MILLISECOND, uuid.UUID(bytes=os.urandom(16)), number,
               keys[number % KEYS]))
        found.append(b"%d %s" % (len(line), line.encode()))
    return found


def _empty(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("TRUNCATE haproxy_logs, log_batches, log_windows, log_gaps")
        connection.execute("CHECKPOINT")


def _sent(process: Intake, stream: bytes, count: int) -> float:
    """Seconds until all of it is stored."""
    before = process.metric("lines_stored_total")
    started = time.monotonic()
    with socket.create_connection(("127.0.0.1", process.port)) as connection:
        connection.sendall(stream)
        until(lambda: process.metric("lines_stored_total") - before >= count, within=120,
              what="all lines are stored", every=0.05)
        return time.monotonic() - started


def _exported(url: str, directory: Path) -> Path:
    path = directory / "rows.csv"
    with psycopg.connect(url) as connection, open(path, "wb") as file:
        query = f"COPY (SELECT {COLUMNS} FROM haproxy_logs ORDER BY batch_id) TO STDOUT (FORMAT csv)"
        with connection.cursor().copy(query) as copy:
            for part in copy:
                file.write(part)
    return path


def _copied(stage: Stage, url: str, path: Path) -> float:
    started = time.monotonic()
    subprocess.run(
        [binaries() / "psql", "-X", "-q", url, "-c",
         f"\\copy haproxy_logs ({COLUMNS}) from '{path}' csv"], check=True)
    return time.monotonic() - started


def _memory(process: Intake, seconds: float) -> tuple[int, int, float]:
    """Growth after the first quarter, the most there was, and lines a second meanwhile."""
    # One millisecond for a whole block, so that the next block is new with another.
    block = b"".join(_lines(100_000, MOMENT))
    over = threading.Event()
    sender = threading.Thread(target=_flood, args=(process.port, block, over))
    before, started = process.metric("lines_stored_total"), time.monotonic()
    sender.start()
    samples = []
    while time.monotonic() - started < seconds:
        until(elapsed(0.5), within=5, what="half a second")
        samples.append((time.monotonic() - started, _resident(process.pid)))
    rate = (process.metric("lines_stored_total") - before) / (time.monotonic() - started)
    over.set()
    sender.join()
    early = max(size for moment, size in samples if moment <= seconds / 4)
    peak = max(size for _, size in samples)
    return max(0, peak - early), peak, rate


def _flood(port: int, block: bytes, over: threading.Event) -> None:
    moment = int(time.time() * 1000) - 3_600_000
    with socket.create_connection(("127.0.0.1", port)) as connection:
        while not over.is_set():
            moment += 1
            connection.sendall(block.replace(MOMENT.encode(), b"%d" % moment))


def _resident(process: int) -> int:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("no VmRSS")
