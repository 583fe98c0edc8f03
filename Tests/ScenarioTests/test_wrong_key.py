"""A command is run with another DB_ENCRYPTION_KEY than the gateways have."""

import secrets
import subprocess
from collections.abc import Callable

import psycopg
import pytest

from support.client import Browser
from support.gateway import Fleet, Gateway
from support.waiting import until
from support.wallet import Ed25519Wallet

Commands = Callable[..., subprocess.CompletedProcess[str]]
WRONG = secrets.token_hex(32)


def key_ids(gateway: Gateway) -> set[str]:
    document = Browser(gateway).get("/.well-known/jwks.json").expect(200).body
    return {key["kid"] for key in document["keys"]}


def counts(fleet: Fleet) -> tuple:
    with psycopg.connect(fleet.database_url) as connection:
        return connection.execute(
            "SELECT (SELECT count(*) FROM signing_keys), (SELECT count(*) FROM service_keys),"
            " (SELECT count(*) FROM audit_log)").fetchone()


def plant(fleet: Fleet) -> None:
    """The row that such a command would have left: a youngest key that is nobody's."""
    with psycopg.connect(fleet.database_url) as connection:
        connection.execute(
            "INSERT INTO signing_keys SELECT 'planted', algorithm, public_key, private_key,"
            " created_at, now() - interval '1 s' FROM signing_keys")


def signing_keys_check(gateway: Gateway) -> tuple[str, str]:
    body = Browser(gateway).get("/ready").body
    return body["status"], body["checks"]["signingKeys"]


@pytest.mark.parametrize("command", [
    ("keys", "rotate"), ("keys", "rotate", "--now"),
    ("keys", "service", "add", "--name", "billing", "--scopes", "charges"),
])
def test_a_key_command_with_another_database_key_changes_nothing(
    fleet: Fleet, commands: Commands, command: tuple[str, ...]
) -> None:
    gateway = fleet.start()
    browser = Browser(gateway)
    browser.sign_in(Ed25519Wallet())
    before, [known] = counts(fleet), key_ids(gateway)

    result = commands(*command, DB_ENCRYPTION_KEY=WRONG)

    assert result.returncode == 1
    assert known in result.stderr and "another DB_ENCRYPTION_KEY" in result.stderr
    assert counts(fleet) == before
    assert commands("keys", "rotate", "--now").returncode == 0
    until(lambda: known not in key_ids(gateway), within=3, what="a right rotation is heard of")
    browser.post("/v1/auth/refresh").expect(200)


def levels(gateway: Gateway) -> list[str]:
    """Of what the log says about the planted key."""
    return [line["level"] for line in gateway.log_lines() if line.get("keyId") == "planted"]


def test_a_key_that_does_not_open_is_said_aloud_and_hinders_nobody(fleet: Fleet, commands) -> None:
    gateway = fleet.start()
    browser = Browser(gateway)
    browser.sign_in(Ed25519Wallet())
    [known] = key_ids(gateway)
    assert signing_keys_check(gateway) == ("ok", "ok")

    plant(fleet)

    until(lambda: signing_keys_check(gateway) == ("degraded", "degraded"), within=4,
          what="/ready says so")
    assert "sluice_signing_keys_unopened 1" in Browser(gateway).get("/metrics").response.text
    assert commands("keys", "rotate").returncode == 1, "beside it nothing is rotated"
    started = fleet.start()
    for each in (gateway, started):
        assert key_ids(each) == {known}
        Browser(each).sign_in(Ed25519Wallet())
        until(lambda: levels(each), within=10, what="the log says so")
        assert levels(each) == ["error"], "once a minute, not once a second"

    with psycopg.connect(fleet.database_url) as connection:
        connection.execute("DELETE FROM signing_keys WHERE key_id = 'planted'")
    until(lambda: signing_keys_check(gateway) == ("ok", "ok"), within=4, what="it is over")
    assert commands("keys", "rotate").returncode == 0
    until(lambda: len(key_ids(gateway)) == 2, within=3, what="the rotation is heard of")


def test_a_gateway_that_opens_no_key_at_all_does_not_start(fleet: Fleet) -> None:
    fleet.end(fleet.start())
    gateway = fleet.start(ready_within=None, DB_ENCRYPTION_KEY=WRONG)
    assert gateway.wait() == 1
    assert "no signing key in the database opens" in gateway.output()


def test_a_second_planned_rotation_waits_for_the_first(fleet: Fleet, commands) -> None:
    gateway = fleet.start()
    assert commands("keys", "rotate").returncode == 0
    before = counts(fleet)

    again = commands("keys", "rotate")

    assert again.returncode == 1 and "rotation_pending" in again.stderr
    assert counts(fleet) == before
    assert commands("keys", "rotate", "--now").returncode == 0, "a leak does not wait"
    until(lambda: len(key_ids(gateway)) == 1, within=3, what="one key is left")
    Browser(gateway).sign_in(Ed25519Wallet())
