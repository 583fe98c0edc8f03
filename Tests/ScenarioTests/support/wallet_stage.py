"""Customers with wallets, before two gateways that speak to a simulated chain."""

from collections.abc import Iterator

import pytest

from .escrow import Customer, EscrowChain
from .gateway import Fleet, Gateway
from .rows import rows
from .wallet import Ed25519Wallet, Wallet

USDC = 1_000_000
BUILD = "/v1/wallet/transactions"


@pytest.fixture(scope="module")
def pair(shared_fleet: Fleet, chain: EscrowChain) -> Iterator[tuple[Gateway, Gateway]]:
    """Two gateways over one database, one for each wire."""
    gateways = tuple(
        shared_fleet.start(**chain.settings(wire)) for wire in ("graphql", "json-rpc"))
    yield gateways
    for gateway in gateways:
        shared_fleet.end(gateway)


@pytest.fixture
def gateway(pair: tuple[Gateway, Gateway]) -> Gateway:
    return pair[0]


def customer(
    gateway: Gateway, chain: EscrowChain, usdc: int = 100 * USDC, sui: int = 1_000_000_000,
    wallet: Wallet | None = None,
) -> Customer:
    """With coins of so many units in a wallet, a new one where none is given."""
    wallet = wallet or Ed25519Wallet()
    if sui:
        chain.mint_sui(wallet.address, sui)
    if usdc:
        chain.mint(wallet.address, usdc)
    return Customer(gateway, wallet)


def opened(
    gateway: Gateway, chain: EscrowChain, fleet: Fleet, usdc: int = 100 * USDC,
    payment: int = 25 * USDC,
) -> Customer:
    """Whose account is booked, with what of `payment` was there."""
    somebody = customer(gateway, chain, usdc)
    chain.book(fleet, somebody.do("open", amount=str(min(usdc, payment)), limit="0"))
    return somebody


def wish(amount: int) -> dict:
    return {"kind": "deposit", "amountMicroUsdc": str(amount)}


def states(fleet: Fleet, somebody: Customer) -> list[str]:
    return [state for (state,) in rows(
        fleet, "SELECT state FROM wallet_transactions WHERE customer_id = %s ORDER BY created_at",
        somebody.number)]
