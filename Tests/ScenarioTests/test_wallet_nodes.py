"""What a node's word is worth to a customer's wallet: it judges what only a node can judge, and
nothing is built or written on an answer that does not fit."""

import base64
from collections.abc import Iterator

import psycopg
import pytest

from support.altered_node import AlteredNode, is_about, swapped
from support.escrow import Customer, EscrowChain
from support.gateway import Fleet, Gateway
from support.node import CannedNode
from support.transactions import base58, transaction_digest
from support.waiting import until
from support.wallet import (
    Ed25519Wallet, FastcryptoWallet, MultisigWallet, Secp256k1Wallet, ZkLoginWallet, blake2b,
    wallets)
from support.wallet_stage import USDC, customer, opened

OBJECTS = ("multiGetObjects", "sui_multiGetObjects")
COINS = ("query Coins(", "suix_getCoins")
EXECUTE = ("executeTransaction", "sui_executeTransactionBlock")
ELSEWHERE = "0x" + "7" * 64
EFFECTS = """
    query($d: String!) { transaction(digest: $d) { effects {
      status executionError { message abortCode } epoch { epochId } lamportVersion
      checkpoint { sequenceNumber timestamp }
      gasEffects { gasObject { address version digest }
        gasSummary { computationCost storageCost storageRebate nonRefundableStorageFee } } } } }"""


@pytest.fixture(scope="module")
def honest(shared_fleet: Fleet, chain: EscrowChain) -> Iterator[Gateway]:
    gateway = shared_fleet.start(**chain.settings("graphql"))
    yield gateway
    shared_fleet.end(gateway)


def rows(fleet: Fleet, somebody: Customer) -> list[tuple]:
    with psycopg.connect(fleet.database_url) as connection:
        return connection.execute(
            "SELECT kind, state FROM wallet_transactions WHERE customer_id = %s ORDER BY created_at",
            (somebody.number,)).fetchall()


# Who judges a signature

@pytest.mark.parametrize("wallet", wallets(), ids=lambda wallet: wallet.scheme)
def test_every_scheme_that_is_judged_here_pays_in(
    honest: Gateway, chain: EscrowChain, shared_fleet: Fleet, wallet
) -> None:
    somebody = customer(honest, chain, wallet=wallet)
    chain.book(shared_fleet, somebody.do("open", amount=str(25 * USDC), limit="0"))
    somebody.do("deposit", amount="1")
    somebody.do("withdraw", amount="2")
    assert chain.balance(wallet.address) == 75 * USDC + 1


@pytest.mark.parametrize("wallet", [
    MultisigWallet([(Ed25519Wallet(), 1), (Secp256k1Wallet(), 1)], threshold=2, signers=[1]),
    FastcryptoWallet("secp256r1"),
], ids=["too few of a multisig", "another text"])
def test_a_signature_that_does_not_suffice_is_refused_and_nothing_is_sent(
    honest: Gateway, chain: EscrowChain, shared_fleet: Fleet, wallet
) -> None:
    strong = wallet
    if isinstance(wallet, MultisigWallet):  # Signs in with both.
        strong = MultisigWallet(wallet._members, threshold=2, signers=[0, 1])
        assert strong.address == wallet.address
    somebody = customer(honest, chain, wallet=strong)
    built = somebody.ask("open", amount="1", limit="0").expect(201).body
    content = base64.b64decode(built["txBytes"])
    weak = wallet.sign_transaction(content) if strong is not wallet else wallet.sign(content)
    somebody.submit(built, signature=weak).expect(401, "signature_invalid")
    assert rows(shared_fleet, somebody) == [("open", "built")]
    assert not chain.has(built["digest"], "json-rpc")


def zk_customer(start, node: AlteredNode, chain: EscrowChain, answer: dict) -> Customer:
    """Signs in by the word of a node that then judges transactions as `answer` says."""
    node.alter = lambda question, true: (
        CannedNode.VALID if "verifySignature" in question.get("query", "") else true)
    gateway = start(**node.settings(chain.settings("graphql")))
    somebody = customer(gateway, chain, wallet=ZkLoginWallet())
    node.alter = lambda question, true: (
        answer if "verifySignature" in question.get("query", "") else true)
    return somebody


