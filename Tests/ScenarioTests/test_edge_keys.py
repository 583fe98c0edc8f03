"""Keys from the database to a real HAProxy: in time, through reloads, restarts and crashes."""

import json
import os
import random
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from support.api_keys import new_id, new_key, sealed_for_database
from support.binary import REPOSITORY, run, sluice
from support.charger import key_file
from support.vault_edge import Edge, HeldRequest, hashed
from support.escrow import EscrowChain
from support.gateway import Fleet, empty_env_file, settings
from support.sealed import unseal
from support.waiting import free_port, until

SEED = 11
# A revoked or suspended key stops working within two seconds.
BOUND = 2.0


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EscrowChain]:
    chain = EscrowChain(tmp_path_factory.mktemp("chain"), "--seed", str(SEED))
    chain.start()
    yield chain
    chain.stop()


class World:
    """A manager that writes vaults, an edge that takes them, and customers with keys."""

    def __init__(self, fleet: Fleet, chain: EscrowChain) -> None:
        self.directory = fleet.directory
        self.source = fleet.directory / "source"
        self.source.mkdir()
        key = fleet.directory / "vault.key"
        key.write_text(secrets.token_hex(32))
        key.chmod(0o600)
        self.intake_port, self._processes = free_port(), {}
        self.edge = Edge(fleet.directory, self.intake_port)
        self.environment = settings(fleet.directory, fleet.database_url, **{
            **chain.settings("graphql"), "SLUICE_VAULT_DIRECTORY": str(self.source),
            "SLUICE_VAULT_KEY_FILE": str(key), "VAULT_KEY": secrets.token_hex(32),
            "SLUICE_CHARGER_KEY_FILE": str(key_file(fleet.directory, SEED)),
            "SLUICE_MANAGER_LISTEN": f"127.0.0.1:{free_port()}"})
        self.public_key = self.command("key").stdout.strip()
        self.environment |= {
            "SLUICE_EDGE": "edge-1", "SLUICE_EDGE_SOCKET": str(self.edge.socket),
            "SLUICE_EDGE_MASTER": str(self.edge.master),
            "SLUICE_EDGE_VAULT": str(self.edge.vault), "SLUICE_VAULT_SOURCE": str(self.source),
            "SLUICE_VAULT_PUBLIC_KEY": self.public_key,
            "SLUICE_INTAKE_LISTEN": f"tcp:127.0.0.1:{self.intake_port}",
            "SLUICE_INTAKE_STATUS_LISTEN": f"127.0.0.1:{free_port()}"}
        self.database = psycopg.connect(fleet.database_url, autocommit=True)
        book = (REPOSITORY / "Config/pricebook.json").read_bytes()
        self.database.execute(
            "INSERT INTO price_books (content, digest, loaded_at) VALUES (%s, sha256(%s), now())",
            (book, book))
        self.database.execute(
            "INSERT INTO customers (customer_id, wallet_address, created_at)"
            " SELECT n, decode(lpad(to_hex(n), 64, '0'), 'hex'), now()"
            " FROM generate_series(1, 4) AS n")
        self.database.execute(
            "INSERT INTO service_instances (customer_id, service_type, state, tier, has_burst,"
            " seal_keys, packages_per_key, api_keys, created_at, changed_at)"
            " SELECT n, 'seal', 'enabled', 'pro', false, 1, 1, 500, now(), now()"
            " FROM generate_series(1, 4) AS n")

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return run("vault", *words, *(
            [] if words[0] in ("verify", "diff", "install")
            else ["--env-file", str(empty_env_file(self.directory))]),
            environment=self.environment)

    def start(self, name: str) -> None:
        with open(self.directory / f"{name}.log", "ab") as log:
            # Nothing else of the manager's: these customers have no money.
            task = ["--task", "vault"] if name == "manager" else []
            self._processes[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", sluice(), name, *task,
                 "--env-file", str(empty_env_file(self.directory))],
                env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def kill(self, name: str) -> None:
        self._processes[name].kill()
        self._processes[name].wait()

    def stop(self) -> None:
        for process in self._processes.values():
            process.kill()
            process.wait()
        self.edge.stop()
        self.database.close()

    def pause(self, name: str) -> None:
        self._processes[name].send_signal(signal.SIGSTOP)

    def resume(self, name: str) -> None:
        self._processes[name].send_signal(signal.SIGCONT)

    def add_others(self, count: int) -> None:
        """Keys that nobody uses, so that writing all takes a while."""
        self.database.execute(
            "INSERT INTO api_keys (api_key_id, customer_id, service_type, key_hash, hint,"
            " sealed_key, vault_key, created_at, changed_at)"
            " SELECT gen_random_uuid(), 3, 'seal', sha256(n::text::bytea), 'slk_s_', 'A:B:C',"
            " 'AAAA:BB:CC=', now(), now() FROM generate_series(1, %s) AS n", (count,))

    def make_real_key(self, customer: int = 1) -> str:
        """Sealed as a gateway does it, and not for the vault yet."""
        key, key_id = new_key(), new_id()
        self.database.execute(
            "INSERT INTO api_keys (api_key_id, customer_id, service_type, key_hash, hint,"
            " sealed_key, created_at, changed_at)"
            " VALUES (%s, %s, 'seal', %s, 'slk_s_', %s, now(), now())",
            (key_id, customer, bytes.fromhex(hashed(key)), sealed_for_database(
                key, key_id, self.environment["DB_ENCRYPTION_KEY"])))
        return key

    def table(self) -> list[list[str]]:
        """Rows of the table in force, without its head."""
        text = (self.source / "current/ma_vault.csv").read_text()
        return [line.split(",") for line in text.splitlines()[1:]]

    def make_keys(self, count: int, customer: int = 1) -> list[str]:
        keys = [f"slk_s_{secrets.token_hex(19)}" for _ in range(count)]
        with self.database.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO api_keys (api_key_id, customer_id, service_type, key_hash, hint,"
                " sealed_key, vault_key, created_at, changed_at)"
                " VALUES (gen_random_uuid(), %s, 'seal', %s, 'slk_s_', 'A:B:C', 'AAAA:BB:CC=',"
                " now(), now())",
                [(customer, bytes.fromhex(hashed(key))) for key in keys])
        return keys

    def revoke(self, key: str) -> None:
        self.database.execute(
            "UPDATE api_keys SET state = 'revoked' WHERE key_hash = %s",
            (bytes.fromhex(hashed(key)),))

    def set_state(self, customer: int, state: str) -> None:
        self.database.execute(
            "UPDATE service_instances SET state = %s WHERE customer_id = %s", (state, customer))

    def seconds_until(self, key: str, status: int, within: float = 15) -> float:
        begun = time.monotonic()
        answers = []
        until(lambda: answers.append(self.edge.status(key)) or answers[-1] == status,
              within=within, every=0.02, what=f"{status}, not {set(answers)}")
        return time.monotonic() - begun

    def told(self) -> tuple[int, str, str | None]:
        """What the edge says of itself."""
        row = self.database.execute(
            "SELECT version, standing, error FROM vault_edges WHERE edge = 'edge-1'").fetchone()
        return row or (0, "", None)

    def latest(self) -> int:
        row = self.database.execute(
            "SELECT max(version) FROM vault_versions WHERE published_at IS NOT NULL").fetchone()
        return row[0] or 0

    def has_applied_all(self) -> bool:
        return self.told() == (self.latest(), "applied", None)


