"""`sluice breaks`: what froze an account is listed, and accepted one by one, with a reason."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support.gateway import Fleet
from support.operators import secret_file
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


@pytest.fixture
def alice(commands: Commands, tmp_path: Path) -> tuple[str, str]:
    """How an operator says who she is."""
    return "--secret-file", str(secret_file(commands, tmp_path, "alice"))


def listed(commands: Commands, status: int) -> list[dict]:
    result = commands("breaks", "list", "--json")
    assert result.returncode == status, result.stderr
    return json.loads(result.stdout)


def test_an_account_is_charged_again_when_all_of_its_breaks_are_accepted(
    frozen: Fleet, commands: Commands, alice: tuple[str, str]
) -> None:
    found = listed(commands, 1)
    assert [one["class"] for one in found] == ["balance", "amount"]
    first, last = (str(one["number"]) for one in found)
    half = commands("breaks", "accept", first, "--reason", "ticket 17: seen", *alice)
    assert half.returncode == 0 and "1 more" in half.stdout, half.stderr
    assert rows(frozen, "SELECT frozen_for FROM escrow_accounts") == [("balance",)]
    assert [one["number"] for one in listed(commands, 1)] == [int(last)]
    whole = commands("breaks", "accept", last, "--reason", "ticket 17: seen", *alice)
    assert whole.returncode == 0, whole.stderr
    assert rows(frozen, "SELECT frozen_for, frozen_at FROM escrow_accounts") == [(None, None)]
    assert listed(commands, 0) == []
    [(details,), _] = rows(
        frozen, "SELECT details FROM audit_log WHERE action = 'break_accepted' ORDER BY 1")
    assert details["because"] == "ticket 17: seen" and details["operator"] == {"name": "alice"}


def test_an_account_with_much_is_charged_again_only_when_another_operator_approves(
    frozen: Fleet, commands: Commands, alice: tuple[str, str]
) -> None:
    for one in listed(commands, 1):
        asked = commands("breaks", "accept", str(one["number"]), "--reason", "x", *alice,
                         SLUICE_APPROVAL_ABOVE="9999999")
        assert asked.returncode == 0 and "another operator" in asked.stdout, asked.stderr
    assert rows(frozen, "SELECT count(*) FILTER (WHERE needs_approval AND decided_by IS NULL)"
                " FROM approvals WHERE action = 'accept_break'") == [(2,)]
    assert rows(frozen, "SELECT frozen_for FROM escrow_accounts") == [("balance",)]
    assert len(listed(commands, 1)) == 2


def test_nothing_is_accepted_without_an_operators_secret(
    frozen: Fleet, commands: Commands, tmp_path: Path
) -> None:
    accept = ["breaks", "accept", str(listed(commands, 1)[0]["number"]), "--reason", "x"]
    without = commands(*accept)
    assert without.returncode == 2
    assert "--secret-file" in without.stderr and "sluice keys operator add" in without.stderr
    revoked = secret_file(commands, tmp_path, "bob")
    assert commands("keys", "operator", "revoke", "--name", "bob").returncode == 0
    stranger = tmp_path / "stranger"
    stranger.write_text("slo_nobody")
    stranger.chmod(0o600)
    for file, words in [(revoked, "no operator's"), (stranger, "no operator's"),
                        (tmp_path / "none", "--secret-file")]:
        refused = commands(*accept, "--secret-file", str(file))
        assert refused.returncode == 1 and words in refused.stderr, refused.stderr
    assert len(listed(commands, 1)) == 2
    assert rows(frozen, "SELECT count(*) FROM approvals") == [(0,)]


def test_nothing_is_accepted_without_a_reason_twice_or_by_mistake(
    frozen: Fleet, commands: Commands, alice: tuple[str, str]
) -> None:
    number = str(listed(commands, 1)[0]["number"])
    for words in ([number], [number, "--reason", ""], [number, "--reason", "x" * 501],
                  [number, "--reason", "two\nlines"], ["0", "--reason", "x"],
                  ["first", "--reason", "x"]):
        assert commands("breaks", "accept", *words, *alice).returncode == 2, words
    assert len(listed(commands, 1)) == 2
    assert commands("breaks", "accept", "4711", "--reason", "x", *alice).returncode == 1
    assert commands("breaks", "accept", number, "--reason", "x", *alice).returncode == 0
    again = commands("breaks", "accept", number, "--reason", "x", *alice)
    assert again.returncode == 1 and "not_open" in again.stderr
    assert rows(
        frozen, "SELECT count(*) FROM audit_log WHERE action = 'break_accepted'") == [(1,)]
    away = commands("breaks", "list", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert away.returncode == 75
