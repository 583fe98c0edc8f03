"""Who leads: a standby after a death, nobody twice, and no database older than the chain."""

import json
import secrets
import subprocess
import time
from collections import Counter

import pytest

from support.binary import run
from support.chain import Chain
from support.charged_chain import Account
from support.charging import Escrow
from support.gateway import empty_env_file
from support.invariants import check
from support.leading import AMOUNT, BALANCE, TAKEN_OVER, charged, settled
from support.operators import secret_file
from support.transactions import base58_bytes
from support.waiting import elapsed, until

ARMED = "the engine is armed"


@pytest.fixture(params=["graphql", "json-rpc"])
def wire(request: pytest.FixtureRequest) -> str:
    return request.param


def test_a_standby_takes_over_from_a_leader_that_died(escrow: Escrow, wire: str) -> None:
    accounts = [escrow.open(BALANCE) for _ in range(3)]
    leader = escrow.manager(wire)
    escrow.known(accounts)
    standby = escrow.manager(wire)
    until(lambda: "another process leads" in standby.output(), within=15, what="it stands by")
    generation = escrow.generation()
    charged(escrow, accounts)
    leader.kill()
    died = time.monotonic()
    until(lambda: escrow.generation() > generation, within=TAKEN_OVER, what="the standby leads")
    charged(escrow, accounts)
    settled(escrow, accounts)
    assert time.monotonic() - died < 2 * TAKEN_OVER
    check(escrow, accounts)


def test_a_leader_that_was_frozen_signs_and_writes_nothing(escrow: Escrow, wire: str) -> None:
    accounts = [escrow.open(BALANCE) for _ in range(3)]
    leader = escrow.manager(wire)
    escrow.known(accounts)
    generation = escrow.generation()
    charged(escrow, accounts)
    leader.freeze()
    standby = escrow.manager(wire)
    until(lambda: escrow.generation() > generation, within=15, what="the standby leads")
    settled(escrow, accounts)
    signed = escrow.signed_by(generation)

    # Nobody else is there to do what is asked for now.
    standby.freeze()
    made = charged(escrow, accounts)
    leader.wake()
    until(lambda: "leading no more" in leader.output(), within=15, what="it sees that it is over")
    assert escrow.signed_by(generation) == signed
    assert escrow.states(made) == {"planned"} or escrow.generation() > generation + 1
    standby.wake()
    settled(escrow, accounts)
    check(escrow, accounts)
    assert escrow.signed_by(generation) == signed


def test_a_database_from_before_is_not_charged_from_until_it_fits(
    escrow: Escrow, wire: str
) -> None:
    accounts = [escrow.open(BALANCE) for _ in range(6)]
    manager = escrow.manager(wire)
    escrow.known(accounts)
    early = charged(escrow, accounts[:1])
    settled(escrow, accounts)
    manager.kill()

    kept, given_up = charged(escrow, accounts[:2]), charged(escrow, accounts[2:4])
    copy = escrow.dump()
    lost = [ask_for_lost(escrow, accounts, number) for number in range(2)]  # The copy has neither.
    escrow.ask(
        "UPDATE charges SET cancel_asked_at = now() WHERE charge_id = ANY(%s::uuid[]) "
        "RETURNING charge_id", given_up)
    manager.start()
    settled(escrow, accounts)
    manager.kill()
    assert escrow.states(early + kept + lost) == {"settled"}
    assert escrow.states(given_up) == {"abandoned"}

    escrow.restore(copy)
    assert escrow.states(kept + given_up) == {"planned"} and escrow.states(lost) == set()
    signed = escrow.value("SELECT count(*) FROM charge_batches")
    armed = manager.output().count(ARMED)
    again = ask_for_lost(escrow, accounts, 0)  # A service that had no answer; the other is silent.
    escrow.node.fail({"fault": "halt"})  # Nothing comes after the restore.
    manager.start()
    until(lambda: "this database is not the one" in manager.output(), within=15,
          what="it sees that the database is another")
    until(lambda: live_sessions(escrow) == 0, within=15, what="all sessions have ended")
    until(lambda: escrow.states(kept + lost) == {"settled"}, within=15,
          what="what ran is read from the chain")
    until(elapsed(1), within=2, what="it had the time to do harm")
    escrow.node.fail()
    until(lambda: "1 breaks are open" in manager.ready()["reasons"].get("charges", ""), within=15,
          what="what nobody knows of keeps it from charging")
    assert escrow.value("SELECT count(*) FROM charge_batches") == signed
    assert manager.output().count(ARMED) == armed
    found = escrow.reconcile()
    assert found.returncode == 1 and "orphan_event" in found.stdout

    accept_break(escrow, wire)
    settled(escrow, accounts)
    assert manager.output().count(ARMED) == armed + 1
    assert escrow.ask(
        "SELECT state, abandon_reason FROM charges WHERE charge_id = %s::uuid", again
    ) == [("abandoned", "superseded")]
    assert_restored(escrow, accounts, early + kept, given_up, lost)

    assert ask_for_lost(escrow, accounts, 0) == again
    assert ask_for_lost(escrow, accounts, 1) is None
    made = charged(escrow, accounts)
    settled(escrow, accounts)
    assert escrow.states(made) == {"settled"}
    assert_restored(escrow, accounts, early + kept + made, given_up, lost)


