"""MOCK_SUI_RPC and MOCK_ESCROW: a simulated network in the place of a real one."""

from collections.abc import Callable

from support.client import Browser
from support.gateway import Gateway
from support.node_stage import own as node  # noqa: F401
from support.simulated_node import SUI, SimulatedNode
from support.waiting import until
from support.wallet import Ed25519Wallet

Start = Callable[..., Gateway]


def start_with(start: Start, node: SimulatedNode, **changes: str | None) -> Gateway:
    settings = {"MOCK_ESCROW": "true", "SLUICE_CHAIN": None,
                "SUI_GRAPHQL_URLS": f"{node.url}/graphql", **changes}
    return start(**settings)


def funds(node: SimulatedNode, wallet: Ed25519Wallet) -> list[int]:
    """SUI and USDC, in their smallest units."""
    usdc = node.control("info")["usdcType"]
    return [int(node.rpc("suix_getBalance", [wallet.address, coin])["totalBalance"])
            for coin in (SUI, usdc)]


def test_every_new_wallet_is_funded_before_its_first_session_is_heard_of(
    start: Start, node: SimulatedNode
) -> None:
    gateway = start_with(start, node)
    wallet = Ed25519Wallet()
    assert funds(node, wallet) == [0, 0]

    Browser(gateway).sign_in(wallet)
    assert funds(node, wallet) == [10_000_000_000, 1_000_000_000]

    Browser(gateway).sign_in(wallet)
    assert funds(node, wallet) == [10_000_000_000, 1_000_000_000], "once is enough"
    assert [line for line in gateway.log_lines()
            if line["level"] == "warning" and "MOCK_ESCROW" in str(line)]


def test_the_network_is_called_localnet_unless_another_is_named(
    start: Start, node: SimulatedNode
) -> None:
    wallet = Ed25519Wallet()
    challenge = Browser(start_with(start, node)).challenge(wallet.address)
    assert "Chain ID: sui:localnet" in challenge["message"]
    challenge = Browser(start_with(start, node, SLUICE_CHAIN="sui:devnet")).challenge(
        wallet.address)
    assert "Chain ID: sui:devnet" in challenge["message"]


def test_without_the_toggle_nobody_is_given_anything(start: Start, node: SimulatedNode) -> None:
    wallet = Ed25519Wallet()
    Browser(start_with(start, node, MOCK_ESCROW="false", SLUICE_CHAIN="sui:localnet")).sign_in(
        wallet)
    assert funds(node, wallet) == [0, 0]


def test_sign_in_goes_on_when_the_simulated_node_is_away(
    start: Start, node: SimulatedNode
) -> None:
    gateway = start_with(start, node)
    node.stop()
    wallet = Ed25519Wallet()
    Browser(gateway).sign_in(wallet)
    until(lambda: "given nothing" in gateway.output(), within=20, what="a line in the log")
    node.start()
    assert funds(node, wallet) == [0, 0]
