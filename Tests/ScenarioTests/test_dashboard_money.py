"""What operators do about money at the dashboard: on chain in the end, and once, also where the
manager is killed in between."""

import json
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from support.binary import run
from support.charging import Escrow
from support.fixtures import shared_escrow as escrow  # noqa: F401
from support.gateway import empty_env_file
from support.manager import Manager
from support.waiting import until

LIMIT = 10_000
CREDITS = "SELECT count(*), sum(amount_micro_usdc)::bigint FROM billing_credits WHERE reason = %s"


@pytest.fixture
def manager(escrow: Escrow) -> Iterator[Manager]:
    manager = escrow.manager(SLUICE_APPROVAL_ABOVE=str(LIMIT))
    yield manager
    manager.kill()


@pytest.fixture(scope="module")
def people(escrow: Escrow) -> dict[str, str]:
    """Operators with their secrets."""
    def add(name: str) -> str:
        done = run("keys", "operator", "add", "--name", name, "--json", "--env-file",
                   str(empty_env_file(escrow.directory)), environment=escrow.environment("graphql"))
        return json.loads(done.stdout)["secret"]
    return {name: add(name) for name in ("alice", "bob")}


def act(manager: Manager, secret: str, action: str, **fields: str) -> tuple[int, dict]:
    """Once the manager listens."""
    def answer() -> httpx.Response | None:
        try:
            return httpx.post(
                f"http://127.0.0.1:{manager.port}/actions/{action}", timeout=30,
                headers={"Authorization": f"Bearer {secret}", "Accept": "application/json"},
                data={**fields, "confirm": "yes"})
        except httpx.ConnectError:
            return None
    found = until(answer, within=20, what="the manager answers", every=0.1)
    return found.status_code, found.json()


def waiting(escrow: Escrow) -> str:
    return str(escrow.value("SELECT approval_id FROM approvals ORDER BY asked_at DESC LIMIT 1"))


def test_a_refund_that_a_second_operator_approves_settles_once(
    escrow: Escrow, manager: Manager, people: dict[str, str]
) -> None:
    account = escrow.open(1_000_000)
    escrow.known([account])
    charge = escrow.charge(account, 300_000)
    until(lambda: escrow.states([charge]) == {"settled"}, within=30, what="the charge settles")
    fields = {"charge": charge, "amount": "200000", "reason": "late"}
    assert act(manager, people["alice"], "refund", **fields)[0] == 202
    assert escrow.value("SELECT count(*) FROM charges WHERE kind = 'refund'") == 0
    request = waiting(escrow)
    assert act(manager, people["alice"], "approve", approval=request)[1]["code"] == "same_person"
    assert act(manager, people["bob"], "approve", approval=request)[0] == 200
    until(lambda: escrow.ask("SELECT state, amount_micro_usdc FROM charges WHERE kind = 'refund'")
          == [("settled", 200_000)], within=30, what="the refund settles")
    until(lambda: escrow.balance(account) == 900_000, within=10, what="it is back")
    assert act(manager, people["bob"], "approve", approval=request)[1]["code"] == "not_waiting"
    fields["amount"] = "100001"
    assert act(manager, people["bob"], "refund", **fields)[0] == 202
    status, told = act(manager, people["alice"], "approve", approval=waiting(escrow))
    assert (status, told["code"]) == (409, "refund_exceeds_charge")
    assert escrow.value("SELECT count(*) FROM charges WHERE kind = 'refund'") == 1


