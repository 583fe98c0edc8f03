"""The way of keys from a database to a real HAProxy: fixtures to import by name."""

import http.client
import json
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from .binary import run, sluice
from .cluster import EDGE_LOGIN, as_edge
from .escrow import EscrowChain
from .gateway import Fleet, empty_env_file, settings
from .key_tables import KeyTables
from .service import load_prices
from .vault_edge import Edge
from .waiting import free_port, until

# A revoked or suspended key stops working within two seconds, which `make bench` measures: here a
# machine that is busy with other tests takes longer.
BOUND = 8.0
NAME = "edge-1"


class VaultStage:
    """A manager that writes vaults, an edge that takes them, and customers with keys."""

    def __init__(self, fleet: Fleet, chain: EscrowChain) -> None:
        self.fleet, self.directory = fleet, fleet.directory
        self.source = fleet.directory / "source"
        self.source.mkdir()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        intake_port = free_port()
        self.edge = Edge(fleet.directory, intake_port)
        self.edge_login = EDGE_LOGIN
        self.environment = self._manager_settings(fleet, chain)
        self.public_key = self.command("key").stdout.strip()
        self.environment |= {
            "SLUICE_EDGE": NAME, "SLUICE_EDGE_SOCKET": str(self.edge.socket),
            "SLUICE_EDGE_MASTER": str(self.edge.master),
            "SLUICE_EDGE_VAULT": str(self.edge.vault), "SLUICE_VAULT_SOURCE": str(self.source),
            "SLUICE_VAULT_PUBLIC_KEY": self.public_key,
            "SLUICE_INTAKE_LISTEN": f"tcp:127.0.0.1:{intake_port}",
            "SLUICE_INTAKE_STATUS_LISTEN": f"127.0.0.1:{free_port()}"}
        load_prices(fleet)
        self.tables = KeyTables(fleet.database_url)
        self.keys = self.tables.add(40)
        self.others = self.tables.add(4, customer=2)

    def _manager_settings(self, fleet: Fleet, chain: EscrowChain) -> dict[str, str]:
        key = fleet.directory / "vault.key"
        key.write_text(secrets.token_hex(32))
        key.chmod(0o600)
        return settings(fleet.directory, fleet.database_url, **{
            **chain.manager_settings("graphql", fleet.directory),
            "SLUICE_VAULT_DIRECTORY": str(self.source), "SLUICE_VAULT_KEY_FILE": str(key),
            "VAULT_KEY": secrets.token_hex(32),
            "SLUICE_MANAGER_LISTEN": f"127.0.0.1:{free_port()}"})

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`sluice vault …`"""
        return run("vault", *words, *(
            [] if words[0] in ("verify", "diff", "install")
            else ["--env-file", str(empty_env_file(self.directory))]),
            environment=self.environment)

    # Processes

    def begin(self) -> None:
        """Until the edge serves with the first vault."""
        self.start("manager")
        until(lambda: (self.source / "current").exists(), within=60, what="a vault is written")
        done = self.command(
            "install", str(self.source), "--to", str(self.edge.vault),
            "--public-key", self.public_key)
        assert done.returncode == 0, done.stderr
        self.start("intake")
        self.edge.start()
        until(self.has_applied_all, within=30, what="the edge has the vault")

    def start(self, name: str, task: str | None = "vault", **other: str) -> None:
        """A manager runs that one of its tasks alone, as most customers here have no money; with
        None, all. With `other` settings it is a second process of the name."""
        options = ["--task", task] if name == "manager" and task else []
        environment = self.environment | other
        if name == "intake":
            environment["DATABASE_URL"] = as_edge(environment["DATABASE_URL"], self.edge_login)
        known = f"second {name}" if other else name
        with open(self.directory / f"{known}.log", "ab") as log:
            self._processes[known] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", sluice(), name, *options,
                 "--env-file", str(empty_env_file(self.directory))],
                env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def kill(self, name: str) -> None:
        self._processes[name].kill()
        self._processes[name].wait()

    def pause(self, name: str) -> None:
        self._processes[name].send_signal(signal.SIGSTOP)

    def resume(self, name: str) -> None:
        self._processes[name].send_signal(signal.SIGCONT)

    def stop(self) -> None:
        for name in self._processes:
            self.kill(name)
        self.edge.stop()
        self.tables.close()

    def status_page(self, page: str, address: str | None = None) -> str:
        """Of the intake, or of the one with that address; empty while it does not answer."""
        address = address or self.environment["SLUICE_INTAKE_STATUS_LISTEN"]
        connection = http.client.HTTPConnection(address, timeout=10)
        try:
            connection.request("GET", page)
            return connection.getresponse().read().decode()
        except OSError:
            return ""
        finally:
            connection.close()

    # What the edge does

    def statuses(self, keys: list[str]) -> set[int]:
        """What requests with them are answered."""
        return {self.edge.status(key) for key in keys}

    def seconds_until(self, key: str, status: int, within: float = 30) -> float:
        begun = time.monotonic()
        answers = []
        until(lambda: answers.append(self.edge.status(key)) or answers[-1] == status,
              within=within, every=0.02, what=f"{status}, not {set(answers)}")
        return time.monotonic() - begun

    def version_in_force(self) -> int:
        """Of the edge's files, whatever HAProxy has of them."""
        return json.loads((self.edge.vault / "manifest.json").read_text())["version"]

    def told(self) -> tuple[int, str, str | None]:
        """What the edge says of itself."""
        return self.tables.told_by(NAME)

    def has_applied_all(self) -> bool:
        return self.told() == (self.tables.published(), "applied", None)


@pytest.fixture
def stage(fleet: Fleet, chain: EscrowChain) -> Iterator[VaultStage]:
    """At work: all its `keys`, and the `others` of a second customer, are served."""
    stage = VaultStage(fleet, chain)
    try:
        stage.begin()
        yield stage
    finally:
        stage.stop()
