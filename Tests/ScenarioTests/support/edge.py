"""The shipped configuration in a real HAProxy, with two threads, its log going to an intake."""

import csv
import hashlib
import http.client
import io
import os
import shutil
import signal
import socket
import subprocess
import threading
from collections import Counter
from pathlib import Path

from .binary import REPOSITORY
from .waiting import free_port, until

CONFIGURATION = REPOSITORY / "Config/haproxy/haproxy.cfg"
RING = "ring@intake"
KEY = "a key of the tests"
BESIDE = """
global
    nbthread 2
frontend service
    bind 127.0.0.1:{port}
    http-request return status 404 if {{ path /missing }}
    http-request wait-for-body time 20s at-least 1000000 if {{ path /slow }}
    http-request return status 200
"""


def hashed(key: str = KEY) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def socket_path(directory: Path, name: str = "edge-1") -> Path:
    """A socket's path has to be short, which a test's own folder is not."""
    return Path("/tmp") / f"edge-{hashed(str(directory / name))[:12]}.sock"


def ask(path: Path, command: str) -> str:
    """What a runtime socket answers."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(str(path))
        connection.sendall(command.encode() + b"\n")
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts).decode()


class Edge:
    """A master and its workers. What the log says is compared with what the worker counted."""

    def __init__(
        self, directory: Path, intake: int | str, name: str = "edge-1", log: str = RING,
    ) -> None:
        """- intake: a port, or an address with what is to be said of the way there.
        - log: where lines go instead of the ring; what goes to `stdout` is in `output`."""
        self.name, self.port = name, free_port()
        self.socket = socket_path(directory, name)
        vault = directory / f"vault-{name}"
        vault.mkdir()
        (vault / "api_keys.map").write_text(f"{hashed()} 42;pro;1000000;seal\n")
        (vault / "changes.map").touch()
        service = free_port()
        beside = vault / "beside.cfg"
        beside.write_text(BESIDE.format(port=service))
        shipped = CONFIGURATION.read_text()
        assert shipped.count(f"log {RING} len") == 1
        configuration = vault / "haproxy.cfg"
        configuration.write_text(shipped.replace(f"log {RING} len", f"log {log} len"))
        self.output = directory / f"{name}.out"
        self._log = open(directory / f"{name}.log", "wb")
        output = open(self.output, "ab")
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", shutil.which("haproxy") or "/usr/sbin/haproxy",
             "-W", "-db", "-f", str(configuration), "-f", str(beside)],
            env={
                "PATH": os.environ["PATH"] + ":/usr/sbin",
                "SLUICE_EDGE": name,
                "SLUICE_EDGE_BIND": f"127.0.0.1:{self.port}",
                "SLUICE_EDGE_VAULT": str(vault),
                "SLUICE_EDGE_SOCKET": str(self.socket),
                "SLUICE_INTAKE": f"127.0.0.1:{intake}" if isinstance(intake, int) else intake,
                "SLUICE_SERVICE": f"127.0.0.1:{service}",
            }, stdout=output, stderr=self._log, stdin=subprocess.DEVNULL)
        output.close()
        until(self.worker, within=15, what="HAProxy answers on its runtime socket")

    def command(self, text: str) -> str:
        return ask(self.socket, text)

    def worker(self) -> int | None:
        """The process that answers now."""
        assert self._process.poll() is None, "HAProxy ended; see its log"
        try:
            information = self.command("show info")
        except OSError:
            return None
        found = [line for line in information.splitlines() if line.startswith("Pid: ")]
        return int(found[0][5:]) if found else None

    def counted(self) -> dict[str, int]:
        """HAProxy's own totals of the frontend: what the worker that answers has served."""
        rows = csv.DictReader(io.StringIO(self.command("show stat").removeprefix("# ")))
        row = next(r for r in rows if r["pxname"] == "seal" and r["svname"] == "FRONTEND")
        return {name: int(row[name]) for name in
                ["req_tot", "hrsp_2xx", "hrsp_3xx", "hrsp_4xx", "hrsp_5xx"]}

    def reload(self) -> int:
        """A new worker takes over; the old one goes on with what it has. The old one's id."""
        old = self.worker()
        os.kill(self._process.pid, signal.SIGUSR2)
        until(lambda: self.worker() not in (None, old), within=20, what="a new worker answers")
        assert old is not None
        return old

    def stop(self) -> None:
        """No goodbye but SIGTERM: workers end at once."""
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()
        self.socket.unlink(missing_ok=True)


class Traffic:
    """Clients that ask as fast as they can, until they are told to stop."""

    def __init__(self, edge: Edge, clients: int = 4) -> None:
        self.answers: Counter[int] = Counter()
        self._edge, self._over = edge, threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._ask, args=(n,)) for n in range(clients)]
        for thread in self._threads:
            thread.start()

    @property
    def total(self) -> int:
        with self._lock:
            return sum(self.answers.values())

    def _ask(self, number: int) -> None:
        count = 0
        while not self._over.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self._edge.port, timeout=20)
            try:
                while not self._over.is_set():
                    count += 1
                    path = "/missing" if count % 7 == number else "/"
                    headers = {"X-API-Key": KEY} if count % 11 else {}
                    connection.request("GET", path, headers=headers)
                    answer = connection.getresponse()
                    answer.read()
                    with self._lock:
                        self.answers[answer.status] += 1
            except (OSError, http.client.HTTPException):
                continue
            finally:
                connection.close()

    def until(self, more: int) -> "Traffic":
        """Waits until so many more requests were answered."""
        goal = self.total + more
        until(lambda: self.total >= goal, within=60, what=f"{goal} requests are answered")
        return self

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(30)
