"""Prices, credits and void invoices from the command line, under operators' names."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from support.binary import REPOSITORY
from support.client import new_customer
from support.gateway import Fleet
from support.operators import secret_file
from support.rows import rows
from support.usage_events import TARGET, body, edge_key, event

Commands = Callable[..., subprocess.CompletedProcess[str]]
BOOK = REPOSITORY / "Config" / "pricebook.json"
INVOICE = "01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a68"


@pytest.fixture
def customer(fleet: Fleet) -> str:
    return str(new_customer(fleet.start()))


@pytest.fixture
def alice(fleet: Fleet, commands: Commands, tmp_path: Path) -> Path:
    """A file with the secret of an operator."""
    return secret_file(commands, tmp_path, "alice")


def test_prices_are_checked_and_loaded_or_refused_whole(
    fleet: Fleet, commands: Commands, tmp_path: Path
) -> None:
    gateway = fleet.start()
    broken = tmp_path / "broken.json"
    broken.write_text(BOOK.read_text().replace('"20000000"', '"-1"'))
    for word in ("check", "load"):
        refused = commands("prices", word, str(broken))
        assert refused.returncode == 1 and "line 2" in refused.stderr, refused.stderr
        assert commands("prices", word, str(tmp_path / "none")).returncode == 1
        assert commands("prices", word).returncode == 2
    assert rows(fleet, "SELECT count(*) FROM price_books") == [(0,)]

    assert commands("prices", "check", str(BOOK)).returncode == 0
    assert rows(fleet, "SELECT count(*) FROM price_books") == [(0,)]
    loaded = commands("prices", "load", str(BOOK))
    assert loaded.returncode == 0, loaded.stderr
    changed = tmp_path / "changed.json"
    changed.write_text(BOOK.read_text().replace('"20000000"', '"20000001"'))
    for word in ("check", "load"):
        refused = commands("prices", word, str(changed))
        assert refused.returncode == 1 and "version 1" in refused.stderr, refused.stderr
    assert rows(fleet, "SELECT content = %s FROM price_books", BOOK.read_bytes()) == [(True,)]
    [(operator,)] = rows(
        fleet, "SELECT details->'operator' FROM audit_log WHERE action = 'price_book_loaded'")
    assert operator["user"]
    # From now on events are taken of what is sold alone.
    user = new_customer(gateway)
    sent = body(event(user), event(user, "soon", serviceType="grpc"))
    answer = edge_key(fleet, "edge-3").send(gateway, "POST", TARGET, content=sent).expect(200).body
    assert answer == {"accepted": 1, "duplicates": 0,
                      "rejected": [{"id": "soon", "code": "service_unknown"}]}


def test_a_credit_is_an_operators_and_above_the_limit_two(
    fleet: Fleet, commands: Commands, customer: str, alice: Path
) -> None:
    def grant(amount: str, *more: str, secret: Path = alice) -> subprocess.CompletedProcess[str]:
        return commands("credit", "grant", "--customer", customer, "--amount", amount,
                        "--reason", "ticket 17", "--secret-file", str(secret), *more)

    number = ("--request", "01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a69")
    for _ in range(2):
        done = grant("5000000", *number)
        assert done.returncode == 0, done.stderr
    large = grant("100000001")
    assert large.returncode == 0 and "approve" in large.stdout, large.stdout + large.stderr
    assert rows(fleet, "SELECT amount_micro_usdc, granted_by FROM billing_credits") == [
        (5_000_000, "alice")]
    assert rows(fleet, "SELECT needs_approval FROM approvals ORDER BY asked_at") == [
        (False,), (True,)]

    for amount in ("0", "-1", "1.5", "x"):
        assert grant(amount).returncode == 2
    assert grant("1", "--request", "x").returncode == 2
    stranger = alice.with_name("stranger")
    stranger.write_text("slo_nobody")
    stranger.chmod(0o600)
    assert "no operator's" in grant("1", secret=stranger).stderr
    stranger.chmod(0o644)
    assert "can be read by others" in grant("1", secret=stranger).stderr
    assert rows(fleet, "SELECT count(*) FROM billing_credits") == [(1,)]


def test_an_invoice_is_voided_once_and_not_when_it_is_unknown(
    fleet: Fleet, commands: Commands, customer: str, alice: Path
) -> None:
    rows(fleet, "INSERT INTO billing_records (invoice_id, customer_id, state, reason,"
         " total_micro_usdc, price_version, obligation_mark, opened_at, closed_at)"
         f" VALUES ('{INVOICE}', {customer}, 'closed', 'threshold', 2000000, 1,"
         f" uuid_send('{INVOICE}'), now(), now())")

    def void(invoice: str) -> subprocess.CompletedProcess[str]:
        return commands("invoice", "void", invoice, "--reason", "ticket 17",
                        "--secret-file", str(alice))

    unknown = void(INVOICE[:-1] + "9")
    assert unknown.returncode == 1 and "invoice_unknown" in unknown.stderr
    assert void("x").returncode == 2
    done = void(INVOICE)
    assert done.returncode == 0, done.stderr
    assert rows(fleet, "SELECT state FROM billing_records") == [("void",)]
    assert rows(fleet, "SELECT details->>'operator', outcome FROM audit_log"
                " WHERE action = 'invoice_voided' ORDER BY audit_id") == [("alice", "success")]