def test_a_live_charge_that_is_retried_is_sent_again_and_never_signed_anew(
    escrow: Escrow, manager: Manager, people: dict[str, str]
) -> None:
    account = escrow.open(1_000_000)
    escrow.known([account])
    escrow.has_lanes()
    escrow.node.fail({"fault": "server_error", "method": "execute", "probability": 1})
    charge = escrow.charge(account, 50_000)
    until(lambda: escrow.states([charge]) == {"signed"}, within=20, what="it is signed")

    def bytes_of_it() -> list[tuple]:
        return escrow.ask(
            "SELECT digest, bytes, signature FROM charge_batches"
            " JOIN charge_attempts USING (digest) WHERE charge_id = %s", charge)
    before = bytes_of_it()
    assert len(before) == 1
    for _ in range(3):
        assert act(manager, people["alice"], "retry-charge", charge=charge)[0] == 200
        until(lambda: not escrow.value("SELECT count(*) FROM charge_retries"), within=10,
              what="the engine has heard it")
    assert bytes_of_it() == before and escrow.states([charge]) == {"signed"}
    escrow.node.fail()
    until(lambda: escrow.states([charge]) == {"settled"}, within=30, what="it settles")
    assert bytes_of_it() == before
    until(lambda: escrow.balance(account) == 950_000, within=10, what="it was charged once")
    status, told = act(manager, people["alice"], "retry-charge", charge=charge)
    assert (status, told["code"]) == (409, "not_under_way")


@pytest.mark.parametrize("is_above", [True, False], ids=["above", "below"])
@pytest.mark.parametrize("is_done", [True, False], ids=["done", "not_done"])
def test_killed_between_decision_and_deed_it_is_done_once_when_asked_again(
    escrow: Escrow, manager: Manager, people: dict[str, str], is_above: bool, is_done: bool
) -> None:
    customer = escrow.open(1).customer
    # Both that are below come to the limit, which one operator may move alone in a day.
    amount, reason = LIMIT + 1 if is_above else LIMIT // 2, secrets.token_hex(8)
    deed = {"customer": str(customer), "amount": str(amount), "reason": reason}
    last = ("alice", "grant-credit", deed)
    if is_above:
        assert act(manager, people["alice"], "grant-credit", **deed)[0] == 202
        last = ("bob", "approve", {"approval": waiting(escrow)})
    with (escrow.cluster.connect(escrow.database) as granting,
          escrow.cluster.connect(escrow.database) as ending, ThreadPoolExecutor(1) as pool):
        granting.execute("BEGIN; LOCK TABLE billing_credits IN SHARE MODE")
        asked = pool.submit(act, manager, people[last[0]], last[1], **last[2])
        blocked(escrow, "INSERT INTO billing_credits")
        if is_done:
            ending.execute("BEGIN; LOCK TABLE approvals IN SHARE MODE")
            granting.execute("COMMIT")
            blocked(escrow, "UPDATE approvals")
        manager.kill()
        assert isinstance(asked.exception(timeout=30), httpx.HTTPError)
    until(lambda: not escrow.value("SELECT count(*) FROM pg_stat_activity WHERE"
                                   " application_name = 'sluice manager' AND state = 'active'"),
          within=10, what="its statements have ended")
    assert escrow.ask(CREDITS, reason) == [(1, amount) if is_done else (0, None)]

    manager.start()
    request = waiting(escrow)
    [listed] = [row for row in listing(manager, people["alice"]) if row["id"] == request]
    assert listed["state"] == "unfinished"
    assert act(manager, people["bob"], "approve", approval=request)[0] == 200
    assert act(manager, people["bob"], "approve", approval=request)[1]["code"] == "not_waiting"
    assert escrow.ask(CREDITS, reason) == [(1, amount)]
    assert escrow.value("SELECT count(*) FROM audit_log WHERE action = 'credit_granted'"
                        " AND details->'of'->>'reason' = %s", reason) == 1


def blocked(escrow: Escrow, statement: str) -> None:
    until(lambda: escrow.value(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        " AND query LIKE %s", f"%{statement}%"), within=20, what=f"{statement} waits")


def listing(manager: Manager, secret: str) -> list[dict]:
    def answer() -> list[dict] | None:
        try:
            return httpx.get(
                f"http://127.0.0.1:{manager.port}/approvals", timeout=10,
                headers={"Authorization": f"Bearer {secret}", "Accept": "application/json"},
            ).json()["open"]["rows"]
        except httpx.ConnectError:
            return None
    return until(answer, within=20, what="the manager answers", every=0.1)
