"""zkLogin is judged by a configured node, and by nobody else."""

import base64
from collections.abc import Callable

import pytest

from support.client import Answer, Browser
from support.gateway import Gateway
from support.node import CannedNode
from support.node_stage import canned as node  # noqa: F401
from support.waiting import free_port
from support.wallet import Ed25519Wallet, ZkLoginWallet

Start = Callable[..., Gateway]


def try_to_sign_in(gateway: Gateway, wallet: ZkLoginWallet, **options) -> tuple[Answer, str]:
    browser = Browser(gateway)
    challenge = browser.challenge(wallet.address)
    signature = wallet.sign(challenge["message"].encode())
    return browser.verify(challenge["nonce"], signature, **options), challenge["message"]


def test_a_node_that_says_yes_signs_in(start: Start, node: CannedNode) -> None:
    gateway, wallet = start(SUI_GRAPHQL_URLS=node.url), ZkLoginWallet()
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    answer, message = try_to_sign_in(gateway, wallet, headers={
        "traceparent": f"00-{trace}-00f067aa0ba902b7-01"})

    assert answer.expect(200).body["customer"]["walletAddress"] == wallet.address
    [asked] = node.asked
    values = str(asked.body["variables"]) + asked.body["query"]
    assert "verifySignature" in asked.body["query"]
    assert base64.b64encode(message.encode()).decode() in values, "the raw message, without intent"
    assert wallet.address in values and "PERSONAL_MESSAGE" in values
    assert asked.headers["traceparent"].split("-")[1] == trace


def test_a_node_that_says_no_refuses(start: Start, node: CannedNode) -> None:
    gateway = start(SUI_GRAPHQL_URLS=node.url)
    node.answer = CannedNode.INVALID
    try_to_sign_in(gateway, ZkLoginWallet())[0].expect(401, "signature_invalid")


@pytest.mark.parametrize("status, answer", [
    (500, {"errors": [{"message": "internal"}]}),
    (200, {"errors": [{"message": "timeout", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}),
    (200, {"data": {"verifySignature": None}}),
    (200, {"data": {"verifySignature": {"success": "yes"}}}),
    (200, {"data": {}}),
    (200, b"<html>"),
    (200, b""),
    (200, b"[" * 100_000),
    (302, b""),
    (429, b"slow down"),
    (200, b'{"data":{"verifySignature":{"success":true}}}' + b" " * 20_000_000),
])
def test_a_node_that_says_neither_is_no_node(
    start: Start, node: CannedNode, status: int, answer: dict | bytes
) -> None:
    gateway = start(SUI_GRAPHQL_URLS=node.url)
    node.status, node.answer = status, answer
    refused = try_to_sign_in(gateway, ZkLoginWallet())[0].expect(503, "verifier_unavailable")
    assert int(refused.headers["retry-after"]) >= 1


def test_a_silent_node_costs_a_bounded_time(start: Start, node: CannedNode) -> None:
    gateway = start(SUI_GRAPHQL_URLS=node.url)
    node.fall_silent()
    answer, _ = try_to_sign_in(gateway, ZkLoginWallet())
    answer.expect(503, "verifier_unavailable")


def test_the_second_node_is_asked_when_the_first_is_away(
    start: Start, node: CannedNode
) -> None:
    away = f"http://127.0.0.1:{free_port()}/graphql"
    gateway = start(SUI_GRAPHQL_URLS=f"{away},{node.url}")
    for _ in range(3):
        try_to_sign_in(gateway, ZkLoginWallet())[0].expect(200)


def test_without_a_node_it_says_so_and_others_sign_in(gateway: Gateway) -> None:
    try_to_sign_in(gateway, ZkLoginWallet())[0].expect(503, "verifier_unavailable")
    Browser(gateway).sign_in(Ed25519Wallet())


def test_a_signature_for_another_address_never_reaches_the_node(
    start: Start, node: CannedNode
) -> None:
    browser = Browser(start(SUI_GRAPHQL_URLS=node.url))
    challenge = browser.challenge(ZkLoginWallet().address)
    signature = ZkLoginWallet().sign(challenge["message"].encode())
    browser.verify(challenge["nonce"], signature).expect(401, "signature_invalid")
    assert node.asked == []
