"""The simulated node's faults, one by one and mixed by a seed."""

from pathlib import Path

import httpx
import pytest

from support.node_stage import node, own, process
from support.simulated_node import Failed, Refused, SimulatedNode
from support.waiting import until

WIRES = ("json-rpc", "graphql")
wires = pytest.mark.parametrize("wire", WIRES)
LOST = (httpx.RemoteProtocolError, httpx.ReadError)


# Faults, each alone


@wires
def test_done_and_never_said(node: SimulatedNode, wire: str) -> None:
    signed = node.payment(node.wallet())
    node.fail({"fault": "answer_lost", "method": "execute", "count": 1})
    with pytest.raises(LOST):
        node.execute(signed, wire)
    assert node.has(signed.digest, wire)
    assert node.execute(signed, wire) == signed.digest
    assert [one["digest"] for one in node.control("dump")["transactions"]].count(
        signed.digest) == 1


@wires
def test_an_answer_cut_in_its_middle(node: SimulatedNode, wire: str) -> None:
    signed = node.payment(node.wallet())
    node.fail({"fault": "answer_cut", "method": "execute", "count": 1})
    with pytest.raises(httpx.RemoteProtocolError, match="peer closed|incomplete"):
        node.execute(signed, wire)
    assert node.has(signed.digest, wire)


@wires
@pytest.mark.parametrize(("fault", "done"), [("timeout_before", False), ("timeout_after", True)])
def test_silence_before_and_after_the_work(
    node: SimulatedNode, wire: str, fault: str, done: bool
) -> None:
    signed = node.payment(node.wallet())
    node.fail({"fault": fault, "method": "execute", "count": 1, "amount": 5000})
    with pytest.raises(httpx.ReadTimeout):
        node.execute(signed, wire, timeout=0.3)
    assert node.has(signed.digest, wire) is done
    node.fail({"fault": fault, "method": "execute", "count": 1, "amount": 50})
    with pytest.raises(LOST):
        node.execute(signed, wire)
    assert node.has(signed.digest, wire) is done


@wires
def test_what_stands_before_a_node_answers_instead(node: SimulatedNode, wire: str) -> None:
    signed = node.payment(node.wallet())

    def ask() -> httpx.Response:
        if wire == "graphql":
            return node.post("/graphql", {"query": "{ chainIdentifier }"})
        return node.post(
            "/", {"jsonrpc": "2.0", "id": 1, "method": "sui_getChainIdentifier", "params": []})
    node.fail({"fault": "too_many_requests", "amount": 7})
    limited = ask()
    assert limited.status_code == 429 and limited.headers["retry-after"] == "7"
    node.fail({"fault": "server_error"})
    assert {ask().status_code for _ in range(20)} == {500, 502, 503}
    node.fail({"fault": "html"})
    page = ask()
    assert page.status_code == 200 and page.headers["content-type"] == "text/html"
    assert page.text.startswith("<!doctype html>")
    node.fail({"fault": "html", "method": "execute", "count": 1})
    with pytest.raises(ValueError):
        node.execute(signed, wire)
    assert not node.has(signed.digest, wire)


def test_another_network(node: SimulatedNode) -> None:
    short, whole = node.rpc("sui_getChainIdentifier"), node.graphql("{ chainIdentifier }")
    node.fail({"fault": "wrong_chain"})
    assert node.rpc("sui_getChainIdentifier") != short
    assert node.graphql("{ chainIdentifier }") != whole


@wires
def test_reads_that_are_stale(node: SimulatedNode, wire: str) -> None:
    wallet = node.wallet()
    coin = node.gas(wallet)

    def version() -> int:
        if wire == "json-rpc":
            return int(node.rpc("sui_getObject", [coin["coinObjectId"]])["data"]["version"])
        return node.graphql(
            "query($id: SuiAddress!) { object(address: $id) { version } }",
            {"id": coin["coinObjectId"]})["object"]["version"]
    old = version()
    node.execute(node.payment(wallet), wire)
    new = version()
    assert new > old

    def seen(checkpoints: int) -> int:
        node.fail({"fault": "stale_reads", "amount": checkpoints})
        return version()
    # One checkpoint back, or more where empty ones have come meanwhile.
    assert any(seen(checkpoints) == old for checkpoints in (1, 2, 3))
    assert seen(0) == new


