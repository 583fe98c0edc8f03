"""Customers with wallets, before two gateways that speak to a simulated chain."""

from collections.abc import Iterator

import psycopg
import pytest

from .escrow import Customer, EscrowChain
from .gateway import Fleet, Gateway
from .wallet import Ed25519Wallet

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


def customer(gateway: Gateway, chain: EscrowChain, usdc: int = 100 * USDC) -> Customer:
    wallet = Ed25519Wallet()
    chain.mint_sui(wallet.address, 1_000_000_000)
    if usdc:
        chain.mint(wallet.address, usdc)
    return Customer(gateway, wallet)


def opened(gateway: Gateway, chain: EscrowChain, fleet: Fleet, usdc: int = 100 * USDC) -> Customer:
    somebody = customer(gateway, chain, usdc)
    chain.book(fleet, somebody.do("open", amount=str(min(usdc, 25 * USDC)), limit="0"))
    return somebody


def wish(amount: int) -> dict:
    return {"kind": "deposit", "amountMicroUsdc": str(amount)}


def query(fleet: Fleet, text: str, *values: object) -> list[tuple]:
    with psycopg.connect(fleet.database_url, autocommit=True) as connection:
        cursor = connection.execute(text, values)
        return cursor.fetchall() if cursor.description else []


def states(fleet: Fleet, somebody: Customer) -> list[str]:
    return [state for (state,) in query(
        fleet, "SELECT state FROM wallet_transactions WHERE customer_id = %s ORDER BY created_at",
        somebody.number)]
