"""A customer's wallet repeats itself under a key: one transaction, one answer."""

import base64
import json
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

from support.altered_node import AlteredNode, is_about
from support.client import Answer
from support.escrow import Customer, EscrowChain
from support.gateway import Fleet, Gateway
from support.rows import rows
from support.transactions import base58
from support.wallet import blake2b
from support.wallet_stage import BUILD, gateway, opened, pair, states, wish


def post(
    somebody: Customer, path: str, key: str, body: dict | None, gateway: Gateway | None = None
) -> Answer:
    return somebody.browser.send(
        "POST", path, content=None if body is None else json.dumps(body).encode(), at=gateway,
        headers={"Idempotency-Key": key, **(
            {} if body is None else {"Content-Type": "application/json"})})


def test_one_key_is_one_transaction_whichever_gateway_is_asked(
    pair: tuple[Gateway, Gateway], chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody = opened(pair[0], chain, shared_fleet)
    key = str(uuid.uuid4())
    first = post(somebody, BUILD, key, wish(5)).expect(201)
    somebody.do("deposit", amount="1")  # What would be built now has other coins.
    for gateway in (pair[1], pair[0]):
        again = post(somebody, BUILD, key, wish(5), gateway).expect(201)
        assert again.response.content == first.response.content
        post(somebody, BUILD, key, wish(6), gateway).expect(422, "idempotency_key_reused")
    assert len(states(shared_fleet, somebody)) == 3
    other = post(somebody, BUILD, "another", wish(5)).expect(201)
    assert other.body["digest"] != first.body["digest"]


def test_a_refused_wish_binds_no_key(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody = opened(gateway, chain, shared_fleet)
    post(somebody, BUILD, "k", wish(10**12)).expect(422, "funds_insufficient")
    post(somebody, BUILD, "k", wish(0)).expect(400, "amount_invalid")
    assert states(shared_fleet, somebody) == ["executed"]
    post(somebody, BUILD, "k", wish(5)).expect(201)
    for bad in ("", "a b", "a" * 256):
        post(somebody, BUILD, bad, wish(5)).expect(400, "idempotency_key_invalid")


def test_a_submission_under_a_key_is_sent_once_and_answered_alike(
    start, pair: tuple[Gateway, Gateway], chain: EscrowChain, shared_fleet: Fleet,
    node: AlteredNode,
) -> None:
    somebody = opened(pair[0], chain, shared_fleet)
    there = Customer(start(**node.settings(chain.settings("graphql"))), somebody.wallet)
    built = there.ask("deposit", amount="5").expect(201).body
    path = f"{BUILD}/{built['digest']}/submit"
    body = {"signature": somebody.wallet.sign_transaction(base64.b64decode(built["txBytes"])),
            "txBytes": built["txBytes"]}
    post(there, path, "k", {**body, "txBytes": "AA=="}).expect(422, "transaction_altered")
    node.alter = lambda question, answer: (
        {"data": {}} if is_about(question, "executeTransaction", "transaction(") else answer)
    first = post(there, path, "k", body).expect(202)
    assert first.body["state"] == "submitted"
    sent = len(node.asked_for("executeTransaction"))
    node.alter = lambda question, answer: answer
    for gateway in (None, pair[1]):
        again = post(there, path, "k", body, gateway).expect(202)
        assert again.response.content == first.response.content
        post(there, path, "k", {**body, "signature": "AA=="}, gateway).expect(
            422, "idempotency_key_reused")
    assert len(node.asked_for("executeTransaction")) == sent
    assert post(there, path, "k2", body, pair[1]).expect(202).body["state"] == "executed"


def test_a_watch_under_a_key_is_answered_alike(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody = opened(gateway, chain, shared_fleet)
    built = somebody.ask("deposit", amount="5").expect(201).body
    path = f"{BUILD}/{built['digest']}/watch"
    first = post(somebody, path, "k", None).expect(202)
    assert first.body["state"] == "submitted"
    assert somebody.submit(built).expect(202).body["state"] == "executed"
    assert post(somebody, path, "k", None).response.content == first.response.content
    # Another transaction is another route's key.
    unknown = base58(blake2b(uuid.uuid4().bytes))
    post(somebody, f"{BUILD}/{unknown}/watch", "k", None).expect(202)


def test_while_the_first_is_at_work_the_second_is_told_so(
    start, pair: tuple[Gateway, Gateway], chain: EscrowChain, shared_fleet: Fleet,
    node: AlteredNode,
) -> None:
    somebody = opened(pair[0], chain, shared_fleet)
    there = Customer(start(**node.settings(chain.settings("graphql"))), somebody.wallet)
    asked, go_on = threading.Event(), threading.Event()

    def slow(question: dict, answer: dict) -> dict:
        if is_about(question, "simulateTransaction"):
            asked.set()
            assert go_on.wait(4)
        return answer
    node.alter = slow
    second = Customer(there.browser.base, somebody.wallet)
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(post, there, BUILD, "k", wish(5))
        assert asked.wait(5)
        post(second, BUILD, "k", wish(5)).expect(409, "idempotency_key_in_flight")
        post(second, BUILD, "k", wish(6)).expect(409, "idempotency_key_in_flight")
        # Another process does not know of it; whoever commits first binds the key.
        elsewhere = post(second, BUILD, "k", wish(5), pair[1]).expect(201)
        go_on.set()
        assert first.result().expect(201).response.content == elsewhere.response.content
    assert len(states(shared_fleet, somebody)) == 2
    assert post(second, BUILD, "k", wish(5)).expect(201).body == elsewhere.body


def test_after_thirty_days_a_key_still_builds_nothing_new(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody = opened(gateway, chain, shared_fleet)
    built = post(somebody, BUILD, "k", wish(5)).expect(201).body
    path = f"{BUILD}/{built['digest']}/watch"
    post(somebody, path, "k", None).expect(202)
    rows(shared_fleet, "UPDATE idempotency_keys SET answer_status = NULL, answer_fields = NULL, "
         "answer_body = NULL WHERE caller = %s", f"customer/{somebody.number}")
    post(somebody, BUILD, "k", wish(5)).expect(422, "transaction_expired")
    post(somebody, BUILD, "k", wish(6)).expect(422, "idempotency_key_reused")
    assert post(somebody, path, "k", None).expect(202).body["digest"] == built["digest"]
    assert len(states(shared_fleet, somebody)) == 2
