"""`sluice breaks`: what froze an account is listed, and accepted one by one, with a reason."""

import json
import subprocess
from collections.abc import Callable

import pytest

from support.gateway import Fleet
from support.rows import rows
from support.service import add_service, funded_customer

Commands = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def frozen(fleet: Fleet) -> Fleet:
    """With a customer whose account has two breaks, as the follower writes them."""
    gateway = fleet.start()
    add_service(fleet)
    funded_customer(gateway, fleet, 10_000_000)
    rows(fleet, "UPDATE escrow_accounts SET frozen_for = 'balance', frozen_at = now()")
    for name in ("balance", "amount"):
        rows(fleet, "INSERT INTO escrow_breaks (class, account_id, digest, event_seq, raised_at) "
             f"SELECT '{name}', account_id, sha256('{name}'), 0, now() FROM escrow_accounts")
    return fleet


def listed(commands: Commands, status: int) -> list[dict]:
    result = commands("breaks", "list", "--json")
    assert result.returncode == status, result.stderr
    return json.loads(result.stdout)


def test_an_account_is_charged_again_when_all_of_its_breaks_are_accepted(
    frozen: Fleet, commands: Commands
) -> None:
    found = listed(commands, 1)
    assert [one["class"] for one in found] == ["balance", "amount"]
    first, last = (str(one["number"]) for one in found)
    half = commands("breaks", "accept", first, "--reason", "ticket 17: seen")
    assert half.returncode == 0 and "1 more" in half.stdout, half.stderr
    assert rows(frozen, "SELECT frozen_for FROM escrow_accounts") == [("balance",)]
    assert [one["number"] for one in listed(commands, 1)] == [int(last)]
    assert commands("breaks", "accept", last, "--reason", "ticket 17: seen").returncode == 0
    assert rows(frozen, "SELECT frozen_for, frozen_at FROM escrow_accounts") == [(None, None)]
    assert listed(commands, 0) == []
    [(details,), _] = rows(
        frozen, "SELECT details FROM audit_log WHERE action = 'break_accepted' ORDER BY 1")
    assert details["because"] == "ticket 17: seen" and details["operator"]["user"]


def test_nothing_is_accepted_without_a_reason_twice_or_by_mistake(
    frozen: Fleet, commands: Commands
) -> None:
    number = str(listed(commands, 1)[0]["number"])
    for words in ([number], [number, "--reason", ""], [number, "--reason", "x" * 501],
                  [number, "--reason", "two\nlines"], ["0", "--reason", "x"],
                  ["first", "--reason", "x"]):
        assert commands("breaks", "accept", *words).returncode == 2, words
    assert len(listed(commands, 1)) == 2
    assert commands("breaks", "accept", "4711", "--reason", "x").returncode == 1
    assert commands("breaks", "accept", number, "--reason", "x").returncode == 0
    again = commands("breaks", "accept", number, "--reason", "x")
    assert again.returncode == 1 and "no break" in again.stderr
    assert rows(
        frozen, "SELECT count(*) FROM audit_log WHERE action = 'break_accepted'") == [(1,)]
    away = commands("breaks", "list", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert away.returncode == 75
