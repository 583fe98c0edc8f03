"""Charges and refunds as services ask for them: once each, or refused with the figures."""

import secrets
import threading

import psycopg
import pytest

from support.client import Answer, new_customer
from support.gateway import Fleet, Gateway
from support.load import at_once
from support.rows import rows
from support.service import Service, add_service, deposit, funded_customer, open_account
from support.waiting import until

MEMBERS = {
    "chargeId", "state", "customerId", "accountId", "amountMicroUsdc", "description", "invoiceId",
    "service", "overdue", "seq", "digest", "checkpoint", "attempts", "lastError", "abandonReason",
    "supersededBy", "declineReason", "plannedAt", "signedAt", "endedAt"}


@pytest.fixture(scope="module")
def service(shared_fleet: Fleet) -> Service:
    return add_service(shared_fleet)


@pytest.fixture
def customer(gateway: Gateway, shared_fleet: Fleet) -> int:
    """Somebody with 10 USDC."""
    return funded_customer(gateway, shared_fleet, 10_000_000)


def charges_of(fleet: Fleet, customer: int) -> int:
    return rows(fleet, "SELECT count(*) FROM charges WHERE customer_id = %s", customer)[0][0]


def held(fleet: Fleet, customer: int) -> int:
    return rows(
        fleet, "SELECT held_micro_usdc FROM escrow_accounts JOIN customers "
        "ON wallet_address = owner WHERE customer_id = %s", customer)[0][0]


def settle(fleet: Fleet, charge: str) -> None:
    """Writes what signing and the follower write when the charge settles."""
    with psycopg.connect(fleet.database_url) as connection:
        connection.execute(
            "UPDATE charges SET state = 'signed', sequence = (SELECT sequence + 1 FROM "
            "escrow_accounts AS a WHERE a.account_id = charges.account_id), "
            "transaction_digest = %s, attempts = 1, signed_at = now() WHERE charge_id = %s",
            (secrets.token_bytes(32), charge))
        connection.execute(
            "UPDATE charges SET state = 'settled', outcome_digest = transaction_digest, "
            "outcome_event_seq = 0, outcome_sequence = sequence, outcome_checkpoint = 7, "
            "ended_at = now() WHERE charge_id = %s", (charge,))
        connection.execute(
            "UPDATE escrow_accounts AS a SET held_micro_usdc = held_micro_usdc - amount_micro_usdc,"
            " balance_micro_usdc = balance_micro_usdc - amount_micro_usdc, sequence = c.sequence"
            " FROM charges AS c WHERE c.charge_id = %s AND a.account_id = c.account_id", (charge,))


def test_a_charge_is_planned_and_found(
    gateway: Gateway, service: Service, customer: int, shared_fleet: Fleet
) -> None:
    planned = service.charge(gateway, customer, 1_500_000, invoice="i-found").expect(202).body
    assert set(planned) == MEMBERS
    assert planned["state"] == "planned" and planned["overdue"] is False
    assert planned["amountMicroUsdc"] == "1500000" and planned["customerId"] == customer

    found = service.get(gateway, "/v1/charges/" + planned["chargeId"]).expect(200).body
    assert found == planned
    assert held(shared_fleet, customer) == 1_500_000


@pytest.mark.parametrize("amount", [
    1500000, 1.5, "", "0", "00", "01", "-1", "+1", "1.0", "1e6", "0x10", " 1", "1 ", "1_000", "１",
    "9223372036854775808", "99999999999999999999", None, True, [], {}, ["1"],
])
def test_every_other_amount_is_refused_and_nothing_is_written(
    gateway: Gateway, service: Service, customer: int, shared_fleet: Fleet, amount: object
) -> None:
    body = {"customerId": customer, "amountMicroUsdc": amount, "description": "use"}
    answer = service.post(gateway, "/v1/charges", body).expect(400, "amount_invalid")
    assert answer.body["member"] == "amountMicroUsdc"
    assert charges_of(shared_fleet, customer) == 0