@pytest.fixture
def world(fleet: Fleet, chain: EscrowChain) -> Iterator[World]:
    world = World(fleet, chain)
    world.keys = world.make_keys(40)
    world.others = world.make_keys(4, customer=2)
    world.start("manager")
    until(lambda: (world.source / "current").exists(), within=60, what="a vault is written")
    done = world.command(
        "install", str(world.source), "--to", str(world.edge.vault),
        "--public-key", world.public_key)
    assert done.returncode == 0, done.stderr
    world.start("intake")
    world.edge.start()
    until(world.has_applied_all, within=30, what="the edge has the vault")
    yield world
    world.stop()


def test_a_key_that_ends_is_refused_within_two_seconds(world: World) -> None:
    assert {world.edge.status(key) for key in world.keys[:5]} == {200}
    taken = []
    for key in world.keys[:5]:
        world.revoke(key)
        taken.append(world.seconds_until(key, 401))
    world.set_state(2, "suspended_no_payment")
    taken.append(world.seconds_until(world.others[0], 402))
    world.set_state(2, "enabled")
    taken.append(world.seconds_until(world.others[0], 200))
    world.set_state(2, "disabled")
    taken.append(world.seconds_until(world.others[0], 401))
    new = world.make_keys(1)[0]
    taken.append(world.seconds_until(new, 200))
    assert max(taken) < BOUND, taken
    assert {world.edge.status(key) for key in world.keys[5:10]} == {200}, "nobody else is touched"
    until(world.has_applied_all, within=5, what="the edge says so")


