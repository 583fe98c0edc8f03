"""A real HAProxy with the shipped configuration, in front of a service that says yes."""

from __future__ import annotations

import csv
import http.client
import io
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from stack import REPOSITORY, free_port
from terminal import DemoFailed

CONFIGURATION = REPOSITORY / "Config/haproxy/haproxy.cfg"
START_SECONDS = 20
SERVICE = """
frontend service
    bind 127.0.0.1:{port}
    http-request return status 200 content-type text/plain string "served"
"""


class Edge:
    """Lives until the end of the `with` block."""

    def __init__(self, ready: dict) -> None:
        """- ready: the stack's `ready.json`."""
        self._ready, self._intake = ready["edge"], ready["intake"].removeprefix("tcp://")
        self._directory = tempfile.TemporaryDirectory(prefix="sluice-edge-")
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Edge":
        program = shutil.which("haproxy", path=os.environ["PATH"] + ":/usr/sbin")
        if program is None:
            raise DemoFailed("haproxy is not installed; `make setup` does it")
        service = free_port()
        beside = Path(self._directory.name) / "service.cfg"
        beside.write_text(SERVICE.format(port=service))
        with open(Path(self._directory.name) / "haproxy.log", "wb") as log:
            self._process = subprocess.Popen(
                [program, "-W", "-db", "-S", self._ready["master"], "-f", str(CONFIGURATION), "-f", str(beside)],
                env={
                    "PATH": os.environ["PATH"],
                    "SLUICE_EDGE": self._ready["name"],
                    "SLUICE_EDGE_BIND": f"127.0.0.1:{self._port}",
                    "SLUICE_EDGE_VAULT": self._ready["vault"],
                    "SLUICE_EDGE_SOCKET": self._ready["socket"],
                    "SLUICE_INTAKE": self._intake,
                    "SLUICE_SERVICE": f"127.0.0.1:{service}",
                }, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self._wait_until_listening()
        return self

    def ask(self, key: str) -> int:
        """One request; the status of its answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request("GET", "/", headers={"X-API-Key": key})
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()

    def counted(self) -> int:
        """Answers of 2xx, as HAProxy itself counts them."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(10)
            connection.connect(self._ready["socket"])
            connection.sendall(b"show stat\n")
            parts = []
            while part := connection.recv(65536):
                parts.append(part)
        table = csv.DictReader(io.StringIO(b"".join(parts).decode().removeprefix("# ")))
        return next(int(row["hrsp_2xx"]) for row in table
                    if (row["pxname"], row["svname"]) == ("seal", "FRONTEND"))

    def _wait_until_listening(self) -> None:
        deadline, pause = time.monotonic() + START_SECONDS, threading.Event()
        while time.monotonic() < deadline:
            assert self._process is not None
            if self._process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
                return
            except OSError:
                pause.wait(0.05)
        log = (Path(self._directory.name) / "haproxy.log").read_text(errors="replace")
        self.__exit__()
        raise DemoFailed(f"HAProxy does not start:\n{log}")

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._directory.cleanup()
