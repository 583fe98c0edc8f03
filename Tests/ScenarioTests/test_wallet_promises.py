"""What holds however often, at once or late a customer's wallet asks: one account, one answer for
a key, an end for what expires, and a trail of all of it."""

import base64
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from support.altered_node import AlteredNode, is_about
from support.charger import key_file
from support.client import Answer
from support.escrow import Customer, EscrowChain
from support.gateway import Fleet, Gateway, settings
from support.manager import Manager
from support.transactions import base58, base58_bytes
from support.waiting import until
from support.wallet import Ed25519Wallet, blake2b

USDC = 1_000_000


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EscrowChain]:
    chain = EscrowChain(tmp_path_factory.mktemp("chain"))
    chain.start()
    yield chain
    chain.stop()


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


@pytest.fixture
def node(chain: EscrowChain) -> Iterator[AlteredNode]:
    node = AlteredNode(chain.url)
    yield node
    node.close()


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


def query(fleet: Fleet, text: str, *values: object) -> list[tuple]:
    with psycopg.connect(fleet.database_url, autocommit=True) as connection:
        cursor = connection.execute(text, values)
        return cursor.fetchall() if cursor.description else []


def states(fleet: Fleet, somebody: Customer) -> list[str]:
    return [state for (state,) in query(
        fleet, "SELECT state FROM wallet_transactions WHERE customer_id = %s ORDER BY created_at",
        somebody.number)]


# One account

def two_openings(gateway: Gateway, chain: EscrowChain) -> tuple[Customer, list[dict]]:
    """Built side by side; each pays its gas with another coin, so that the chain would run both."""
    somebody = customer(gateway, chain)
    built = []
    for sui in (0, 2_000_000_000):
        if sui:
            chain.mint_sui(somebody.wallet.address, sui)
            chain.mint(somebody.wallet.address, 200 * USDC)
        built.append(somebody.ask("open", amount="5", limit="0").expect(201).body)
    assert built[0]["digest"] != built[1]["digest"]
    return somebody, built


def test_of_two_openings_the_second_is_not_sent(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody, [first, second] = two_openings(gateway, chain)
    assert somebody.submit(first).expect(202).body["state"] == "executed"
    body = somebody.submit(second).expect(409, "escrow_account_exists").body
    assert "accountId" not in body
    chain.book(shared_fleet, first["digest"])
    body = somebody.submit(second).expect(409, "escrow_account_exists").body
    assert body["accountId"] == somebody.balance()["accountId"]
    assert states(shared_fleet, somebody) == ["executed", "built"]
    assert not chain.has(second["digest"], "json-rpc")
    # The one that ran can be named again.
    assert somebody.submit(first).expect(202).body["state"] == "confirmed"


def test_of_openings_sent_at_once_through_two_gateways_one_runs(
    pair: tuple[Gateway, Gateway], chain: EscrowChain, shared_fleet: Fleet
) -> None:
    for _ in range(8):
        somebody, built = two_openings(pair[0], chain)
        there = Customer(pair[1], somebody.wallet)
        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(
                lambda sent: sent[0].submit(sent[1]), zip((somebody, there), built)))
        assert sorted(answer.status for answer in answers) == [202, 409]
        assert sorted(states(shared_fleet, somebody)) == ["built", "executed"]
        assert [chain.has(one["digest"], "json-rpc") for one in built].count(True) == 1


