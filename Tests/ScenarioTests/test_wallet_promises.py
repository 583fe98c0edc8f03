"""What holds however often, at once or late a customer's wallet asks: one account, and an end for what
expires."""

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.altered_node import AlteredNode, is_about
from support.escrow import Customer, EscrowChain
from support.gateway import Fleet, Gateway, settings
from support.manager import Manager
from support.rows import rows
from support.transactions import base58_bytes
from support.waiting import until
from support.wallet_stage import USDC, customer, gateway, opened, pair, states


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
    chain = EscrowChain(tmp_path / "chain")
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
    manager = Manager(fleet.directory, settings(
        fleet.directory, fleet.database_url, **chain.manager_settings("json-rpc", tmp_path)))
    manager.start()
    try:
        until(lambda: somebody.balance()["accountId"], within=30, what="an account is booked")
        assert rows(fleet, "SELECT '0x' || encode(account_id, 'hex'), is_primary "
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
    rows(shared_fleet, "UPDATE wallet_transactions SET state = 'failed', submitted_at = now() "
         "WHERE digest = %s", base58_bytes(first["digest"]))
    assert somebody.submit(second).expect(202).body["state"] == "executed"


# An end

def advance(chain: EscrowChain, fleet: Fleet, epochs: int) -> None:
    """The chain's epochs go on, and the follower has read them."""
    for _ in range(epochs):
        chain.control("advanceEpoch")
    rows(fleet, "UPDATE processing_state SET epoch = epoch + %s WHERE name = 'follower'", epochs)


@pytest.mark.parametrize("epochs, code", [(1, None), (2, "transaction_expired")])
def test_what_was_handed_out_can_be_sent_until_its_last_epoch_is_over(
    gateway: Gateway, chain: EscrowChain, shared_fleet: Fleet, epochs: int, code: str | None
) -> None:
    somebody = opened(gateway, chain, shared_fleet)
    [(epoch,)] = rows(shared_fleet, "SELECT epoch FROM processing_state WHERE name = 'follower'")
    now = int(chain.rpc("suix_getLatestSuiSystemState")["epoch"])
    rows(shared_fleet, "UPDATE processing_state SET epoch = %s WHERE name = 'follower'", now)
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
    rows(shared_fleet, "UPDATE processing_state SET epoch = %s WHERE name = 'follower'", now)
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