@wires
def test_an_index_that_lags(node: SimulatedNode, wire: str) -> None:
    wallet = node.wallet()
    signed = node.payment(wallet)
    node.execute(signed, wire)

    def listed() -> list[str]:
        if wire == "json-rpc":
            query = {"filter": {"FromAddress": wallet.address}}
            found = node.rpc("suix_queryTransactionBlocks", [query])["data"]
        else:
            found = node.graphql(
                "query($a: SuiAddress!) { transactions(filter: {sentAddress: $a}) "
                "{ nodes { digest } } }", {"a": wallet.address})["transactions"]["nodes"]
        return [one["digest"] for one in found]
    assert listed() == [signed.digest]
    node.fail({"fault": "index_lag", "amount": 1000})
    assert listed() == []
    if wire == "json-rpc":  # By its name it is found all the same.
        assert node.has(signed.digest, wire)
    node.fail()
    assert listed() == [signed.digest]


@wires
def test_pages_of_events_with_some_twice_and_in_disorder(own: SimulatedNode, wire: str) -> None:
    package = own.control("info")["escrowPackage"]
    wallet = own.wallet()

    def page() -> tuple[list[tuple], object]:
        if wire == "json-rpc":
            found = own.rpc("suix_queryEvents", [
                {"MoveEventModule": {"package": package, "module": "account"}}, None, 50])
            events = [(one["id"]["txDigest"], one["id"]["eventSeq"]) for one in found["data"]]
            return events, found["nextCursor"]
        found = own.graphql(
            "query($t: String!) { events(first: 50, filter: {type: $t}) { pageInfo { endCursor } "
            "nodes { sequenceNumber transaction { digest } } } }",
            {"t": f"{package}::account"})["events"]
        events = [(one["transaction"]["digest"], one["sequenceNumber"]) for one in found["nodes"]]
        return events, found["pageInfo"]["endCursor"]

    for _ in range(3):
        own.execute(own.operator_creation(wallet), wire)
    honest, cursor = page()
    assert len(honest) == 4 and len(set(honest)) == 4
    own.fail({"fault": "duplicate_events"})
    spoilt, after = page()
    assert len(spoilt) == 5 and set(spoilt) == set(honest) and after == cursor
    own.fail({"fault": "shuffled_events"})
    spoilt, after = page()
    assert spoilt != honest and sorted(spoilt) == sorted(honest) and after == cursor


@wires
def test_what_is_there_is_said_not_to_be(node: SimulatedNode, wire: str) -> None:
    signed = node.payment(node.wallet())
    node.execute(signed, wire)
    node.fail({"fault": "not_found", "count": 1})
    assert not node.has(signed.digest, wire)
    assert node.has(signed.digest, wire)


@wires
def test_history_that_is_kept_for_a_while_only(tmp_path: Path, wire: str) -> None:
    node = SimulatedNode(tmp_path, "--retention", "3").start()
    try:
        wallet = node.wallet()
        signed = node.payment(wallet)
        node.execute(signed, wire)
        assert node.has(signed.digest, wire)
        for _ in range(5):
            node.control("mint", address=wallet.address, coinType="0x2::sui::SUI", amount=1)
        assert not node.has(signed.digest, wire)
        ranges = node.graphql(
            '{ serviceConfig { availableRange(type: "Query", field: "events") '
            "{ first { sequenceNumber } last { sequenceNumber } } } }")["serviceConfig"]
        first, last = (ranges["availableRange"][end]["sequenceNumber"] for end in ("first", "last"))
        assert first > 0 and last == first + 3
    finally:
        node.stop()


@wires
def test_epochs_that_end_between_signing_and_sending(own: SimulatedNode, wire: str) -> None:
    wallet = own.wallet()
    signed = own.payment(wallet, epoch=1)
    own.fail({"fault": "epoch_change", "method": "execute", "count": 1, "amount": 2})
    with pytest.raises(Refused, match="Transaction Expired"):
        own.execute(signed, wire)
    assert own.graphql("{ epoch { epochId } }")["epoch"]["epochId"] in (1, 2)
    own.execute(own.payment(wallet, epoch=3), wire)


@wires
def test_a_gas_coin_that_another_transaction_takes(node: SimulatedNode, wire: str) -> None:
    wallet = node.wallet()
    signed = node.payment(wallet)
    coin = node.gas(wallet)
    node.fail({"fault": "gas_coin_taken", "method": "execute", "count": 1})
    with pytest.raises(Refused, match="needs to be rebuilt"):
        node.execute(signed, wire)
    again = node.gas(wallet)
    assert again["coinObjectId"] == coin["coinObjectId"]
    assert int(again["version"]) > int(coin["version"])
    assert not node.has(signed.digest, wire)
    node.execute(node.payment(wallet), wire)


