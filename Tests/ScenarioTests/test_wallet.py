"""Deposits, withdrawals and limits: built here, signed by wallets of other people's making, run on
a simulated chain that knows nothing of us."""

import base64
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pysui_fastcrypto
import pytest

from support.escrow import Customer, EscrowChain
from support.gateway import Fleet, Gateway
from support.simulated_node import SUI
from support.waiting import until
from support.transactions import base58, transaction_digest
from support.wallet import Ed25519Wallet, FastcryptoWallet, blake2b
from support.wallet_stage import USDC, customer, opened

UNKNOWN = base58(blake2b(b"nobody knows it"))


@pytest.fixture(scope="module", params=["graphql", "json-rpc"])
def gateway(
    request: pytest.FixtureRequest, shared_fleet: Fleet, chain: EscrowChain
) -> Iterator[Gateway]:
    gateway = shared_fleet.start(**chain.settings(request.param))
    yield gateway
    shared_fleet.end(gateway)


def test_the_digest_is_that_of_the_bytes_and_the_words_say_what_they_do(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody = opened(gateway, chain, shared_fleet)
    built = somebody.ask("deposit", amount="1500000").expect(201).body
    assert set(built) == {"digest", "txBytes", "kind", "expiresAtEpoch", "summary"}
    assert transaction_digest(base64.b64decode(built["txBytes"])) == built["digest"]
    assert "1.5 USDC" in built["summary"] and "SUI" in built["summary"]
    assert str(built["expiresAtEpoch"]) in built["summary"]


def test_the_same_bytes_signed_by_another_library_are_taken(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    wallet = FastcryptoWallet("ed25519")
    somebody = customer(gateway, chain, wallet=wallet)
    built = somebody.ask("open", amount="1", limit="0").expect(201).body
    signed = pysui_fastcrypto.sign_digest(0, wallet._private, built["txBytes"], [0, 0, 0])
    body = {"signature": base64.b64encode(bytes(signed)).decode(), "txBytes": built["txBytes"]}
    sent = somebody.browser.post(
        f"/v1/wallet/transactions/{built['digest']}/submit", json=body).expect(202).body
    assert sent["state"] == "executed"


def test_usdc_is_gathered_from_many_coins(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody = customer(gateway, chain, usdc=0)
    for _ in range(40):
        chain.mint(somebody.wallet.address, USDC)
    chain.book(shared_fleet, somebody.do("open", amount=str(39 * USDC + 1), limit="0"))
    assert somebody.balance()["balanceMicroUsdc"] == str(39 * USDC + 1)
    assert chain.balance(somebody.wallet.address) == USDC - 1


def test_money_that_is_not_there_is_told_in_figures(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody = opened(gateway, chain, shared_fleet, payment=90 * USDC)
    body = somebody.ask("deposit", amount=str(11 * USDC)).expect(422, "funds_insufficient").body
    assert body["availableMicroUsdc"] == str(10 * USDC)
    assert body["requiredMicroUsdc"] == str(11 * USDC)
    body = somebody.ask("withdraw", amount=str(90 * USDC + 1)).expect(
        422, "withdrawal_exceeds_balance").body
    assert body["balanceMicroUsdc"] == str(90 * USDC)


@pytest.mark.parametrize("sui", [0, 1000, 500_000])
def test_no_gas_is_told_in_figures(gateway: Gateway, chain: EscrowChain, sui: int) -> None:
    somebody = customer(gateway, chain, sui=sui)
    body = somebody.ask("open", amount="1", limit="0").expect(422, "gas_insufficient").body
    assert int(body["availableMist"]) == sui < int(body["requiredMist"])


def test_gas_is_gathered_from_small_coins(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody = customer(gateway, chain, sui=0)
    for _ in range(30):
        chain.mint_sui(somebody.wallet.address, 1_000_000)
    somebody.do("open", amount="1", limit="0")


def test_an_account_is_opened_once(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody = customer(gateway, chain)
    digest = somebody.do("open", amount="0", limit="0")
    # It ran, and has not been read in a checkpoint.
    somebody.ask("open", amount="0", limit="0").expect(409, "escrow_account_exists")
    chain.book(shared_fleet, digest)
    body = somebody.ask("open", amount="0", limit="0").expect(409, "escrow_account_exists").body
    assert body["accountId"] == somebody.balance()["accountId"]


def test_without_an_account_nothing_else_is_built(gateway: Gateway, chain: EscrowChain) -> None:
    somebody = customer(gateway, chain)
    for kind, amounts in [
        ("deposit", {"amount": "1"}), ("withdraw", {"amount": "1"}),
        ("set_spending_limit", {"limit": "1"}),
    ]:
        somebody.ask(kind, **amounts).expect(409, "escrow_account_missing")


@pytest.mark.parametrize("kind, amounts, code", [
    ("deposit", {"amount": 1}, "amount_invalid"), ("deposit", {"amount": "0"}, "amount_invalid"),
    ("deposit", {"amount": "-1"}, "amount_invalid"), ("deposit", {"amount": "1.5"}, "amount_invalid"),
    ("deposit", {"amount": "01"}, "amount_invalid"), ("deposit", {"amount": ""}, "amount_invalid"),
    ("deposit", {"amount": str(2**63)}, "amount_invalid"), ("deposit", {}, "body_invalid"),
    ("deposit", {"amount": "1", "limit": "1"}, "body_invalid"),
    ("withdraw", {"amount": "0"}, "amount_invalid"), ("withdraw", {"limit": "1"}, "body_invalid"),
    ("open", {"amount": "1"}, "body_invalid"), ("open", {"limit": "1"}, "body_invalid"),
    ("open", {"amount": "1", "limit": str(2**64)}, "amount_invalid"),
    ("set_spending_limit", {}, "body_invalid"),
    ("set_spending_limit", {"amount": "1", "limit": "1"}, "body_invalid"),
    ("close", {"amount": "1"}, "body_invalid"), ("", {}, "body_invalid"),
])
def test_other_wishes_are_refused(
    gateway: Gateway, chain: EscrowChain, kind: str, amounts: dict, code: str
) -> None:
    customer(gateway, chain, usdc=0, sui=0).ask(kind, **amounts).expect(400, code)


def test_any_change_of_the_bytes_is_refused_and_nothing_is_sent(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody = opened(gateway, chain, shared_fleet)
    built = somebody.ask("withdraw", amount="1000").expect(201).body
    good = base64.b64decode(built["txBytes"])
    for place in (0, 5, len(good) // 2, len(good) - 1):
        changed = bytearray(good)
        changed[place] ^= 1
        text = base64.b64encode(bytes(changed)).decode()
        somebody.submit(
            built, txBytes=text, signature=somebody.wallet.sign_transaction(bytes(changed))
        ).expect(422, "transaction_altered")
    for text in (
        base64.b64encode(good + b"\0").decode(), base64.b64encode(good[:-1]).decode(), "AA==", "x",
        built["txBytes"].rstrip("=") + "=A",
    ):
        somebody.submit(built, txBytes=text).expect(422, "transaction_altered")
    assert somebody.transaction(built["digest"]).expect(200).body["state"] == "built"


def test_only_the_wallets_own_signature_over_these_bytes_is_good(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody = opened(gateway, chain, shared_fleet)
    built = somebody.ask("withdraw", amount="1000").expect(201).body
    good = base64.b64decode(built["txBytes"])
    mine = base64.b64decode(somebody.wallet.sign_transaction(good))
    as_message = somebody.wallet.sign(good)
    for signature, status, code in [
        (Ed25519Wallet().sign_transaction(good), 401, "signature_invalid"),
        (somebody.wallet.sign_transaction(good + b"\0"), 401, "signature_invalid"),
        (as_message, 401, "signature_invalid"),
        (base64.b64encode(mine[:20] + bytes([mine[20] ^ 1]) + mine[21:]).decode(), 401,
         "signature_invalid"),
        (base64.b64encode(mine[:-1]).decode(), 400, "signature_malformed"),
        (base64.b64encode(b"\x09" + mine[1:]).decode(), 400, "signature_malformed"),
        ("AA==", 400, "signature_malformed"), ("?", 400, "signature_malformed"),
        (mine.hex(), 400, "signature_malformed"),
    ]:
        somebody.submit(built, signature=signature).expect(status, code)
    assert somebody.transaction(built["digest"]).expect(200).body["state"] == "built"
    assert somebody.submit(built).expect(202).body["state"] == "executed"


def test_nobody_sees_or_sends_anothers_transaction(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody, other = opened(gateway, chain, shared_fleet), customer(gateway, chain)
    built = somebody.ask("withdraw", amount="1000").expect(201).body
    other.submit(built).expect(404, "transaction_unknown")
    other.transaction(built["digest"]).expect(404, "transaction_unknown")
    assert built["digest"] not in str(
        other.browser.get("/v1/wallet/transactions").expect(200).body)


def test_submitting_again_is_the_same_once_more(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody = opened(gateway, chain, shared_fleet)
    built = somebody.ask("deposit", amount="1000").expect(201).body
    for _ in range(3):
        assert somebody.submit(built).expect(202).body["state"] == "executed"
    chain.book(shared_fleet, built["digest"])
    assert somebody.submit(built).expect(202).body["state"] == "confirmed"
    assert somebody.balance()["balanceMicroUsdc"] == str(25 * USDC + 1000)


@pytest.mark.parametrize("fault", ["answer_lost", "server_error", "too_many_requests", "html"])
def test_an_unknown_outcome_is_202_and_the_same_bytes_go_out_again(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet, fault: str
) -> None:
    somebody = opened(gateway, chain, shared_fleet)
    built = somebody.ask("deposit", amount="1000").expect(201).body
    chain.fail({"fault": fault})
    try:
        assert somebody.submit(built).expect(202).body["state"] == "submitted"
    finally:
        chain.fail()

    def told() -> dict | None:
        body = somebody.transaction(built["digest"]).expect(200).body
        return body if body["state"] == "executed" else None
    # A node that failed is left alone for a while.
    assert until(told, within=30, what="the bytes ran")["lastError"] is None
    assert chain.has(built["digest"], "json-rpc")


def test_a_node_that_is_away_builds_nothing_and_says_so(
    start, chain: EscrowChain, shared_fleet: Fleet, gateway: Gateway
) -> None:
    somebody = opened(gateway, chain, shared_fleet)
    settings = {**chain.settings("graphql"), "SUI_GRAPHQL_URLS": "http://127.0.0.1:9/graphql"}
    away = start(**settings)
    answer = Customer(away, somebody.wallet).ask("deposit", amount="1").expect(
        503, "node_unavailable")
    assert int(answer.headers["retry-after"]) > 0
    Customer(away, somebody.wallet).balance()


def test_without_a_contract_every_call_says_so(start) -> None:
    gateway = start()
    somebody = Customer(gateway, Ed25519Wallet())
    somebody.ask("open", amount="1", limit="0").expect(503, "escrow_not_configured")
    for path in ("balance", "transactions", f"transactions/{UNKNOWN}"):
        somebody.browser.get(f"/v1/wallet/{path}").expect(503, "escrow_not_configured")
    somebody.browser.post(f"/v1/wallet/transactions/{UNKNOWN}/watch").expect(
        503, "escrow_not_configured")
    ready = somebody.browser.get("/ready").expect(200).body
    assert ready["checks"]["escrow"] == "absent"


def test_a_gateway_leaves_the_chargers_key_alone(
    start, chain: EscrowChain, tmp_path: Path
) -> None:
    """It is the manager's: whoever opened this would wait for ever."""
    key = tmp_path / "charger.key"
    os.mkfifo(key, 0o000)
    gateway = start(**chain.settings("json-rpc"), SLUICE_CHARGER_KEY_FILE=str(key))
    customer(gateway, chain).do("open", amount="1", limit="0")
    with pytest.raises(OSError) as nobody_reads:
        os.close(os.open(key, os.O_WRONLY | os.O_NONBLOCK))
    assert nobody_reads.value.errno == errno.ENXIO


def test_a_digest_that_nobody_knows_is_watched_and_moves_nothing(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody = opened(gateway, chain, shared_fleet)
    before = somebody.balance()
    path = f"/v1/wallet/transactions/{UNKNOWN}"
    somebody.browser.get(path).expect(404, "transaction_unknown")
    assert somebody.browser.post(path + "/watch").expect(202).body == {
        "digest": UNKNOWN, "state": "watched"}
    told = somebody.browser.get(path).expect(200).body
    assert told["state"] == "watched" and told["movements"] == []
    after = somebody.balance()
    assert after == before
    somebody.browser.post(path + "/submit", json={"signature": "AA==", "txBytes": "AA=="}).expect(
        404, "transaction_unknown")


def test_what_is_watched_is_bounded(gateway: Gateway, chain: EscrowChain) -> None:
    somebody = customer(gateway, chain, usdc=0, sui=0)
    digests = [base58(blake2b(bytes([number]))) for number in range(51)]
    for digest in digests[:50]:
        somebody.browser.post(f"/v1/wallet/transactions/{digest}/watch").expect(202)
    somebody.browser.post(f"/v1/wallet/transactions/{digests[50]}/watch").expect(
        429, "rate_limited")
    somebody.browser.post(f"/v1/wallet/transactions/{digests[0]}/watch").expect(202)


@pytest.mark.parametrize("digest", ["x", "0" * 44, "I" * 43, "1" * 31, "1" * 45, "%20"])
def test_what_is_no_digest_names_nothing(
    gateway: Gateway, chain: EscrowChain, digest: str
) -> None:
    somebody = customer(gateway, chain, usdc=0, sui=0)
    assert somebody.transaction(digest).status in (400, 404)


def test_a_hold_does_not_stop_a_withdrawal_and_the_words_say_so(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody = opened(gateway, chain, shared_fleet)
    with psycopg.connect(shared_fleet.database_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE escrow_accounts SET held_micro_usdc = 20000000 FROM customers "
            "WHERE wallet_address = owner AND customer_id = %s", (somebody.number,))
    balance = somebody.balance()
    assert balance["reservedMicroUsdc"] == str(20 * USDC)
    assert balance["availableMicroUsdc"] == str(5 * USDC)
    built = somebody.ask("withdraw", amount=str(25 * USDC)).expect(201).body
    assert "20 USDC" in built["summary"] and "reserved" in built["summary"]
    assert somebody.submit(built).expect(202).body["state"] == "executed"
    assert chain.balance(somebody.wallet.address) == 100 * USDC


def test_the_wallet_calls_need_a_session(gateway: Gateway) -> None:
    from support.client import Browser

    browser = Browser(gateway)
    for path in ("balance", "transactions", f"transactions/{UNKNOWN}"):
        browser.get(f"/v1/wallet/{path}").expect(401, "token_missing")
    browser.post("/v1/wallet/transactions", json={}).expect(401, "token_missing")


def test_gas_and_money_come_out_of_the_address_balance_where_there_are_no_coins(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet
) -> None:
    somebody = customer(gateway, chain, usdc=0, sui=0)
    for coin, amount in ((SUI, 1_000_000_000), (chain.info["usdcType"], 30 * USDC)):
        chain.control(
            "mint", address=somebody.wallet.address, coinType=coin, amount=amount, into="balance")
    chain.book(shared_fleet, somebody.do("open", amount=str(30 * USDC), limit="0"))
    assert somebody.balance()["balanceMicroUsdc"] == str(30 * USDC)
