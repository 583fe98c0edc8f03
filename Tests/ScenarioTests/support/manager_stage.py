"""Managers as a scenario of their tasks needs them: several over one database, and one chain."""

import json
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from .binary import sluice
from .escrow import EscrowChain
from .gateway import Fleet, empty_env_file, settings
from .rows import rows
from .waiting import free_port, until


class Managers:
    """Managers of one database."""

    def __init__(self, fleet: Fleet, chain: EscrowChain) -> None:
        self.fleet, self.chain = fleet, chain
        self._started: list[subprocess.Popen[str]] = []

    def environment(self, **changes: str | None) -> dict[str, str]:
        return settings(self.fleet.directory, self.fleet.database_url, **{
            **self.chain.manager_settings("graphql", self.fleet.directory),
            "SLUICE_MANAGER_LISTEN": f"127.0.0.1:{free_port()}", **changes})

    def start(self, *options: str, **changes: str | None) -> tuple[subprocess.Popen[str], int]:
        environment = self.environment(**changes)
        port = int(environment["SLUICE_MANAGER_LISTEN"].rpartition(":")[2])
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", sluice(), "manager", *options,
             "--env-file", str(empty_env_file(self.fleet.directory))],
            env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self._started.append(process)
        return process, port

    def once(self, *options: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
        process, _ = self.start("--once", *options, **changes)
        output, _ = process.communicate(timeout=60)
        return subprocess.CompletedProcess([], process.returncode, output, "")

    def leading(self, *options: str, **changes: str | None) -> tuple[subprocess.Popen[str], int]:
        process, port = self.start(*options, **changes)
        until(lambda: ready(port).get("role") == "leading", within=20, what="it leads")
        return process, port

    def rows(self, statement: str) -> list[tuple]:
        return rows(self.fleet, statement)

    def stop(self) -> None:
        for process in self._started:
            process.kill()
            process.wait()


@pytest.fixture
def managers(fleet: Fleet, chain: EscrowChain) -> Iterator[Managers]:
    managers = Managers(fleet, chain)
    yield managers
    managers.stop()


def ready(port: int) -> dict:
    connection = HTTPConnection("127.0.0.1", port, timeout=6)
    try:
        connection.request("GET", "/ready")
        return json.loads(connection.getresponse().read())
    except OSError:
        return {}
    finally:
        connection.close()


def metric(port: int, line: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=6)
    try:
        connection.request("GET", "/metrics")
        return line in connection.getresponse().read().decode()
    finally:
        connection.close()
