"""Charges of a few accounts, for scenarios of who leads and of which database is charged from."""

from .charged_chain import Account
from .charging import Escrow
from .waiting import until

BALANCE, AMOUNT = 1_000_000, 20_000
TAKEN_OVER = 5.0  # Within so many seconds a standby leads.


def charged(escrow: Escrow, accounts: list[Account]) -> list[str]:
    """One charge of each, planned."""
    made = [escrow.charge(account, AMOUNT) for account in accounts]
    assert all(made)
    return made


def settled(escrow: Escrow, accounts: list[Account]) -> None:
    until(lambda: not escrow.unresolved(accounts), within=30, what="all charges have ended")
