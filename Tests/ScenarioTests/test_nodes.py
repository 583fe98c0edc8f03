"""Nodes of the wrong network, nodes that are away, and what an operator sees of them."""

import json
from collections.abc import Callable

import pytest

from support.client import Answer, Browser
from support.gateway import Fleet, Gateway
from support.node import CannedNode
from support.node_stage import canned as node, own as simulated  # noqa: F401
from support.simulated_node import SimulatedNode
from support.waiting import free_port, until
from support.wallet import Ed25519Wallet, ZkLoginWallet

Start = Callable[..., Gateway]
MAINNET = "4btiuiMPvEENsttpZC7CZ53DruC3MAgfznDbASZ7DR6S"


def test_a_node_of_another_network_keeps_a_gateway_from_starting(
    shared_fleet: Fleet, node: CannedNode
) -> None:
    node.chain = MAINNET
    gateway = shared_fleet.start(ready_within=None, SUI_GRAPHQL_URLS=node.url)
    assert gateway.wait() == 1
    [line] = [line for line in gateway.log_lines() if line["level"] == "error"]
    assert line["chain"] == MAINNET and line["expected"] == CannedNode.CHAIN
    assert line["endpoint"] in node.url


def test_a_node_that_is_away_does_not(start: Start) -> None:
    gateway = start(SUI_GRAPHQL_URLS=f"http://127.0.0.1:{free_port()}/graphql")
    Browser(gateway).sign_in(Ed25519Wallet())
    until(lambda: [line for line in gateway.log_lines() if line["message"] == "node does not answer"],
          within=10, what="a line in the log")


def test_a_node_that_may_be_another_one_is_asked_for_its_network_again(
    start: Start, node: CannedNode
) -> None:
    browser, wallet = Browser(start(SUI_GRAPHQL_URLS=node.url)), ZkLoginWallet()

    def try_to_sign_in() -> Answer:
        challenge = browser.challenge(wallet.address)
        return browser.verify(challenge["nonce"], wallet.sign(challenge["message"].encode()))

    node.status = 500
    try_to_sign_in().expect(503, "verifier_unavailable")
    node.status, node.chain = 200, MAINNET
    try_to_sign_in().expect(503, "verifier_unavailable")
    assert len(node.asked) == 1, "nothing is told to a node of another network"
    assert browser.get("/ready").body["checks"]["node"] != "ok"


def test_doctor_tells_chain_tip_lag_and_latency_in_either_wire_format(
    commands, simulated: SimulatedNode
) -> None:
    info = simulated.control("info")
    away = f"http://127.0.0.1:{free_port()}/graphql"
    nodes = {
        "SUI_GRAPHQL_URLS": f"{simulated.url}/graphql,{away}",
        "SUI_JSON_RPC_URLS": simulated.url,
    }
    chain = {"SLUICE_CHAIN": "sui:localnet", "SLUICE_CHAIN_IDENTIFIER": info["chain"]}
    result = commands("doctor", "--json", **nodes, **chain)
    parts = {part["part"]: part for part in json.loads(result.stdout)["parts"]}
    assert [parts[f"node {number}"]["state"] for number in (1, 2, 3)] == ["fine", "failed", "fine"]
    for number in (1, 3):
        for word in ("chain", "epoch", "tip", "lag", "answers in"):
            assert word in parts[f"node {number}"]["detail"]
    assert info["chain"] in parts["node 1"]["detail"]

    wrong = commands("doctor", "--json", **nodes, SLUICE_CHAIN="sui:testnet")
    assert wrong.returncode == 1
    parts = {part["part"]: part for part in json.loads(wrong.stdout)["parts"]}
    for number in (1, 3):
        assert parts[f"node {number}"]["state"] == "failed"
        assert CannedNode.CHAIN in parts[f"node {number}"]["detail"]


@pytest.mark.parametrize("wrong", [
    {"SUI_JSON_RPC_URLS": "ftp://node.example/"}, {"SUI_JSON_RPC_URLS": "node.example"},
    {"SLUICE_CHAIN_IDENTIFIER": "35834a8a"}, {"SLUICE_CHAIN_IDENTIFIER": MAINNET + "x"},
    {"SLUICE_CHAIN_IDENTIFIER": MAINNET},
])
def test_settings_of_nodes_that_cannot_be_right_are_refused(commands, wrong: dict) -> None:
    result = commands("config", **wrong)
    assert result.returncode == 1
    [name] = wrong
    assert name in result.stdout + result.stderr