def test_of_openings_that_a_wallet_sends_by_itself_the_first_is_the_account(
    fleet: Fleet, tmp_path: Path
) -> None:
    chain = EscrowChain(tmp_path / "chain", "--seed", "7")
    chain.start()
    gateway = fleet.start(**chain.settings("graphql"))
    somebody, built = two_openings(gateway, chain)
    for one in reversed(built):  # Not in the order in which they were handed out.
        content = base64.b64decode(one["txBytes"])
        chain.rpc("sui_executeTransactionBlock", [
            one["txBytes"], [somebody.wallet.sign_transaction(content)], {"showEffects": True},
            "WaitForEffectsCert"])
    [first, second] = [chain.events(one["digest"])[0]["parsedJson"]["account"]
                       for one in reversed(built)]
    assert first != second
    manager = Manager(fleet.directory, settings(fleet.directory, fleet.database_url, **{
        **chain.settings("json-rpc"), "SLUICE_CHARGER_KEY_FILE": str(key_file(tmp_path, 7))}))
    manager.start()
    try:
        until(lambda: somebody.balance()["accountId"], within=30, what="an account is booked")
        assert query(fleet, "SELECT '0x' || encode(account_id, 'hex'), is_primary "
                     "FROM escrow_accounts ORDER BY is_primary DESC") == [
            (first, True), (second, False)]
        somebody.ask("open", amount="1", limit="0").expect(409, "escrow_account_exists")
        digest = somebody.do("deposit", amount="37")
        assert chain.events(digest)[0]["parsedJson"]["account"] == first

        def paid() -> bool:
            return somebody.balance()["balanceMicroUsdc"] == "42"
        until(paid, within=30, what="the deposit is booked")
        assert somebody.balance()["accountId"] == first
        items = somebody.browser.get("/v1/wallet/transactions").expect(200).body["items"]
        assert {item["accountId"] for item in items} == {first, second}
        assert {item["state"] for item in items} == {"confirmed"}
    finally:
        manager.kill()
        chain.stop()