@pytest.mark.parametrize("change", [
    {"customerId": None}, {"customerId": "1"}, {"customerId": 0}, {"customerId": 2**32},
    {"description": None}, {"description": ""}, {"description": "a" * 501},
    {"description": "a\nb"}, {"invoiceId": ""}, {"invoiceId": "a b"}, {"invoiceId": "a" * 129},
    {"invoiceId": 7}, {"more": 1}, {"amountMicrousdc": "1"},
])
def test_every_other_body_is_refused(
    gateway: Gateway, service: Service, customer: int, shared_fleet: Fleet, change: dict
) -> None:
    body = {"customerId": customer, "amountMicroUsdc": "1", "description": "use", **change}
    service.post(gateway, "/v1/charges", body).expect(400, "body_invalid")
    assert charges_of(shared_fleet, customer) == 0


def test_a_charge_needs_a_key_of_its_own(
    gateway: Gateway, service: Service, customer: int
) -> None:
    service.charge(gateway, customer, 1, key=None).expect(400, "idempotency_key_missing")
    service.charge(gateway, customer, 1, key="a b").expect(400, "idempotency_key_invalid")
    service.charge(gateway, customer, 1, key="a" * 256).expect(400, "idempotency_key_invalid")


def test_the_same_key_gives_the_same_charge_a_year_later(
    pair: tuple[Gateway, Gateway], service: Service, customer: int, shared_fleet: Fleet
) -> None:
    key = secrets.token_hex(8)
    first = service.charge(pair[0], customer, 100, key=key).expect(202)
    again = service.charge(pair[1], customer, 100, key=key).expect(202)
    assert again.response.content == first.response.content
    service.charge(pair[1], customer, 101, key=key).expect(422, "idempotency_key_reused")

    with psycopg.connect(shared_fleet.database_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE idempotency_keys SET created_at = created_at - interval '366 days', "
            "answer_status = NULL, answer_fields = NULL, answer_body = NULL WHERE key = %s", (key,))
    settle(shared_fleet, first.body["chargeId"])
    later = service.charge(pair[0], customer, 100, key=key).expect(202).body
    assert later["chargeId"] == first.body["chargeId"] and later["state"] == "settled"
    assert charges_of(shared_fleet, customer) == 1


def test_a_refusal_binds_nothing_so_a_retry_after_a_deposit_works(
    gateway: Gateway, service: Service, shared_fleet: Fleet
) -> None:
    customer = new_customer(gateway)
    key = secrets.token_hex(8)
    service.charge(gateway, customer, 500, key=key).expect(409, "escrow_account_missing")
    account = open_account(shared_fleet, customer, 200)
    answer = service.charge(gateway, customer, 500, key=key).expect(402, "insufficient_balance")
    assert answer.body["currentBalanceMicroUsdc"] == "200"
    assert answer.body["estimatedCostMicroUsdc"] == "500"
    assert answer.body["requiredDepositMicroUsdc"] == "300"
    assert charges_of(shared_fleet, customer) == held(shared_fleet, customer) == 0
    deposit(shared_fleet, account, 300)
    first = service.charge(gateway, customer, 500, key=key).expect(202).body
    assert service.charge(gateway, customer, 500, key=key).expect(202).body == first


def test_the_spending_limit_is_told_with_its_figures(
    gateway: Gateway, service: Service, shared_fleet: Fleet
) -> None:
    customer = new_customer(gateway)
    open_account(shared_fleet, customer, 10_000, limit=1000)
    service.charge(gateway, customer, 900).expect(202)
    body = service.charge(gateway, customer, 101).expect(402, "monthly_limit_exceeded").body
    assert body["limitMicroUsdc"] == "1000" and body["chargedMicroUsdc"] == "900"
    assert body["remainingMicroUsdc"] == "100" and body["estimatedCostMicroUsdc"] == "101"
    assert body["resetsAt"].endswith("Z")
    service.charge(gateway, customer, 100).expect(202)


