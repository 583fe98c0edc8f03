"""Many at once on one account, one invoice, one key: each moves money once or not at all."""

import random
import secrets
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Semaphore

import pytest

from support.chain import Chain
from support.charged_chain import Account
from support.charging import Escrow
from support.client import Answer
from support.cluster import Cluster
from support.invariants import check
from support.load import at_once
from support.waiting import until

AMOUNT = 100_000


@pytest.fixture(scope="module", params=["graphql", "json-rpc"])
def escrow(
    request: pytest.FixtureRequest, cluster: Cluster, template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Escrow]:
    escrow = Escrow(tmp_path_factory.mktemp("escrow"), cluster, template)
    escrow.manager(request.param)
    yield escrow
    escrow.close()


def opened(escrow: Escrow, balance: int) -> Account:
    account = escrow.open(balance)
    escrow.known([account])
    return account


def asked(
    escrow: Escrow, account: Account, amount: int = AMOUNT, key: str | None = None,
    invoice: str | None = None,
) -> Answer:
    return escrow.ask_charge(account, amount, key or secrets.token_hex(8), invoice)


def ended(escrow: Escrow, account: Account) -> Counter:
    """How many charges have which state, once all have ended and everything fits."""
    until(lambda: not escrow.unresolved([account]), within=30, what="all charges have ended")
    check(escrow, [account])
    return Counter(dict(escrow.ask(
        "SELECT state, count(*) FROM charges WHERE account_id = %s GROUP BY state", account.raw)))


def test_fifty_charges_on_a_balance_for_ten(escrow: Escrow) -> None:
    account = opened(escrow, 10 * AMOUNT)
    answers = at_once([lambda: asked(escrow, account)] * 50)
    assert Counter(answer.status for answer in answers) == {202: 10, 402: 40}
    assert ended(escrow, account) == {"settled": 10}
    balances = [int(event["balance_after"]) for event in Chain.read(escrow).events
                if event["account"] == account.identifier and "balance_after" in event]
    assert min(balances) == balances[-1] == 0


def against_a_withdrawal(escrow: Escrow, place: int) -> Counter:
    """Ten charges for all there is, asked for at once, and half of it withdrawn when `place` of
    them have been answered: what became of those that the withdrawal met."""
    account = opened(escrow, 10 * AMOUNT)
    answered = Semaphore(0)

    def charge() -> int:
        try:
            return asked(escrow, account).status
        finally:
            answered.release()

    def withdraw() -> bool:
        for _ in range(place):
            assert answered.acquire(timeout=20)
        return escrow.withdraw(account, 5 * AMOUNT)

    *statuses, is_withdrawn = at_once([*[charge] * 10, withdraw])
    assert isinstance(is_withdrawn, bool) and set(statuses) <= {202, 402}, (statuses, is_withdrawn)
    states = ended(escrow, account)
    assert states["settled"] + states["declined"] == statuses.count(202)
    left = 5 if is_withdrawn else 10
    assert states["settled"] <= left if is_withdrawn else states["settled"] == 10
    balance = int(Chain.read(escrow).accounts[account.raw]["balance"])
    assert balance == (left - states["settled"]) * AMOUNT
    return Counter({
        "settled beside it": states["settled"] if is_withdrawn else 0,
        "declined or refused": states["declined"] + statuses.count(402)})


def test_charges_against_a_withdrawal(escrow: Escrow) -> None:
    """Whichever comes first, the other gets what is left; both ends are seen in a few tries."""
    met: Counter = Counter()
    for place in random.sample(range(10), 3):
        met += against_a_withdrawal(escrow, place)
    assert met["settled beside it"] and met["declined or refused"], met


def test_one_invoice_asked_for_at_once_is_charged_once(escrow: Escrow) -> None:
    account = opened(escrow, 10 * AMOUNT)
    invoice = secrets.token_hex(8)
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(
            lambda _: asked(escrow, account, invoice=invoice), range(2)))
    assert sorted(answer.status for answer in answers) == [202, 409]
    [refused] = [answer for answer in answers if answer.status == 409]
    assert refused.code == "invoice_already_charged"
    assert ended(escrow, account) == {"settled": 1}
    asked(escrow, account, invoice=invoice).expect(409, "invoice_already_charged")


def test_the_same_key_a_year_later_is_the_same_charge(escrow: Escrow) -> None:
    account = opened(escrow, 10 * AMOUNT)
    key = secrets.token_hex(8)
    first = asked(escrow, account, key=key).expect(202).body["chargeId"]
    assert ended(escrow, account) == {"settled": 1}
    # What a year does: the answer is forgotten, and what was made is not.
    escrow.rows.execute(
        "UPDATE idempotency_keys SET created_at = created_at - interval '1 year', "
        "answer_status = NULL, answer_fields = NULL, answer_body = NULL WHERE key = %s", (key,))
    again = asked(escrow, account, key=key).expect(202).body
    assert again["chargeId"] == first and again["state"] == "settled"
    asked(escrow, account, amount=2 * AMOUNT, key=key).expect(422, "idempotency_key_reused")
    assert ended(escrow, account) == {"settled": 1}


def test_refused_for_want_of_money_and_asked_again_after_a_deposit(escrow: Escrow) -> None:
    account = opened(escrow, AMOUNT // 2)
    key = secrets.token_hex(8)
    asked(escrow, account, key=key).expect(402, "insufficient_balance")
    assert escrow.deposit(account, AMOUNT)
    until(lambda: escrow.balance(account) == AMOUNT // 2 + AMOUNT, within=10, what="it is booked")
    asked(escrow, account, key=key).expect(202)
    asked(escrow, account, key=key).expect(202)
    assert ended(escrow, account) == {"settled": 1}