def test_a_zklogin_transaction_is_judged_by_the_node_and_goes_out_as_it_is(
    start, chain: EscrowChain, shared_fleet: Fleet, honest: Gateway, node: AlteredNode
) -> None:
    somebody = zk_customer(start, node, chain, CannedNode.VALID)
    judge = node.alter
    built = somebody.ask("open", amount="1", limit="0").expect(201).body
    content = base64.b64decode(built["txBytes"])
    another = customer(honest, chain).do("open", amount="1", limit="0")
    ran = chain.graphql(EFFECTS, {"d": another})["transaction"]["effects"]
    node.alter = lambda question, true: (
        {"data": {"executeTransaction": {"effects": {
            **ran, "digest": transaction_digest(content)}}}}
        if is_about(question, "executeTransaction") else judge(question, true))
    signature = somebody.wallet.sign_transaction(content)
    assert somebody.submit(built, signature=signature).expect(202).body["state"] == "executed"

    asked = node.asked_for("verifySignature")[-1]["variables"]
    assert built["txBytes"] in asked.values() and signature in asked.values()
    assert somebody.wallet.address in asked.values()
    assert "TRANSACTION_DATA" in str(node.asked_for("verifySignature")[-1])
    [sent] = node.asked_for("executeTransaction")
    assert sent["variables"] == {"bytes": built["txBytes"], "signatures": [signature]}


