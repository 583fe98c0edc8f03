"""What an operator does about vaults and edges while keys go on working: a new key to seal with, an
edge out of service, a vault looked at, compared and taken back."""

import json
import os
import secrets

from support.sealed import opened_by_node
from support.vault_edge import hashed
from support.vault_stage import BOUND, VaultStage, stage  # noqa: F401
from support.waiting import until


def test_a_new_vault_key_takes_over_while_keys_go_on_working(stage: VaultStage) -> None:
    stage.tables.remove_all()
    keys = [stage.tables.add_sealed(stage.environment["DB_ENCRYPTION_KEY"], customer)
            for customer in (1, 2, 2)]
    stage.seconds_until(keys[-1], 200)
    old, new = stage.environment["VAULT_KEY"], secrets.token_hex(32)

    def standing() -> dict:
        return json.loads(stage.command("keys", "--json").stdout)

    assert standing() == {"newest": 1, "left": 0, "table": 1, "v1": 3}
    stage.kill("manager")
    stage.environment["VAULT_KEY"] = f"v2:{new},{old}"
    assert standing() == {"newest": 2, "left": 3, "table": 1, "v1": 3}
    assert stage.command("keys").returncode == 1
    stage.start("manager")
    until(lambda: stage.command("keys").returncode == 0, within=30, what="all is under the new key")
    assert standing() == {"newest": 2, "left": 0, "table": 2, "v2": 3}
    assert stage.command("write").returncode == 0
    _, *lines = (stage.source / "current/ma_vault.csv").read_text().splitlines()
    rows = [(int(customer), sealed) for customer, sealed, *_ in (line.split(",") for line in lines)]
    found = [opened_by_node(sealed, new, f"ma_vault.{customer}.encrypted_key")
             for customer, sealed in rows]
    assert [one["ivBytes"] for one in found] == [16] * 3
    assert sorted((customer, bytes.fromhex(one["opened"]).decode())
                  for (customer, _), one in zip(rows, found, strict=True)
                  ) == sorted(zip((1, 2, 2), keys, strict=True))
    customer, sealed = rows[0]
    assert opened_by_node(sealed, new, f"ma_vault.{3 - customer}.encrypted_key") is None
    assert opened_by_node(sealed, old, f"ma_vault.{customer}.encrypted_key") is None
    assert stage.statuses(keys) == {200}
    stage.tables.revoke(keys[0])
    assert stage.seconds_until(keys[0], 401) < BOUND


def test_an_edge_out_of_service_is_forgotten_and_one_in_service_is_not(stage: VaultStage) -> None:
    stage.tables.ask(
        "INSERT INTO vault_edges (edge, version, standing, reported_at)"
        " VALUES ('edge-gone', 0, 'applying', now() - interval '2 minutes')")

    def edges() -> list[str]:
        lines = stage.command("edges", "list", "--json").stdout.splitlines()
        return [json.loads(line)["edge"] for line in lines]

    assert edges() == ["edge-1", "edge-gone"]

    def found() -> list[tuple]:
        return stage.tables.ask(
            "SELECT outcome, error_code, error_detail LIKE '%%edge-gone (version 0)%%'"
            " FROM worker_runs WHERE outcome <> 'done'")

    until(found, within=30, what="the manager says that it is silent")
    assert found() == [("finding", "vault_edge_behind", True)]
    done = stage.command("edges", "forget", "edge-1")
    assert done.returncode == 1 and "end its intake first" in done.stderr
    done = stage.command("edges", "forget", "edge-2")
    assert done.returncode == 1 and "no edge of that name" in done.stderr
    assert stage.command("edges", "forget", "edge-gone").returncode == 0
    assert edges() == ["edge-1"]
    assert stage.tables.ask(
        "SELECT details ->> 'edge', details -> 'operator' ->> 'user' IS NOT NULL FROM audit_log"
        " WHERE action = 'vault_edge_forgotten'") == [("edge-gone", True)]


def test_what_the_commands_say(stage: VaultStage) -> None:
    options = ["--public-key", stage.public_key]
    first = os.readlink(stage.source / "current")
    stage.tables.revoke(stage.keys[0])
    assert stage.seconds_until(stage.keys[0], 401) < BOUND

    done = stage.command("verify", str(stage.source), *options, "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["keys"] == 43
    done = stage.command(
        "diff", str(stage.source), "--from", str(stage.source / first), *options, "--json")
    assert done.returncode == 1
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"change": "removed", "key": hashed(stage.keys[0]), "grant": "-"}]
    assert stage.command(
        "diff", str(stage.source), "--from", str(stage.source), *options).returncode == 0

    def install() -> str:
        done = stage.command(
            "install", str(stage.source / first), "--to", str(stage.edge.vault), *options)
        assert done.returncode == 1
        return done.stderr

    assert "vault_folder_in_use" in install(), "the intake is at work"
    stage.kill("intake")
    assert "vault_version_too_low" in install()
    stage.start("intake")
    done = stage.command("rollback", "--to", first.removeprefix("v"), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["keys"] == 43, "a revoked key stays out"
    until(stage.has_applied_all, within=20, what="the edge has it")
    assert stage.edge.status(stage.keys[0]) == 401 and stage.edge.status(stage.keys[1]) == 200
    assert stage.command("write").returncode == 0
    assert stage.tables.ask(
        "SELECT action, details->>'to', details->'operator' IS NOT NULL FROM audit_log"
        " WHERE action LIKE 'vault_%%' ORDER BY audit_id DESC LIMIT 4"
    ) == [("vault_written", None, True), ("vault_change_asked", None, True),
          ("vault_rolled_back", first.removeprefix("v"), True),
          ("vault_change_asked", first.removeprefix("v"), True)]
    assert stage.command("rollback", "--to", "999999").returncode == 1
    assert stage.tables.ask(
        "SELECT action, details->>'what' FROM audit_log WHERE action LIKE 'vault_%%'"
        " ORDER BY audit_id DESC LIMIT 1") == [("vault_change_asked", "vault_rolled_back")]

    table = stage.source / "current/ma_vault.csv"
    bytes_ = bytearray(table.resolve().read_bytes())
    bytes_[-2] ^= 1
    table.resolve().write_bytes(bytes_)
    done = stage.command("verify", str(stage.source), *options)
    assert done.returncode == 1 and "vault_file_altered" in done.stderr
    assert stage.command("verify", str(stage.source), "--public-key", "00").returncode == 2
    other = ["--public-key", "11" * 32]
    assert stage.command("verify", str(stage.source), *other).returncode == 1
