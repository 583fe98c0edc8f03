"""The manager is killed at each named step of engine and follower, and goes on as if it had not."""

import signal
from collections.abc import Callable

import pytest

from support.charged_chain import Account
from support.charging import Escrow, wire_of
from support.fixtures import shared_escrow as escrow  # noqa: F401
from support.invariants import check
from support.manager import steps
from support.simulated_node import SUI
from support.waiting import until

BALANCE = 1_000_000
AMOUNT = 10_000


def charges(escrow: Escrow, accounts: list[Account]) -> None:
    for account in accounts * 3:
        assert escrow.charge(account, AMOUNT)


def losing_gas(escrow: Escrow, accounts: list[Account]) -> None:
    # More than one: the first may be sent only to split the charger's coins.
    escrow.node.fail({"fault": "gas_coin_taken", "method": "execute", "count": 3})
    charges(escrow, accounts)


def refusals(escrow: Escrow, accounts: list[Account]) -> None:
    """A refund whose like has run is signed untried; then its coin is paused, and it is refused."""
    account = accounts[0]
    charge = escrow.charge(account, AMOUNT)
    for amount in (1, 2):
        until(lambda: not escrow.unresolved(accounts), within=30, what="the one before has ended")
        escrow.pause(amount == 2)
        assert escrow.refund(charge, amount)
    charges(escrow, accounts[1:])


def dust(escrow: Escrow, accounts: list[Account]) -> None:
    """So many small coins for the charger that they are worth a transaction."""
    for _ in range(20):
        escrow.mint(escrow.info["charger"], SUI, 1_000_000)
    charges(escrow, accounts)


def another_database(escrow: Escrow, accounts: list[Account]) -> None:
    escrow.forget_identity()
    charges(escrow, accounts)


LEADS_TO: dict[str, Callable[[Escrow, list[Account]], None]] = {
    "engine.before_sign": charges, "engine.after_sign": charges,
    "engine.before_send": charges, "engine.after_send": charges,
    "engine.before_rebuild": losing_gas, "engine.after_rebuild": losing_gas,
    "engine.before_release": refusals, "engine.after_release": refusals,
    "engine.before_maintenance": dust, "engine.after_maintenance": dust,
    "engine.after_fence": another_database, "engine.before_arm": another_database,
    "follower.read": charges, "follower.booked": charges, "follower.discovered": charges,
}


def test_every_step_has_its_way_here() -> None:
    assert set(LEADS_TO) == set(steps())


@pytest.mark.parametrize("step", LEADS_TO)
def test_killed_at_a_step_nothing_is_lost_or_done_twice(escrow: Escrow, step: str) -> None:
    wire = wire_of(list(LEADS_TO).index(step))
    accounts = known(escrow, wire)
    happens = LEADS_TO[step]
    if happens is not refusals:
        happens(escrow, accounts)
    manager = escrow.manager(wire, SLUICE_FAIL_POINT=f"{step}:1")
    if happens is refusals:
        happens(escrow, accounts)
    until(lambda: not manager.is_running, within=30, what=f"{step} is reached")
    assert manager.exit_code == -signal.SIGKILL, manager.output()[-2000:]
    assert "is no variable" not in manager.output()

    escrow.node.fail()
    escrow.pause(False)
    manager.start(SLUICE_FAIL_POINT="")
    until(lambda: not escrow.unresolved(accounts), within=30, what="all charges have an outcome")
    check(escrow, accounts)
    manager.kill()


def known(escrow: Escrow, wire: str) -> list[Account]:
    """Two accounts that the follower has booked."""
    accounts = [escrow.open(BALANCE) for _ in range(2)]
    manager = escrow.manager(wire)
    escrow.known(accounts)
    manager.kill()
    return accounts
