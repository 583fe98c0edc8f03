"""An edge: a real HAProxy with the shipped configuration, and a service behind it."""

import contextlib
import hashlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from .binary import REPOSITORY
from .waiting import free_port, until

CONFIGURATION = REPOSITORY / "Config/haproxy/haproxy.cfg"


def hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """HAProxy closes connections that it no longer needs."""


class HeldRequest:
    """A request whose last line has not been sent: the process that took it stays."""

    def __init__(self, port: int, key: str) -> None:
        self._connection = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._connection.sendall(f"GET / HTTP/1.1\r\nHost: edge\r\nX-API-Key: {key}\r\n".encode())

    def finish(self) -> int:
        """Its status."""
        self._connection.sendall(b"\r\n")
        answer = self._connection.recv(65536)
        self._connection.close()
        return int(answer.split(b" ", 2)[1])


class Edge:
    """HAProxy with a master, two threads, and the vault through `vault`, a link."""

    def __init__(self, directory: Path, intake_port: int) -> None:
        self.directory = directory
        self.vault = directory / "vault" / "current"
        self.vault.parent.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        # A socket's path has to be short, which a test's own folder is not.
        self._sockets = tempfile.TemporaryDirectory(prefix="edge-", dir="/tmp")
        self.socket = Path(self._sockets.name) / "run.sock"
        self.master = Path(self._sockets.name) / "master.sock"
        self._service = Server(("127.0.0.1", 0), Service)
        threading.Thread(target=self._service.serve_forever, daemon=True).start()
        (directory / "threads.cfg").write_text("global\n    nbthread 2\n")
        self._environment = {
            "PATH": os.environ["PATH"] + ":/usr/sbin", "SLUICE_EDGE": "edge-1",
            "SLUICE_EDGE_BIND": f"127.0.0.1:{self.port}",
            "SLUICE_EDGE_VAULT": str(self.vault), "SLUICE_EDGE_SOCKET": str(self.socket),
            "SLUICE_INTAKE": f"127.0.0.1:{intake_port}",
            "SLUICE_SERVICE": f"127.0.0.1:{self._service.server_port}",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = shutil.which("haproxy") or "/usr/sbin/haproxy"
        with open(self.directory / "haproxy.log", "ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", program, "-W", "-S", str(self.master),
                 "-f", str(CONFIGURATION), "-f", str(self.directory / "threads.cfg")],
                env=self._environment, stdout=log, stderr=log)
        until(self.workers, within=20, what="HAProxy runs")
        until(self._answers, within=20, what="HAProxy answers")

    def _answers(self) -> bool:
        try:
            return self.status("none") == 401
        except OSError:
            return False

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)

    def reload(self) -> None:
        """Asks for it; `workers()` says when it is done."""
        assert self._process is not None
        self._process.send_signal(signal.SIGUSR2)

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Meanwhile HAProxy hears everything and answers nothing."""
        workers = self.workers()
        for worker in workers:
            os.kill(worker, signal.SIGSTOP)
        try:
            yield
        finally:
            for worker in workers:
                os.kill(worker, signal.SIGCONT)

    def workers(self) -> list[int]:
        """Of the master's processes those that serve now; empty while it does not answer."""
        return self._processes()[0]

    def old_workers(self) -> list[int]:
        return self._processes()[1]

    def _processes(self) -> tuple[list[int], list[int]]:
        try:
            told = self.ask(self.master, "show proc")
        except OSError:
            return [], []
        new, _, old = told.partition("# old workers")
        find = re.compile(r"^(\d+)\s+worker", re.MULTILINE)
        return [int(n) for n in find.findall(new)], [int(n) for n in find.findall(old)]

    @staticmethod
    def ask(path: Path, command: str) -> str:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(path))
            connection.sendall(command.encode() + b"\n")
            connection.shutdown(socket.SHUT_WR)
            parts = []
            while part := connection.recv(65536):
                parts.append(part)
        return b"".join(parts).decode()

    def status(self, key: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/", headers={"X-API-Key": key, "Connection": "close"})
            return connection.getresponse().status
        finally:
            connection.close()