def test_a_process_that_a_reload_replaced_refuses_as_well(world: World) -> None:
    old = world.edge.workers()
    ended, lasting = HeldRequest(world.edge.port, world.keys[0]), HeldRequest(
        world.edge.port, world.keys[1])
    world.edge.reload()
    until(lambda: world.edge.old_workers() == old and world.edge.workers(), within=20,
          what="the old process drains")
    world.revoke(world.keys[0])
    assert world.seconds_until(world.keys[0], 401) < BOUND
    until(world.has_applied_all, within=10, what="all processes have it")
    assert world.edge.old_workers() == old
    assert ended.finish() == 401
    assert lasting.finish() == 200


def test_no_change_is_lost_that_comes_while_haproxy_reads_its_files(world: World) -> None:
    chance = random.Random(5)
    for key in world.keys[:12]:
        before = world.edge.workers()
        world.edge.reload()
        until(lambda: True, within=1, what="", every=chance.random() / 10)
        world.revoke(key)
        until(lambda: world.edge.workers() not in ([], before), within=20, what="reloaded")
        assert world.seconds_until(key, 401) < BOUND
    until(world.has_applied_all, within=10, what="all processes have it")
    assert {world.edge.status(key) for key in world.keys[:12]} == {401}
    assert {world.edge.status(key) for key in world.keys[12:]} == {200}


def test_a_started_haproxy_knows_it_before_the_first_request(world: World) -> None:
    world.revoke(world.keys[0])
    assert world.seconds_until(world.keys[0], 401) < BOUND
    world.kill("intake")
    world.kill("manager")
    world.edge.stop()
    world.edge.start()
    assert world.edge.status(world.keys[0]) == 401
    assert world.edge.status(world.keys[1]) == 200


def test_an_intake_that_is_killed_loses_nothing(world: World) -> None:
    for key in world.keys[:6]:
        world.revoke(key)
        world.kill("intake")
        world.start("intake")
    assert world.seconds_until(world.keys[5], 401) < BOUND + 2  # The process has to start.
    assert {world.edge.status(key) for key in world.keys[:6]} == {401}
    until(world.has_applied_all, within=10, what="the edge says so")

    # HAProxy's memory and the files part while nobody watches: a reload, then a start.
    world.kill("intake")
    world.revoke(world.keys[6])
    world.edge.reload()
    world.start("intake")
    assert world.seconds_until(world.keys[6], 401) < BOUND + 2