@pytest.mark.parametrize("answer, status, code", [
    (CannedNode.INVALID, 401, "signature_invalid"),
    ({"data": {"verifySignature": {"success": False}}}, 503, "verifier_unavailable"),
    ({"errors": [{"message": "internal", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}, 503,
     "verifier_unavailable"),
    ({"data": {}}, 503, "verifier_unavailable"),
])
def test_a_zklogin_transaction_that_the_node_does_not_call_good_is_not_sent(
    start, chain: EscrowChain, shared_fleet: Fleet, node: AlteredNode, answer: dict, status: int,
    code: str
) -> None:
    somebody = zk_customer(start, node, chain, answer)
    built = somebody.ask("open", amount="1", limit="0").expect(201).body
    somebody.submit(built).expect(status, code)
    assert rows(shared_fleet, somebody) == [("open", "built")]
    assert node.asked_for(*EXECUTE) == []


def test_over_json_rpc_nobody_judges_a_zklogin_transaction(
    start, chain: EscrowChain, shared_fleet: Fleet, node: AlteredNode
) -> None:
    somebody = zk_customer(start, node, chain, CannedNode.VALID)
    built = somebody.ask("open", amount="1", limit="0").expect(201).body
    other = start(**node.settings(chain.settings("json-rpc")))
    body = {"signature": somebody.wallet.sign_transaction(base64.b64decode(built["txBytes"])),
            "txBytes": built["txBytes"]}
    somebody.browser.post(
        f"/v1/wallet/transactions/{built['digest']}/submit", json=body, at=other,
    ).expect(503, "verifier_unavailable")
    assert rows(shared_fleet, somebody) == [("open", "built")]


# A node that lies

def lie_about(what: str, chain: EscrowChain, somebody: Customer):
    """Answers with one thing in the place of another."""
    info = chain.info
    package, coin = info["escrowPackage"], info["usdcType"]
    changes = {
        "chain": (None, info["chain"], base58(blake2b(b"another network"))),
        "package": (OBJECTS, package, ELSEWHERE),
        "operator": (OBJECTS, info["operatorId"], ELSEWHERE),
        "account's coin": (OBJECTS, coin, "0x2::sui::SUI"),
        "owner": (OBJECTS, somebody.wallet.address, ELSEWHERE),
        "coin": (COINS, coin, "0x2::sui::SUI"),
    }
    names, old, new = changes[what]
    short = {info["chain"]: "00c0ffee"}

    def alter(question: dict, answer: dict) -> dict:
        if names is not None and not is_about(question, *names):
            return answer
        if what == "chain" and question.get("method") == "sui_getChainIdentifier":
            return {**answer, "result": short[info["chain"]]}
        return swapped(answer, old, new)
    return alter


@pytest.mark.parametrize("wire", ["graphql", "json-rpc"])
@pytest.mark.parametrize("what", [
    "chain", "package", "operator", "account's coin", "owner", "coin"])
def test_nothing_is_built_on_a_lie(
    start, chain: EscrowChain, shared_fleet: Fleet, honest: Gateway, node: AlteredNode, wire: str,
    what: str,
) -> None:
    somebody = opened(honest, chain, shared_fleet)
    known = rows(shared_fleet, somebody)
    gateway = start(**node.settings(chain.settings(wire)))
    there = Customer(gateway, somebody.wallet)
    there.ask("deposit", amount="1").expect(201)
    kept = rows(shared_fleet, somebody)
    assert kept == [*known, ("deposit", "built")]

    node.alter = lie_about(what, chain, somebody)
    # What a gateway has learnt of an endpoint's network holds for a while.
    if what == "chain" and wire == "json-rpc":
        gateway = start(ready_within=None, **node.settings(chain.settings(wire)))
        assert gateway.wait() == 1, gateway.output()
        assert "network" in gateway.output()
        return
    for _ in range(2):
        answer = there.ask("deposit", amount="2").expect(503, "node_unavailable")
        assert int(answer.headers["retry-after"]) > 0
    assert rows(shared_fleet, somebody) == kept

    def logged() -> bool:
        return any(
            line["level"] in ("warning", "error") and "node" in line["message"]
            for line in gateway.log_lines())
    until(logged, within=20, what="the lie is in the log")


@pytest.mark.parametrize("wire", ["graphql", "json-rpc"])
def test_an_operator_of_another_package_opens_nothing(
    start, chain: EscrowChain, shared_fleet: Fleet, node: AlteredNode, wire: str
) -> None:
    gateway = start(**node.settings(chain.settings(wire)))
    somebody = customer(gateway, chain)
    node.alter = lie_about("package", chain, somebody)
    somebody.ask("open", amount="1", limit="0").expect(503, "node_unavailable")
    assert rows(shared_fleet, somebody) == []

    def logged() -> list[dict]:
        return [line for line in gateway.log_lines() if "does not fit" in line["message"]]
    [line] = until(logged, within=20, what="the lie is in the log")
    assert line["level"] == "error" and "operator" in line["what"]


@pytest.mark.parametrize("wire", ["graphql", "json-rpc"])
def test_a_digest_that_is_not_that_of_the_bytes_is_no_outcome(
    start, chain: EscrowChain, shared_fleet: Fleet, honest: Gateway, node: AlteredNode, wire: str
) -> None:
    somebody = opened(honest, chain, shared_fleet)
    gateway = start(**node.settings(chain.settings(wire)))
    there = Customer(gateway, somebody.wallet)
    built = there.ask("deposit", amount="1").expect(201).body
    other = base58(blake2b(b"another transaction"))
    node.alter = lambda question, answer: swapped(answer, built["digest"], other)
    assert there.submit(built).expect(202).body["state"] == "submitted"
    for path in (built["digest"], other):
        there.transaction(path).expect(200 if path == built["digest"] else 404)
    assert rows(shared_fleet, somebody)[-1] == ("deposit", "submitted")
    until(lambda: "another transaction" in gateway.output(), within=20, what="a line in the log")

    node.alter = lambda question, answer: answer

    def told() -> bool:
        return there.transaction(built["digest"]).expect(200).body["state"] == "executed"
    until(told, within=90, what="the truth is told")


def test_a_price_beyond_all_reason_is_not_handed_to_a_wallet(
    start, chain: EscrowChain, shared_fleet: Fleet, honest: Gateway, node: AlteredNode
) -> None:
    somebody = opened(honest, chain, shared_fleet)
    chain.mint_sui(somebody.wallet.address, 10**15)
    there = Customer(start(**node.settings(chain.settings("graphql"))), somebody.wallet)
    before = rows(shared_fleet, somebody)

    def dear(question: dict, answer: dict) -> dict:
        if not is_about(question, "simulateTransaction"):
            return answer
        effects = answer["data"]["simulateTransaction"]["effects"]
        effects["gasEffects"]["gasSummary"]["computationCost"] = 10**13
        return answer
    node.alter = dear
    there.ask("deposit", amount="1").expect(503, "node_unavailable")
    assert rows(shared_fleet, somebody) == before
