"""`sluice charge cancel`: asks for an end, and never makes one up."""

import subprocess
import uuid
from collections.abc import Callable

import psycopg
import pytest

from support.client import Browser
from support.gateway import Fleet
from support.service import add_service, open_account
from support.wallet import Ed25519Wallet


@pytest.fixture
def charge(fleet: Fleet) -> str:
    """One that is planned."""
    gateway = fleet.start()
    service = add_service(fleet)
    customer = Browser(gateway).sign_in(Ed25519Wallet())["customer"]["customerId"]
    open_account(fleet, customer, 10_000_000)
    return service.charge(gateway, customer, 1_500_000).expect(202).body["chargeId"]


def told(fleet: Fleet, charge: str) -> tuple:
    with psycopg.connect(fleet.database_url) as connection:
        [row] = connection.execute(
            "SELECT state, cancel_asked_at FROM charges WHERE charge_id = %s", (charge,)).fetchall()
    return row


def test_asking_is_remembered_once_and_changes_no_state(
    fleet: Fleet, charge: str, commands: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    assert told(fleet, charge) == ("planned", None)
    assert commands("charge", "cancel", charge).returncode == 0
    state, asked = told(fleet, charge)
    assert state == "planned" and asked is not None
    assert commands("charge", "cancel", charge).returncode == 0
    assert told(fleet, charge) == (state, asked)


def test_what_has_ended_or_is_unknown_is_not_cancelled(
    fleet: Fleet, charge: str, commands: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    with psycopg.connect(fleet.database_url) as connection:
        connection.execute(
            "UPDATE charges SET state = 'abandoned', abandon_reason = 'withdrawn', "
            "ended_at = now() WHERE charge_id = %s", (charge,))
    for identity in (charge, str(uuid.uuid4())):
        result = commands("charge", "cancel", identity)
        assert result.returncode == 1 and "outcome" in result.stderr
    assert told(fleet, charge) == ("abandoned", None)
    assert commands("charge", "cancel", "nonsense").returncode == 2
    away = commands(
        "charge", "cancel", charge, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert away.returncode == 75