def test_after_an_opening_that_failed_another_may_be_sent(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody, [first, second] = two_openings(gateway, chain)
    query(shared_fleet, "UPDATE wallet_transactions SET state = 'failed', submitted_at = now() "
          "WHERE digest = %s", base58_bytes(first["digest"]))
    assert somebody.submit(second).expect(202).body["state"] == "executed"


# An end

def advance(chain: EscrowChain, fleet: Fleet, epochs: int) -> None:
    """The chain's epochs go on, and the follower has read them."""
    for _ in range(epochs):
        chain.control("advanceEpoch")
    query(fleet, "UPDATE processing_state SET epoch = epoch + %s WHERE name = 'follower'", epochs)


@pytest.mark.parametrize("epochs, code", [(1, None), (2, "transaction_expired")])
def test_what_was_handed_out_can_be_sent_until_its_last_epoch_is_over(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet, epochs: int, code: str | None
) -> None:
    somebody = opened(gateway, chain, shared_fleet)
    [(epoch,)] = query(shared_fleet, "SELECT epoch FROM processing_state")
    now = int(chain.rpc("suix_getLatestSuiSystemState")["epoch"])
    query(shared_fleet, "UPDATE processing_state SET epoch = %s WHERE name = 'follower'", now)
    built = somebody.ask("deposit", amount="7").expect(201).body
    assert built["expiresAtEpoch"] == now + 1
    advance(chain, shared_fleet, epochs)
    if code is None:
        assert somebody.submit(built).expect(202).body["state"] == "executed"
    else:
        somebody.submit(built).expect(422, code)
        assert not chain.has(built["digest"], "json-rpc")
        assert states(shared_fleet, somebody)[-1] == "built"


def test_what_was_sent_and_never_ran_ends_as_expired_and_another_may_be_sent(
    start, pair: tuple[Gateway, Gateway], chain: EscrowChain, shared_fleet: Fleet,
    node: AlteredNode,
) -> None:
    somebody, [first, second] = two_openings(pair[0], chain)
    chain.book(shared_fleet, opened(pair[0], chain, shared_fleet).do("deposit", amount="1"))
    now = int(chain.rpc("suix_getLatestSuiSystemState")["epoch"])
    query(shared_fleet, "UPDATE processing_state SET epoch = %s WHERE name = 'follower'", now)
    refuse = {"data": None, "errors": [{
        "message": "Transaction is rejected", "extensions": {"code": "BAD_USER_INPUT"}}]}
    node.alter = lambda question, answer: (
        refuse if is_about(question, "executeTransaction") else answer)
    # Nothing of it reaches the chain: the question is not passed on either.
    node.withhold = lambda question: is_about(question, "executeTransaction")
    there = Customer(start(**node.settings(chain.settings("graphql"))), somebody.wallet)
    assert there.submit(first).expect(202).body["state"] == "submitted"
    there.submit(second).expect(409, "escrow_account_exists")
    advance(chain, shared_fleet, 2)
    assert there.transaction(first["digest"]).expect(200).body["state"] == "expired"
    there.submit(first).expect(422, "transaction_expired")
    assert not chain.has(first["digest"], "json-rpc")
    third = somebody.ask("open", amount="1", limit="0").expect(201).body
    assert somebody.submit(third).expect(202).body["state"] == "executed"


def test_what_is_handed_out_and_never_comes_back_is_bounded(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody = opened(gateway, chain, shared_fleet)
    sent = somebody.ask("deposit", amount="1").expect(201).body
    assert somebody.submit(sent).expect(202).body["state"] == "executed"
    digests = [
        somebody.ask("withdraw", amount=str(number + 1)).expect(201).body["digest"]
        for number in range(60)]
    kept = [digest for digest in digests if somebody.transaction(digest).status == 200]
    assert kept == digests[-len(kept):] and 50 <= len(kept) <= 51
    somebody.transaction(sent["digest"]).expect(200)


# Dust

def test_of_thousands_of_coins_as_many_are_brought_along_as_there_is_room_for(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody = opened(gateway, chain, shared_fleet, usdc=USDC)
    for _ in range(2200):
        chain.mint(somebody.wallet.address, 10)
    for _ in range(3):
        chain.mint(somebody.wallet.address, 1000)
    body = somebody.ask("deposit", amount="25001").expect(422, "funds_insufficient").body
    assert body["availableMicroUsdc"] == "25000" and body["requiredMicroUsdc"] == "25001"
    left = 25_000
    for round in range(20):
        answer = somebody.ask("deposit", amount=str(left))
        if answer.status == 201:
            break
        told = answer.expect(422, "funds_scattered").body
        at_once = int(told["atOnceMicroUsdc"])
        assert told["availableMicroUsdc"] == told["requiredMicroUsdc"] == str(left)
        assert told["coinLimit"] > 256
        assert at_once == 10 * told["coinLimit"] + (2970 if round == 0 else 0)
        somebody.ask("deposit", amount=str(at_once + 1)).expect(422, "funds_scattered")
        chain.book(shared_fleet, somebody.do("deposit", amount=str(at_once)))
        left -= at_once
    somebody.do("deposit", amount=str(left))
    assert chain.balance(somebody.wallet.address) == 0


# Keys

def post(
    somebody: Customer, path: str, key: str, body: dict | None, gateway: Gateway | None = None
) -> Answer:
    return somebody.browser.send(
        "POST", path, content=None if body is None else json.dumps(body).encode(), at=gateway,
        headers={"Idempotency-Key": key, **(
            {} if body is None else {"Content-Type": "application/json"})})


def wish(amount: int) -> dict:
    return {"kind": "deposit", "amountMicroUsdc": str(amount)}


BUILD = "/v1/wallet/transactions"


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
    query(shared_fleet, "UPDATE idempotency_keys SET answer_status = NULL, answer_fields = NULL, "
          "answer_body = NULL WHERE caller = %s", f"customer/{somebody.number}")
    post(somebody, BUILD, "k", wish(5)).expect(422, "transaction_expired")
    post(somebody, BUILD, "k", wish(6)).expect(422, "idempotency_key_reused")
    assert post(somebody, path, "k", None).expect(202).body["digest"] == built["digest"]
    assert len(states(shared_fleet, somebody)) == 2


# A trail

def trail(fleet: Fleet, somebody: Customer) -> list[dict]:
    return [row for (row,) in query(
        fleet, "SELECT to_jsonb(a) FROM audit_log a WHERE customer_id = %s "
        "AND action LIKE 'wallet_%%' ORDER BY audit_id", somebody.number)]


def test_what_is_built_sent_and_refused_is_in_the_trail_with_who_where_and_why(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody = opened(gateway, chain, shared_fleet)
    seen = len(trail(shared_fleet, somebody))
    assert seen == 2
    headers = {"User-Agent": "purse/1", "X-Request-Id": "request-1"}
    sessions = somebody.browser.get("/v1/auth/sessions").expect(200).body["items"]
    [session] = [one["id"] for one in sessions if one["current"]]

    def added(deed: Callable[[], object]) -> list[dict]:
        nonlocal seen
        deed()
        rows = trail(shared_fleet, somebody)[seen:]
        seen += len(rows)
        return rows

    def post(path: str, body: dict) -> Answer:
        return somebody.browser.post(path, json=body, headers=headers)

    built: dict = {}
    [row] = added(lambda: built.update(post(BUILD, wish(5)).expect(201).body))
    assert (row["action"], row["outcome"], row["reason"]) == (
        "wallet_transaction_built", "success", None)
    assert row["session_id"] == session and row["wallet_address"] == somebody.wallet.address
    assert (row["ip"], row["user_agent"], row["request_id"]) == ("127.0.0.1", "purse/1", "request-1")
    what = {"digest": built["digest"], "kind": "deposit", "amountMicroUsdc": "5",
            "expiresAtEpoch": built["expiresAtEpoch"]}
    assert row["details"] == what

    [row] = added(lambda: post(BUILD, wish(10**12)).expect(422))
    assert (row["action"], row["outcome"], row["reason"]) == (
        "wallet_transaction_built", "failure", "funds_insufficient")
    assert row["details"] == {"kind": "deposit", "amountMicroUsdc": str(10**12)}

    path = f"{BUILD}/{built['digest']}/submit"
    content = base64.b64decode(built["txBytes"])
    good = somebody.wallet.sign_transaction(content)
    stranger = Ed25519Wallet().sign_transaction(content)
    for signature, text, status, reason, why in [
        (good, "AA==", 422, "transaction_altered", None),
        (stranger, built["txBytes"], 401, "signature_invalid", "address_mismatch"),
        ("AA==", built["txBytes"], 400, "signature_malformed", "wrong_length"),
    ]:
        [row] = added(
            lambda: post(path, {"signature": signature, "txBytes": text}).expect(status))
        assert (row["action"], row["outcome"], row["reason"]) == (
            "wallet_transaction_submitted", "failure", reason)
        assert row["session_id"] == session and row["request_id"] == "request-1"
        assert row["details"] == {
            "digest": built["digest"], **({"why": why} if why else {})}
    body = {"signature": good, "txBytes": built["txBytes"]}
    [row] = added(lambda: post(path, body).expect(202))
    assert (row["action"], row["outcome"]) == ("wallet_transaction_submitted", "success")
    assert row["session_id"] == session and row["details"] == what
    assert added(lambda: post(path, body).expect(202)) == [], "the same once more is no news"

    [row] = added(lambda: post(
        f"{BUILD}/{base58(blake2b(b'?'))}/submit", body).expect(404))
    assert row["reason"] == "transaction_unknown"
    whole = json.dumps(trail(shared_fleet, somebody))
    for secret in (good, stranger, built["txBytes"], base64.b64decode(good).hex()):
        assert secret not in whole


def test_what_is_not_refused_to_the_customer_is_not_in_the_trail(
    start, pair: tuple[Gateway, Gateway], chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody = opened(pair[0], chain, shared_fleet)
    before = trail(shared_fleet, somebody)
    away = start(**{**chain.settings("graphql"), "SUI_GRAPHQL_URLS": "http://127.0.0.1:9/graphql"})
    there = Customer(away, somebody.wallet)
    there.ask("deposit", amount="1").expect(503, "node_unavailable")
    there.ask("deposit", amount="0").expect(400, "amount_invalid")
    assert trail(shared_fleet, somebody) == before
