"""The seals of the audit trail: whoever changes the database afterwards is found out."""

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest

from support.binary import run
from support.client import Browser
from support.gateway import Fleet, Gateway, empty_env_file, settings
from support.load import at_once
from support.waiting import until
from support.wallet import Ed25519Wallet

TABLES = ("audit_log", "audit_sealed_rows", "audit_seals")
UNSEALED = """
    SELECT count(*) FROM audit_log
     WHERE audit_id NOT IN (SELECT audit_id FROM audit_sealed_rows)
"""
NO_HEAD = "00" * 32


def verify(fleet: Fleet, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return run(
        "verify", "audit", *arguments, "--env-file", str(empty_env_file(fleet.directory)),
        environment=settings(fleet.directory, fleet.database_url, **changes))


def clean(fleet: Fleet, *arguments: str, **changes: str) -> str:
    """What is printed."""
    result = verify(fleet, *arguments, **changes)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def found(fleet: Fleet, *arguments: str, **changes: str) -> str:
    """The kinds of the findings; there must be one."""
    result = verify(fleet, "--json", *arguments, **changes)
    assert result.returncode == 1, result.stdout + result.stderr
    report = json.loads(result.stdout)
    assert report["valid"] is False and report["findingCount"] >= 1
    return " ".join(finding["kind"] for finding in report["findings"])


def sealed(fleet: Fleet) -> None:
    """Every row is sealed; ten seconds are promised."""
    with psycopg.connect(fleet.database_url, autocommit=True) as connection:
        until(lambda: connection.execute(UNSEALED).fetchone() == (0,), within=10.5,
              what="every audit row is sealed", every=0.05)


def sign_in_at_once(gateways: list[Gateway], count: int) -> None:
    at_once([
        lambda index=index: Browser(gateways[index % len(gateways)]).sign_in(Ed25519Wallet())
        for index in range(count)])


def exported_heads(gateways: list[Gateway]) -> list[str]:
    """From the gateways' logs, which whoever owns the database has no hand in; oldest first."""
    heads = {
        line["auditHead"] for gateway in gateways for line in gateway.log_lines()
        if "auditHead" in line}
    return sorted(heads, key=lambda head: int(head.split(":")[0]))


@dataclass
class Trail:
    """A trail of at least two seals whose gateways have stopped."""

    fleet: Fleet
    heads: list[str]


@pytest.fixture(scope="module")
def trail(shared_fleet: Fleet) -> Trail:
    gateways = [shared_fleet.start() for _ in range(2)]
    for _ in range(2):
        sign_in_at_once(gateways, 10)
        sealed(shared_fleet)
        clean(shared_fleet)
    for gateway in gateways:
        shared_fleet.end(gateway)
    with psycopg.connect(shared_fleet.database_url, autocommit=True) as connection:
        for table in TABLES:
            connection.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")
    return Trail(shared_fleet, exported_heads(gateways))


@pytest.fixture
def tamper(trail: Trail) -> Iterator[Callable[[str], None]]:
    """Changes what stands, as the database's owner who switches its guards off; undone after."""
    with psycopg.connect(trail.fleet.database_url, autocommit=True) as connection:
        for table in TABLES:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")

        def change(statement: str) -> None:
            [(some, last)] = connection.execute(
                "SELECT min(audit_id) + 1, max(audit_id) FROM audit_log").fetchall()
            for part in statement.format(some=some, last=last, zeros=NO_HEAD).split(";"):
                assert connection.execute(part).rowcount >= 1

        yield change
        for table in TABLES:
            connection.execute(f"TRUNCATE {table}")
            connection.execute(
                f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM kept_{table}")
            connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only")


TAMPERING = {
    "an edited outcome": "UPDATE audit_log SET outcome = 'failure' WHERE audit_id = {some}",
    "an edited address": "UPDATE audit_log SET ip = '198.51.100.1' WHERE audit_id = {some}",
    "an edited time": "UPDATE audit_log SET at = at - interval '1 s' WHERE audit_id = {some}",
    "a fact taken away": "UPDATE audit_log SET user_agent = NULL WHERE audit_id = {some}",
    "a removed row": "DELETE FROM audit_log WHERE audit_id = {some}",
    "the last row removed": "DELETE FROM audit_log WHERE audit_id = {last}",
    "everything removed": "DELETE FROM audit_log",
    "an inserted row": (
        "INSERT INTO audit_log (audit_id, at, action, outcome) OVERRIDING SYSTEM VALUE"
        " VALUES (0, now(), 'sign_in_succeeded', 'success')"),
    "a row and its place removed": (
        "WITH gone AS (DELETE FROM audit_sealed_rows WHERE audit_id = {some})"
        " DELETE FROM audit_log WHERE audit_id = {some}"),
    "a forged hash": "UPDATE audit_sealed_rows SET row_hash = '\\x{zeros}' WHERE position = 1",
    "a forged head": "UPDATE audit_seals SET head = '\\x{zeros}'",
    "a seal removed from the middle": (
        "DELETE FROM audit_seals WHERE position = (SELECT min(position) FROM audit_seals)"),
    "two rows exchanged": (
        "UPDATE audit_sealed_rows SET audit_id = -audit_id WHERE audit_id = {some};"
        "UPDATE audit_sealed_rows SET audit_id = {some} WHERE audit_id = {last};"
        "UPDATE audit_sealed_rows SET audit_id = {last} WHERE audit_id = -{some}"),
}
TAIL_CUT_OFF = """
    DELETE FROM audit_log WHERE audit_id IN (
        SELECT audit_id FROM audit_sealed_rows WHERE position >= (
            SELECT max(first_position) FROM audit_seals));
    DELETE FROM audit_sealed_rows WHERE position >= (
        SELECT max(first_position) FROM audit_seals);
    DELETE FROM audit_seals WHERE first_position = (SELECT max(first_position) FROM audit_seals)
"""


def test_the_untouched_trail_is_clean_up_to_every_exported_head(trail: Trail) -> None:
    assert len(trail.heads) >= 2
    for head in trail.heads:
        clean(trail.fleet, "--head", head)


@pytest.mark.parametrize("tampering", TAMPERING)
def test_tampering_by_the_databases_owner_is_found(
    trail: Trail, tamper: Callable[[str], None], tampering: str
) -> None:
    tamper(TAMPERING[tampering])
    found(trail.fleet)


def test_a_tail_cut_off_cleanly_is_found_by_the_exported_head(
    trail: Trail, tamper: Callable[[str], None]
) -> None:
    tamper(TAIL_CUT_OFF)

    assert found(trail.fleet) == "cut_off"  # The gateways' file knows.
    elsewhere = {"SLUICE_AUDIT_HEAD_FILE": str(trail.fleet.directory / "none.head")}
    assert found(trail.fleet, "--head", trail.heads[-1], **elsewhere) == "cut_off"

    # What is left is a whole chain: only a head from elsewhere can show that there was more.
    assert "can only be excluded with" in clean(trail.fleet, **elsewhere)
    assert "can only be" not in clean(trail.fleet, "--head", trail.heads[0], **elsewhere)


def test_a_trail_removed_whole_is_found_by_the_exported_head(
    trail: Trail, tamper: Callable[[str], None]
) -> None:
    tamper(";".join(f"DELETE FROM {table}" for table in TABLES))
    found(trail.fleet, "--head", trail.heads[0])


def test_a_head_of_another_trail_is_a_finding(trail: Trail) -> None:
    position, hashed = trail.heads[-1].split(":")
    other = ("b" if hashed[0] == "a" else "a") + hashed[1:]
    found(trail.fleet, "--head", f"{position}:{other}")
    found(trail.fleet, "--head", f"{int(position) + 1}:{hashed}")


@pytest.mark.parametrize("head", ["", "1", "x:" + NO_HEAD, "0:" + NO_HEAD, "-1:" + NO_HEAD, "1:ab"])
def test_a_head_that_is_none_is_a_usage_error(trail: Trail, head: str) -> None:
    result = verify(trail.fleet, f"--head={head}")
    assert result.returncode == 2 and "--head" in result.stderr


def test_a_verifier_with_another_key_does_not_believe_the_seals(trail: Trail) -> None:
    other = trail.fleet.directory / "other.key"
    other.write_text("ab" * 32)
    other.chmod(0o600)
    assert verify(trail.fleet, SLUICE_AUDIT_KEY_FILE=str(other)).returncode == 1


def test_the_database_itself_refuses_to_change_or_drop_a_row(trail: Trail) -> None:
    with psycopg.connect(trail.fleet.database_url, autocommit=True) as connection:
        for table in TABLES:
            for statement in (f"DELETE FROM {table}", f"TRUNCATE {table}",
                              f"UPDATE {table} SET {UPDATED[table]}"):
                with pytest.raises(psycopg.errors.RestrictViolation):
                    connection.execute(statement)


UPDATED = {
    "audit_log": "outcome = 'failure'", "audit_sealed_rows": "position = position + 1",
    "audit_seals": "sealed_at = now()"}


def test_a_gateway_seals_nothing_on_top_of_a_tail_cut_off_also_after_a_restart(
    fleet: Fleet
) -> None:
    gateway = fleet.start()
    for _ in range(2):
        sign_in_at_once([gateway], 2)
        sealed(fleet)
    with psycopg.connect(fleet.database_url, autocommit=True) as connection:
        for table in TABLES:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for statement in TAIL_CUT_OFF.split(";"):
            connection.execute(statement)
        left = connection.execute("SELECT count(*) FROM audit_seals").fetchone()
        refused(gateway)
        fleet.end(gateway)
        again = fleet.start()
        sign_in_at_once([again], 1)
        refused(again)
        assert connection.execute("SELECT count(*) FROM audit_seals").fetchone() == left


def refused(gateway: Gateway) -> None:
    until(lambda: [line for line in gateway.log_lines()
                   if line["level"] == "error" and "expectedHead" in line],
          within=10, what="the gateway's log says so", every=0.1)
    metrics = Browser(gateway).get("/metrics").expect(200).response.text
    assert "sluice_audit_refused 1" in metrics
    ready = Browser(gateway).get("/ready").expect(200).body
    assert ready["status"] == "degraded" and ready["checks"]["audit"] == "degraded"