def test_what_was_cancelled_and_lost_keeps_nothing_from_being_charged(
    escrow: Escrow, wire: str
) -> None:
    """Its event leaves no row, and what it was for is known: there is nothing to be accepted."""
    accounts = [escrow.open(BALANCE) for _ in range(5)]
    manager = escrow.manager(wire)
    escrow.known(accounts)
    charged(escrow, accounts)
    settled(escrow, accounts)
    manager.kill()
    without = escrow.dump()
    lost = ask_for_lost(escrow, accounts, 0)
    escrow.restore(escrow.dump())  # Planned in a database from before, it is cancelled on chain.
    manager.start()
    settled(escrow, accounts)
    assert escrow.states([lost]) == {"abandoned"}
    manager.kill()

    escrow.restore(without)
    again = ask_for_lost(escrow, accounts, 0)
    assert again not in (None, lost)
    armed = manager.output().count(ARMED)
    manager.start()
    until(lambda: manager.output().count(ARMED) > armed, within=30, what=ARMED)
    settled(escrow, accounts)
    assert escrow.states([again]) == {"abandoned"} and escrow.states([lost]) == set()
    made = charged(escrow, accounts)
    settled(escrow, accounts)
    assert escrow.states(made) == {"settled"}
    told = [event["name"] for event in Chain.read(escrow).events if "reference" in event]
    assert Counter(told) == {"Charged": 2 * len(accounts), "Cancelled": 2}
    assert escrow.value("SELECT count(*) FROM escrow_breaks") == 0
    check(escrow, accounts)


def ask_for_lost(escrow: Escrow, accounts: list[Account], number: int) -> str | None:
    return escrow.charge(
        accounts[4 + number], AMOUNT, invoice=f"invoice-{number}", key=f"lost-{number}")


def accept_break(escrow: Escrow, wire: str) -> None:
    """As an operator who knows what it is; there is one."""
    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return run(*arguments, "--env-file", str(empty_env_file(escrow.directory)),
                   environment=escrow.environment(wire))
    [found] = json.loads(command("breaks", "list", "--json").stdout)
    assert found["class"] == "stranger_reference"
    secret = secret_file(command, escrow.directory, f"operator-{secrets.token_hex(4)}")
    accepted = command("breaks", "accept", str(found["number"]), "--secret-file", str(secret),
                       "--reason", "lost with the database")
    assert accepted.returncode == 0, accepted.stderr


def live_sessions(escrow: Escrow) -> int:
    return escrow.value("SELECT count(*) FROM sessions WHERE ended_at IS NULL")


def assert_restored(
    escrow: Escrow, accounts: list[Account], kept: list[str], given_up: list[str], lost: list[str]
) -> None:
    """Each outcome of the chain is booked once, and what had none was cancelled on chain."""
    check(escrow, accounts, adopted=lost)
    assert live_sessions(escrow) == 0
    chain = Chain.read(escrow)
    references = {identifier: reference for identifier, reference in escrow.ask(
        "SELECT charge_id::text, reference FROM charges")}
    told = {bytes(event["reference"]): event["name"] for event in chain.events
            if "reference" in event}
    assert Counter(told.values()) == {"Charged": len(kept + lost), "Cancelled": len(given_up)}
    assert {told[references[one]] for one in kept + lost} == {"Charged"}
    assert {told[references[one]] for one in given_up} == {"Cancelled"}
    assert escrow.states(kept + lost) == {"settled"}
    assert escrow.ask(
        "SELECT DISTINCT state, abandon_reason, is_fenced FROM charges "
        "WHERE charge_id = ANY(%s::uuid[])", given_up) == [("abandoned", "cancelled", True)]
    assert sorted(identifier for (identifier,) in escrow.ask(
        "SELECT charge_id::text FROM charges WHERE is_adopted")) == sorted(lost)
    happened = {event["id"] for event in chain.events if event["name"] == "Charged"}
    booked = Counter(escrow.ask(
        "SELECT digest, event_seq FROM ledger_entries WHERE purpose = 'charge' AND amount_micro_usdc"
        " = %s", AMOUNT))
    assert booked == {(base58_bytes(digest), place): 1 for digest, place in happened}
