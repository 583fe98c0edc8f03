"""What a customer's wallet asked for is on record, with who, where from and why not."""

import base64
import json
from collections.abc import Callable

from support.client import Answer
from support.escrow import Customer, EscrowChain
from support.gateway import Fleet, Gateway
from support.rows import rows
from support.transactions import base58
from support.wallet import Ed25519Wallet, blake2b
from support.wallet_stage import BUILD, gateway, opened, pair, wish


def trail(fleet: Fleet, somebody: Customer) -> list[dict]:
    return [row for (row,) in rows(
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
        new = trail(shared_fleet, somebody)[seen:]
        seen += len(new)
        return new

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
