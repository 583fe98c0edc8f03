"""`sluice dev`: one command from nothing to a sign-in, and nothing left behind."""

import json
import os
import signal
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from support.binary import bare_environment, sluice
from support.client import Browser
from support.intake import UseTables
from support.log_lines import Sender, line, settled
from support.meanwhile import Meanwhile
from support.simulated_node import SUI
from support.waiting import free_port, until
from support.wallet import Ed25519Wallet


PAGE = "https://app.sluice.test"

# Into so many coins the manager splits the charger's SUI.
LANES = 16


class Dev:
    """A `sluice dev` process; `start` again for its second life."""

    def __init__(self, directory: Path) -> None:
        self.state = directory / "state"
        self.port = free_port()
        self.node_port = free_port()
        self.intake_port = free_port()
        self._home = directory / "home"
        self._home.mkdir()
        # Were it read, the start would fail.
        (self._home / ".env").write_text("SLUICE_CHAIN=nonsense\n")
        (self._home / ".env").chmod(0o600)
        self._log = directory / "dev.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str, environment: dict[str, str] | None = None) -> dict:
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "TERM", sluice(), "dev", "--state-dir", str(self.state),
                 "--gateway-port", str(self.port), "--node-port", str(self.node_port),
                 *([] if "--intake-port" in arguments
                   else ["--intake-port", str(self.intake_port)]),
                 *arguments],
                env={**bare_environment(self._home), "SLUICE_ALLOWED_ORIGINS": PAGE,
                     **(environment or {})},
                stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, cwd=self._home)
        return self.ready()

    def ready(self, other_than: int | None = None, part: str = "gateway") -> dict:
        """What ready.json says, once it is there (and that part is another process)."""
        def read() -> dict | None:
            assert self._process is not None and self._process.poll() is None, self.output()
            try:
                found = json.loads((self.state / "ready.json").read_text())
            except FileNotFoundError:
                return None
            return found if found["pids"][part] != other_than else None
        return until(read, within=40, what=f"ready.json\n{self.output()}")

    def output(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(number)
        try:
            return self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise AssertionError(f"dev did not stop\n{self.output()}") from None


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[Dev]:
    dev = Dev(tmp_path)
    yield dev
    if dev._process is not None and dev._process.poll() is None:
        dev.stop()


def start_on_a_taken_port(directory: Path) -> None:
    dev = Dev(directory)
    with socket.create_server(("127.0.0.1", dev.port)):
        with pytest.raises(AssertionError):
            dev.start()
        assert dev.stop() == 1
    assert str(dev.port) in dev.output()
    assert not (dev.state / "ready.json").exists()


@pytest.fixture(scope="module", autouse=True)
def taken(tmp_path_factory: pytest.TempPathFactory) -> Meanwhile:
    """It waits a while for the port, beside the other tests; the last one sees the end."""
    directory = tmp_path_factory.mktemp("taken")
    return Meanwhile(lambda: start_on_a_taken_port(directory))


def ask_node(ready: dict, method: str, parameters: dict | list | None = None) -> object:
    question = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters or {}}
    answer = httpx.post(ready["node"], json=question).json()
    assert "result" in answer, answer
    return answer["result"]


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def family(process: int) -> set[int]:
    """All descendants, as the kernel lists them."""
    children = {
        int(child)
        for task in Path(f"/proc/{process}/task").glob("*/children")
        for child in task.read_text().split()}
    return children.union(*map(family, children))