@wires
def test_too_many_want_the_same_object(node: SimulatedNode, wire: str) -> None:
    wallet = node.wallet()
    signed = node.payment(wallet)
    coin = node.gas(wallet)
    node.fail({"fault": "congestion", "method": "execute", "count": 1})
    with pytest.raises(Failed, match="SharedObjectCongestion"):
        node.execute(signed, wire)
    assert node.has(signed.digest, wire)
    again = node.gas(wallet)
    assert int(again["version"]) > int(coin["version"])
    assert int(again["balance"]) < int(coin["balance"])


@wires
def test_a_node_that_goes_away_and_comes_back(node: SimulatedNode, wire: str) -> None:
    wallet = node.wallet()
    signed = node.payment(wallet)
    node.execute(signed, wire)
    node.fail({"fault": "restart", "count": 1, "amount": 300})
    with pytest.raises(LOST):
        node.has(signed.digest, wire)

    def back() -> bool:
        try:
            return node.has(signed.digest, wire)
        except LOST:
            return False
    until(back, within=20, what="the node answers again")


@wires
def test_a_halt_of_hours(own: SimulatedNode, wire: str) -> None:
    wallet = own.wallet()
    signed = own.payment(wallet)
    own.fail({"fault": "halt", "method": "execute", "count": 1, "amount": 10_800_000})
    with pytest.raises(httpx.ReadTimeout):
        own.execute(signed, wire, timeout=0.3)

    def tip() -> int:
        return int(own.rpc("sui_getLatestCheckpointSequenceNumber"))
    before = tip()
    own.control("advanceClock", milliseconds=10_700_000)
    assert tip() == before and not own.has(signed.digest, wire)
    own.control("advanceClock", milliseconds=200_000)
    assert own.execute(signed, wire) == signed.digest
    assert tip() > before


def test_a_coin_that_its_issuer_paused(node: SimulatedNode) -> None:
    wallet = node.wallet()
    signed = node.payment(wallet)
    sui = "0x2::sui::SUI"
    node.control("setDenied", coinType=sui, isPaused=True)
    with pytest.raises(Failed, match="CoinTypeGlobalPause"):
        node.execute(signed, "json-rpc")
    node.control("setDenied", coinType=sui)
    node.execute(node.payment(wallet), "json-rpc")
    with pytest.raises(Refused, match="addresses"):
        node.control("setDenied", coinType=sui, addresses=["0xzz"])


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_faults_mixed_by_seed_run_nothing_twice_and_lose_nothing(
    own: SimulatedNode, seed: int
) -> None:
    wire = WIRES[seed % 2]
    wallet = own.wallet()
    short = {"timeout_before": 20, "timeout_after": 20, "restart": 30, "halt": 50,
             "too_many_requests": 1, "index_lag": 2, "stale_reads": 2}
    faults = ["answer_lost", "answer_cut", "server_error", "html", "not_found", "congestion",
              "gas_coin_taken", *short]
    rules = [{"fault": fault, "probability": 0.02, **({"amount": short[fault]}
              if fault in short else {})} for fault in faults]
    trouble = (*LOST, ValueError, Refused, Failed, httpx.ReadTimeout, KeyError, AssertionError)
    sent: set[str] = set()
    heard: set[str] = set()

    def pay() -> None:
        try:
            signed = own.payment(wallet)
            sent.add(signed.digest)
            for _ in range(3):  # The same bytes, as often as wanted.
                try:
                    heard.add(own.execute(signed, wire, timeout=0.3))
                    return
                except (*LOST, ValueError, httpx.ReadTimeout):
                    continue
        except trouble:
            pass

    def enough() -> bool:
        pay()
        return len(heard) >= 20 and len(sent) > len(heard)
    own.fail(*rules, seed=seed)
    until(enough, within=40, what="payments that were struck, and twenty that were not", every=0)
    own.fail()

    dump = own.control("dump")
    digests = [one["digest"] for one in dump["transactions"]]
    assert len(digests) == len(set(digests)) and heard <= set(digests)
    total = sum(int(one["totalBalance"]) for one in dump["balances"]
                if one["owner"] == wallet.address)
    costs = [one["effects"]["gasUsed"] for one in dump["transactions"]]
    burnt = sum(int(cost["computationCost"]) + int(cost["storageCost"])
                - int(cost["storageRebate"]) for cost in costs)
    assert total == 10_000_000_000 - burnt, "only gas was spent, and all of it was told"


def test_the_same_seed_strikes_the_same_requests(node: SimulatedNode) -> None:
    def struck(seed: int) -> list[bool]:
        node.fail({"fault": "html", "probability": 0.5, "method": "sui_getChainIdentifier"},
                  seed=seed)
        question = {"jsonrpc": "2.0", "id": 1, "method": "sui_getChainIdentifier", "params": []}
        return [node.post("/", question).headers["content-type"] == "text/html"
                for _ in range(40)]
    assert struck(1) == struck(1) != struck(2)