def test_unknown_customers_and_frozen_accounts(
    gateway: Gateway, service: Service, customer: int, shared_fleet: Fleet
) -> None:
    service.charge(gateway, 4_294_967_295, 1).expect(404, "customer_unknown")
    with psycopg.connect(shared_fleet.database_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE escrow_accounts SET frozen_for = 'balance', frozen_at = now() FROM customers "
            "WHERE wallet_address = owner AND customer_id = %s", (customer,))
    service.charge(gateway, customer, 1).expect(409, "account_frozen")
    assert charges_of(shared_fleet, customer) == 0


def test_an_invoice_has_one_charge_whoever_asks_at_whichever_gateway(
    pair: tuple[Gateway, Gateway], service: Service, customer: int, shared_fleet: Fleet
) -> None:
    other = add_service(shared_fleet)
    answers = at_once([
        lambda index=index: (service, other)[index % 2].charge(
            pair[index // 2 % 2], customer, 10, invoice="i-once")
        for index in range(12)])
    assert all(isinstance(answer, Answer) for answer in answers), answers
    made = [answer for answer in answers if answer.status == 202]
    assert len(made) == 1
    for answer in answers:
        if answer.status != 202:
            answer.expect(409, "invoice_already_charged")
            assert answer.body.get("chargeId") in (made[0].body["chargeId"], None)
    assert charges_of(shared_fleet, customer) == 1


def test_of_fifty_charges_at_once_on_a_balance_for_ten_ten_are_planned(
    pair: tuple[Gateway, Gateway], service: Service, shared_fleet: Fleet
) -> None:
    customer = funded_customer(pair[0], shared_fleet, 100)
    answers = at_once([
        lambda index=index: service.charge(pair[index % 2], customer, 10) for index in range(50)])
    assert [answer.status for answer in answers].count(202) == 10
    assert [answer.status for answer in answers].count(402) == 40
    assert held(shared_fleet, customer) == 100


def test_many_requests_with_one_key_make_one_charge(
    pair: tuple[Gateway, Gateway], service: Service, customer: int, shared_fleet: Fleet
) -> None:
    key = secrets.token_hex(8)
    answers = at_once([
        lambda index=index: service.charge(pair[index % 2], customer, 10, key=key)
        for index in range(20)])
    ids = {answer.body["chargeId"] for answer in answers if answer.status == 202}
    assert len(ids) == 1
    for answer in answers:
        if answer.status != 202:
            answer.expect(409, "idempotency_key_in_flight")
    assert charges_of(shared_fleet, customer) == 1


def test_a_gateway_killed_in_the_middle_leaves_whole_charges_only(fleet: Fleet) -> None:
    victim, other = fleet.start(), fleet.start()
    service = add_service(fleet)
    customer = funded_customer(other, fleet, 1_000_000)
    keys: list[str] = []
    enough = threading.Event()

    def ask() -> None:
        try:
            while True:
                keys.append(secrets.token_hex(8))
                service.charge(victim, customer, 10, key=keys[-1])
                if len(keys) > 20:
                    enough.set()
        except Exception:
            enough.set()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert enough.wait(20)
    victim.kill()
    for thread in threads:
        thread.join(20)

    def is_charged(key: str) -> bool:
        answer = service.charge(other, customer, 10, key=key)
        # The database still works on what the dead gateway has asked for.
        return answer.status == 202 or not answer.expect(409, "idempotency_key_in_flight")

    for key in keys:
        until(lambda key=key: is_charged(key), within=30, what="the charge is planned")
    assert charges_of(fleet, customer) == len(keys)
    assert held(fleet, customer) == 10 * len(keys)


def test_lists_are_filtered_and_go_on_where_they_ended(
    gateway: Gateway, service: Service, customer: int, shared_fleet: Fleet
) -> None:
    ids = [service.charge(gateway, customer, 10).expect(202).body["chargeId"] for _ in range(5)]
    settle(shared_fleet, ids[0])
    seen, cursor = [], ""
    while True:
        page = service.get(
            gateway, f"/v1/charges?customerId={customer}&limit=2{cursor}").expect(200).body
        seen += [item["chargeId"] for item in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = "&cursor=" + page["nextCursor"]
    assert seen == ids[::-1]
    settled = service.get(gateway, f"/v1/charges?customerId={customer}&state=settled").body
    assert [item["chargeId"] for item in settled["items"]] == [ids[0]]
    item = settled["items"][0]
    assert item["seq"] == 1 and item["checkpoint"] == 7 and item["digest"] and item["endedAt"]


@pytest.mark.parametrize("query", [
    "state=lost", "state=", "customerId=0", "customerId=x", "limit=0", "limit=201", "cursor=x",
    "state=settled&state=planned"])
def test_other_filters_are_refused(gateway: Gateway, service: Service, query: str) -> None:
    service.get(gateway, "/v1/charges?" + query).expect(400, "parameter_invalid")


def test_what_nobody_planned_is_not_found(
    gateway: Gateway, service: Service, customer: int
) -> None:
    unknown = "00000000-0000-7000-8000-000000000000"
    service.get(gateway, "/v1/charges/" + unknown).expect(404, "charge_unknown")
    service.get(gateway, "/v1/refunds/" + unknown).expect(404, "refund_unknown")
    service.get(gateway, "/v1/charges/x").expect(400, "parameter_invalid")
    charge = service.charge(gateway, customer, 1).body["chargeId"]
    service.get(gateway, "/v1/refunds/" + charge).expect(404, "refund_unknown")


def refund(
    gateway: Gateway, service: Service, charge: str, amount: object, **options: object
) -> Answer:
    body = {"chargeId": charge, "amountMicroUsdc": amount, "reason": "outage"}
    return service.post(gateway, "/v1/refunds", body, **options)


def test_refunds_are_never_more_than_the_charge(
    pair: tuple[Gateway, Gateway], service: Service, customer: int, shared_fleet: Fleet
) -> None:
    gateway = pair[0]
    charge = service.charge(gateway, customer, 100).body["chargeId"]
    refund(gateway, service, charge, "1").expect(409, "charge_not_settled")
    settle(shared_fleet, charge)
    body = refund(gateway, service, charge, "101").expect(422, "refund_exceeds_charge").body
    assert body["remainingMicroUsdc"] == "100"
    made = refund(gateway, service, charge, "60", key="r-" + charge).expect(202).body
    assert made["chargeId"] == charge and made["state"] == "planned"
    again = refund(pair[1], service, charge, "60", key="r-" + charge).expect(202).body
    assert again == made
    assert service.get(gateway, "/v1/refunds/" + made["refundId"]).expect(200).body == made
    answers = at_once([
        lambda index=index: refund(pair[index % 2], service, charge, "30") for index in range(6)])
    assert [answer.status for answer in answers].count(202) == 1
    left = refund(gateway, service, charge, "11").expect(422, "refund_exceeds_charge").body
    assert left["remainingMicroUsdc"] == "10"


@pytest.mark.parametrize("amount", [1, "0", "-1", "01", "", None, "9223372036854775808"])
def test_other_refunds_are_refused(
    gateway: Gateway, service: Service, customer: int, amount: object
) -> None:
    charge = service.charge(gateway, customer, 100).body["chargeId"]
    refund(gateway, service, charge, amount).expect(400, "amount_invalid")
    refund(gateway, service, "00000000-0000-7000-8000-000000000000", "1").expect(
        404, "charge_unknown")
    refund(gateway, service, charge, "1", key=None).expect(400, "idempotency_key_missing")