def test_a_manager_killed_at_any_moment_leaves_row_and_folder_in_agreement(world: World) -> None:
    chance = random.Random(9)
    for key in world.keys[:10]:
        world.revoke(key)
        until(lambda: True, within=1, what="", every=0.01)
        time_left = chance.random() * 0.6
        begun = time.monotonic()
        until(lambda: time.monotonic() - begun > time_left, within=2, what="a moment", every=0.002)
        world.kill("manager")
        world.start("manager")
    until(lambda: world.edge.status(world.keys[9]) == 401, within=30, what="the last is refused")
    until(world.has_applied_all, within=20, what="the edge has the last version")
    manifest = json.loads((world.source / "current/manifest.json").read_text())
    rows = world.database.execute(
        "SELECT version, map_digest, table_digest, changes_digest FROM vault_versions"
        " WHERE published_at IS NOT NULL ORDER BY version DESC LIMIT 1").fetchone()
    assert rows == (manifest["version"], *(file["sha256"] for file in manifest["files"]))
    assert {world.edge.status(key) for key in world.keys[:10]} == {401}
    assert {world.edge.status(key) for key in world.keys[10:]} == {200}


def test_a_manager_killed_with_files_half_written_harms_nobody(world: World) -> None:
    world.add_others(15_000)
    until(world.has_applied_all, within=30, what="the edge has them")
    staged, link = world.source / ".keys" / "api_keys.map", world.source / "current"
    torn = False
    for key in world.keys[:10]:
        before = os.readlink(link)
        world.revoke(key)
        until(lambda: staged.exists() or os.readlink(link) != before, within=10, every=0.0005,
              what="all keys are being written")
        world.pause("manager")
        torn = staged.exists() and os.readlink(link) == before
        if torn:
            break
        world.resume("manager")
        assert world.seconds_until(key, 401) < BOUND
    assert torn, "caught between write and rename"
    world.kill("manager")
    assert world.edge.status(key) == 200, "the vault before is in force"
    options = ["--public-key", world.public_key]
    assert world.command("verify", str(world.source), *options).returncode == 0
    world.start("manager")
    world.seconds_until(key, 401, within=30)  # The process has to start and to lead.
    until(world.has_applied_all, within=10, what="the edge has it")
    assert not staged.exists()
    assert world.command("verify", str(world.source), *options).returncode == 0
    assert world.edge.status(world.keys[10]) == 200


def test_a_rotated_key_ends_with_its_overlap_and_is_revoked_for_good(world: World) -> None:
    key, lasting = world.keys[0], world.keys[1]
    ends = world.database.execute(
        "UPDATE api_keys SET expires_at = now() + interval '1.5 seconds' WHERE key_hash = %s"
        " RETURNING extract(epoch FROM expires_at)::float8",
        (bytes.fromhex(hashed(key)),)).fetchone()[0]
    assert world.edge.status(key) == 200
    world.seconds_until(key, 401)
    assert 0 < time.time() - ends < BOUND
    assert world.database.execute(
        "SELECT k.state, l.action, l.reason FROM api_keys AS k JOIN audit_log AS l"
        " ON l.details ->> 'apiKeyId' = k.api_key_id::text WHERE k.key_hash = %s",
        (bytes.fromhex(hashed(key)),)).fetchall() == [
            ("revoked", "api_key_revoked", "overlap_ended")]
    assert world.edge.status(lasting) == 200


def test_a_new_vault_key_takes_over_while_keys_go_on_working(world: World) -> None:
    world.database.execute("DELETE FROM api_keys")
    keys = [world.make_real_key() for _ in range(3)]
    world.seconds_until(keys[-1], 200)
    old, new = world.environment["VAULT_KEY"], secrets.token_hex(32)

    def standing() -> dict:
        return json.loads(world.command("keys", "--json").stdout)

    assert standing() == {"newest": 1, "left": 0, "table": 1, "v1": 3}
    world.kill("manager")
    world.environment["VAULT_KEY"] = f"v2:{new},{old}"
    assert standing() == {"newest": 2, "left": 3, "table": 1, "v1": 3}
    assert world.command("keys").returncode == 1
    world.start("manager")
    until(lambda: world.command("keys").returncode == 0, within=30, what="all is under the new key")
    assert standing() == {"newest": 2, "left": 0, "table": 2, "v2": 3}
    opened = {unseal(sealed, new, f"ma_vault.{customer}.encrypted_key").decode()
              for customer, sealed, *_ in world.table()}
    assert opened == set(keys)
    assert {world.edge.status(key) for key in keys} == {200}
    world.revoke(keys[0])
    assert world.seconds_until(keys[0], 401) < BOUND