def test_dev_from_nothing_to_sign_in_through_a_crash_to_a_clean_end(dev: Dev) -> None:
    ready = dev.start()
    wallet = Ed25519Wallet()

    assert ready["gateway"] == f"http://127.0.0.1:{dev.port}"
    assert ready["node"] == f"http://127.0.0.1:{dev.node_port}"
    customer = Browser(ready["gateway"], origin=ready["gateway"]).sign_in(wallet)["customer"]
    for origin in (PAGE, "http://localhost:4321", "http://127.0.0.1:4321"):
        Browser(ready["gateway"], origin=origin).sign_in(wallet)
    with psycopg.connect(ready["database"]) as connection:
        assert connection.execute("SELECT count(*) FROM customers").fetchone() == (1,)
    assert ready["gateway"] in dev.output(), "a line a human wants to read"

    # A child that dies is started again, and the file says so.
    gateway = ready["pids"]["gateway"]
    os.kill(gateway, signal.SIGKILL)
    again = dev.ready(other_than=gateway)
    assert again["gateway"] == ready["gateway"]
    Browser(again["gateway"], origin=again["gateway"]).sign_in(wallet)

    # So is the simulated node, whose chain goes on, the charger's money included.
    chain = ask_node(ready, "mock_info")
    until(lambda: ask_node(ready, "suix_getBalance", [chain["charger"], SUI])[
        "coinObjectCount"] >= LANES, within=60,
        what=f"the charger's coins are split\n{dev.output()}")
    funds = ask_node(ready, "suix_getAllBalances", [chain["charger"]])
    assert len(funds) == 2 and all(int(coin["totalBalance"]) > 0 for coin in funds)
    os.kill(again["pids"]["node"], signal.SIGKILL)
    again = dev.ready(other_than=again["pids"]["node"], part="node")
    assert ask_node(again, "mock_info") == chain
    assert ask_node(again, "suix_getAllBalances", [chain["charger"]]) == funds
    key = dev.state / "charger.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_text().startswith("suiprivkey1")

    # SIGTERM leaves nothing behind.
    processes = family(dev.pid) | set(again["pids"].values()) | {dev.pid}
    assert len(processes) >= 3
    assert dev.stop() == 0
    until(lambda: not any(map(alive, processes)), within=20, what="every process is gone")
    assert not (dev.state / "ready.json").exists()

    # A second start has the data of the first.
    ready = dev.start()
    later = Browser(ready["gateway"], origin=ready["gateway"]).sign_in(wallet)["customer"]
    assert later["customerId"] == customer["customerId"]
    assert ask_node(ready, "mock_info") == chain
    assert dev.stop(signal.SIGINT) == 0

    # --fresh has not.
    ready = dev.start("--fresh")
    with psycopg.connect(ready["database"]) as connection:
        assert connection.execute("SELECT count(*) FROM customers").fetchone() == (0,)
    assert ask_node(ready, "mock_info")["chain"] != chain["chain"]
    assert dev.stop() == 0


def test_dev_asks_the_nodes_that_are_named_instead_of_a_simulated_one(dev: Dev) -> None:
    ready = dev.start(environment={"SUI_GRAPHQL_URLS": "http://127.0.0.1:9/graphql"})

    assert "node" not in ready and "node" not in ready["pids"]
    assert "SUI_GRAPHQL_URLS=http://127.0.0.1:9/graphql" in Path(ready["envFile"]).read_text()
    assert dev.stop() == 0


def test_dev_takes_every_port_flag_and_keeps_its_secrets_to_itself(dev: Dev) -> None:
    ready = dev.start("--manager-port", str(free_port()), "--intake-port", str(free_port()))

    assert {"gateway", "manager", "intake", "postgres"} <= set(ready["pids"])
    port = int(ready["intake"].removeprefix("tcp://127.0.0.1:"))
    Sender(port).send(line(0, status=401)).close()
    settled(UseTables(ready["database"]).count, 1)
    environment = Path(ready["envFile"])
    text = environment.read_text()
    assert "DB_ENCRYPTION_KEY" in text
    assert stat.S_IMODE(environment.stat().st_mode) == 0o600
    assert stat.S_IMODE((dev.state / "ready.json").stat().st_mode) & 0o077 == 0
    key = next(line for line in text.splitlines() if "DB_ENCRYPTION_KEY" in line).split("=", 1)[1]
    assert key.strip("'\"") not in dev.output()
    command = Path(f"/proc/{ready['pids']['gateway']}/cmdline").read_bytes().decode()
    assert key.strip("'\"") not in command
    assert dev.stop() == 0


def test_a_port_that_is_taken_is_said_plainly(taken: Meanwhile) -> None:
    taken.finish(within=30)


def test_made_up_traffic_of_a_real_key_comes_in_through_the_intake(dev: Dev) -> None:
    ready = dev.start("--intake-port", "0", environment={"MOCK_HAPROXY": "true"})
    assert "MOCK_HAPROXY is on" in dev.output()
    customer = Browser(ready["gateway"], origin=ready["gateway"]).sign_in(
        Ed25519Wallet())["customer"]["customerId"]
    with psycopg.connect(ready["database"], autocommit=True) as connection:
        connection.execute(
            "INSERT INTO service_instances (customer_id, service_type, state, tier,"
            " has_burst, seal_keys, packages_per_key, api_keys, created_at, changed_at)"
            " VALUES (%s, 'seal', 'enabled', 'pro', false, 1, 5, 3, now(), now())", (customer,))
        connection.execute(
            "INSERT INTO api_keys (api_key_id, customer_id, service_type, key_hash, hint,"
            " sealed_key, created_at, changed_at) VALUES (gen_random_uuid(), %s, 'seal',"
            " sha256('key'), 'slk_s_abc', 'x', now(), now())", (customer,))

        def served() -> bool:
            return connection.execute(
                "SELECT count(*) > 10 AND bool_or(status = 200) FROM haproxy_logs"
                " WHERE customer_id = %s AND edge = 'edge-1'", (customer,)).fetchone()[0]
        until(served, within=30, what=f"lines of the customer\n{dev.output()}")
    # Nobody has started a HAProxy: lines are taken, and nobody is told of keys.
    [reason] = httpx.get(ready["intakeStatus"] + "/ready").json()["reasons"]
    assert reason.startswith("the vault is not applied: ")
    assert dev.stop() == 0
