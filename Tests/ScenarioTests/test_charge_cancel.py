"""`sluice charge cancel`: asks for an end, and never makes one up."""

import os
import pwd
import socket
import subprocess
import uuid
from collections.abc import Callable

import psycopg
import pytest

from support.gateway import Fleet
from support.service import add_service, funded_customer


@pytest.fixture
def charge(fleet: Fleet) -> str:
    """One that is planned."""
    gateway = fleet.start()
    service = add_service(fleet)
    customer = funded_customer(gateway, fleet, 10_000_000)
    return service.charge(gateway, customer, 1_500_000).expect(202).body["chargeId"]


def told(fleet: Fleet, charge: str) -> tuple:
    with psycopg.connect(fleet.database_url) as connection:
        [row] = connection.execute(
            "SELECT state, cancel_asked_at FROM charges WHERE charge_id = %s", (charge,)).fetchall()
    return row


def records(fleet: Fleet, charge: str) -> list[tuple]:
    with psycopg.connect(fleet.database_url) as connection:
        return connection.execute(
            "SELECT outcome, customer_id, session_id, details->'operator' FROM audit_log "
            "WHERE action = 'charge_cancel_asked' AND details->>'charge' = %s ORDER BY audit_id",
            (charge,)).fetchall()


def test_asking_is_remembered_once_and_changes_no_state(
    fleet: Fleet, charge: str, commands: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    assert told(fleet, charge) == ("planned", None)
    assert commands("charge", "cancel", charge).returncode == 0
    state, asked = told(fleet, charge)
    assert state == "planned" and asked is not None
    assert commands("charge", "cancel", charge).returncode == 0
    assert told(fleet, charge) == (state, asked)


def test_who_asks_is_on_record_each_time(
    fleet: Fleet, charge: str, commands: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    for count in (1, 2):
        assert commands("charge", "cancel", charge, SUDO_USER="alice").returncode == 0
        found = records(fleet, charge)
        assert len(found) == count
        outcome, customer, session, operator = found[-1]
        assert (outcome, session) == ("success", None) and customer is not None
        assert operator["user"] == pwd.getpwuid(os.geteuid()).pw_name
        assert operator["sudoUser"] == "alice" and operator["host"] == socket.gethostname()
        assert operator["pid"] > 1 and "login" in operator


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
        assert records(fleet, identity) == []
    assert told(fleet, charge) == ("abandoned", None)
    assert commands("charge", "cancel", "nonsense").returncode == 2
    away = commands(
        "charge", "cancel", charge, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert away.returncode == 75