def test_an_edge_out_of_service_is_forgotten_and_one_in_service_is_not(world: World) -> None:
    world.database.execute(
        "INSERT INTO vault_edges (edge, version, standing, reported_at)"
        " VALUES ('edge-gone', 0, 'applying', now() - interval '2 minutes')")

    def edges() -> list[str]:
        lines = world.command("edges", "list", "--json").stdout.splitlines()
        return [json.loads(line)["edge"] for line in lines]

    assert edges() == ["edge-1", "edge-gone"]
    done = world.command("edges", "forget", "edge-1")
    assert done.returncode == 1 and "end its intake first" in done.stderr
    done = world.command("edges", "forget", "edge-2")
    assert done.returncode == 1 and "no edge of that name" in done.stderr
    assert world.command("edges", "forget", "edge-gone").returncode == 0
    assert edges() == ["edge-1"]
    assert world.database.execute(
        "SELECT details ->> 'edge', details -> 'operator' ->> 'user' IS NOT NULL FROM audit_log"
        " WHERE action = 'vault_edge_forgotten'").fetchall() == [("edge-gone", True)]


def test_a_vault_that_is_not_whole_is_reported_and_not_taken(world: World) -> None:
    world.kill("manager")
    version, _, _ = world.told()
    folder = (world.source / "current").resolve()
    manifest = folder / "manifest.json"
    good = manifest.read_bytes()
    manifest.write_bytes(good.replace(b'"keys":44', b'"keys":45'))
    until(lambda: world.told() == (version, "refused", "vault_signature_invalid"), within=5,
          what="the edge says why")
    assert world.edge.status(world.keys[0]) == 200
    manifest.write_bytes(good)
    until(lambda: world.told()[1] == "applied", within=5, what="all is well again")


def test_what_the_commands_say(world: World) -> None:
    options = ["--public-key", world.public_key]
    first = os.readlink(world.source / "current")
    world.revoke(world.keys[0])
    assert world.seconds_until(world.keys[0], 401) < BOUND

    done = world.command("verify", str(world.source), *options, "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["keys"] == 43
    done = world.command(
        "diff", str(world.source), "--from", str(world.source / first), *options, "--json")
    assert done.returncode == 1
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"change": "removed", "key": hashed(world.keys[0]), "grant": "-"}]
    assert world.command(
        "diff", str(world.source), "--from", str(world.source), *options).returncode == 0

    done = world.command("install", str(world.source / first), "--to", str(world.edge.vault),
                         *options)
    assert done.returncode == 1 and "vault_version_too_low" in done.stderr
    done = world.command("rollback", "--to", first.removeprefix("v"), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["keys"] == 43, "a revoked key stays out"
    until(world.has_applied_all, within=5, what="the edge has it")
    assert world.edge.status(world.keys[0]) == 401 and world.edge.status(world.keys[1]) == 200
    assert world.command("write").returncode == 0

    table = world.source / "current/ma_vault.csv"
    bytes_ = bytearray(table.resolve().read_bytes())
    bytes_[-2] ^= 1
    table.resolve().write_bytes(bytes_)
    done = world.command("verify", str(world.source), *options)
    assert done.returncode == 1 and "vault_file_altered" in done.stderr
    assert world.command("verify", str(world.source), "--public-key", "00").returncode == 2
    other = ["--public-key", "11" * 32]
    assert world.command("verify", str(world.source), *other).returncode == 1
