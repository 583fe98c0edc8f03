"""Who leads: a standby after a death, nobody twice, and no database older than the chain."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.chain import Chain
from support.charging import Account, Escrow
from support.cluster import Cluster
from support.invariants import check
from support.waiting import elapsed, until

BALANCE, AMOUNT = 1_000_000, 20_000
TAKEN_OVER = 5.0


@pytest.fixture(params=["graphql", "json-rpc"])
def wire(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def escrow(cluster: Cluster, template: str, tmp_path: Path) -> Iterator[Escrow]:
    escrow = Escrow(tmp_path, cluster, template)
    yield escrow
    escrow.close()


def settled(escrow: Escrow, accounts: list[Account]) -> None:
    until(lambda: not escrow.unresolved(accounts), within=30, what="all charges have ended")


def charged(escrow: Escrow, accounts: list[Account]) -> list[str]:
    made = [escrow.charge(account, AMOUNT) for account in accounts]
    assert all(made)
    return made


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
    accounts = [escrow.open(BALANCE) for _ in range(4)]
    manager = escrow.manager(wire)
    escrow.known(accounts)
    charged(escrow, accounts[:1])
    settled(escrow, accounts)
    manager.kill()

    before = charged(escrow, accounts)
    copy = escrow.dump()
    lost = charged(escrow, accounts[1:])  # The copy does not know them.
    manager.start()
    settled(escrow, accounts)
    manager.kill()
    assert escrow.states(before + lost) == {"settled"}

    escrow.restore(copy)
    assert escrow.states(before) == {"planned"}
    signed = escrow.value("SELECT count(*) FROM charge_batches")
    escrow.node.fail({"fault": "index_lag", "amount": 1_000_000})  # The tip cannot be reached.
    manager.start()
    until(lambda: "this database is not the one" in manager.output(), within=15,
          what="it sees that the database is another")
    until(elapsed(1), within=2, what="it had the time to do harm")
    assert escrow.value("SELECT count(*) FROM charge_batches") == signed
    assert escrow.value(
        "SELECT count(*) FROM sessions WHERE ended_at IS NULL") == 0, "sessions are still live"

    escrow.node.fail()
    settled(escrow, accounts)
    assert escrow.states(before) == {"settled"}
    chain = Chain.read(escrow)
    for mark, count in chain.marks("Charged").items():
        assert count == 1, f"{mark.hex()} was charged {count} times"
