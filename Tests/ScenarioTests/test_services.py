"""Services and API keys over HTTP: chosen, charged, enabled, refused with the figures, revoked."""

import secrets
from datetime import datetime, timezone
from calendar import monthrange

import pytest

from support.client import Answer, Browser
from support.gateway import Fleet, Gateway
from support.load import at_once
from support.rows import rows
from support.service import deposit, load_prices
from support.subscriber import Subscriber

STARTER = 20_000_000
PRO = 40_000_000


@pytest.fixture(autouse=True)
def prices(gateway: Gateway, shared_fleet: Fleet) -> None:
    load_prices(shared_fleet)


@pytest.fixture
def customer(gateway: Gateway, shared_fleet: Fleet) -> Subscriber:
    return Subscriber(gateway, shared_fleet, 100_000_000)


def rest_of_month(monthly: int) -> int:
    """What the days from today on cost: the whole, less those before, rounded down."""
    now = datetime.now(timezone.utc)
    days = monthrange(now.year, now.month)[1]
    return monthly - monthly * (now.day - 1) // days


def traces(fleet: Fleet, customer: int) -> list[tuple]:
    """All that a change could have written of a customer's."""
    return [
        rows(fleet, f"SELECT t::text FROM {table} AS t WHERE customer_id = %s ORDER BY 1", customer)
        for table in ("service_instances", "service_tier_periods", "billing_records", "charges",
                      "billing_accounts", "api_keys", "audit_log")
    ] + [rows(fleet, "SELECT k::text FROM idempotency_keys AS k WHERE caller = %s ORDER BY 1",
              f"customer/{customer}")]


def test_the_catalogue_is_public_and_known_by_its_tag(gateway: Gateway) -> None:
    anybody = Browser(gateway, origin=None)
    first = anybody.get("/v1/services/catalog").expect(200)
    again = anybody.get("/v1/services/catalog", headers={"If-None-Match": first.headers["etag"]})
    assert again.status == 304 and not again.response.content
    seal = first.body["services"][0]
    assert [tier["tier"] for tier in seal["tiers"]] == ["starter", "pro", "enterprise"]
    assert seal["tiers"][0]["terms"]["monthlyMicroUsdc"] == str(STARTER)


def test_what_is_enabled_is_charged_for_the_rest_of_the_month(
    customer: Subscriber, shared_fleet: Fleet
) -> None:
    assert customer.browser.get("/v1/services/seal").expect(200).body["state"] == "not_provisioned"
    quote = customer.browser.post(
        "/v1/services/seal/quote", json={"tier": "starter"}).expect(200).body
    assert quote["allowed"] and quote["monthlyMicroUsdc"] == str(STARTER)
    assert int(quote["chargeNowMicroUsdc"]) == rest_of_month(STARTER)
    assert customer.choose("starter").expect(200).body["effect"] == "stored"
    enabled = customer.enable().expect(200).body
    assert enabled["service"]["state"] == "enabled"
    assert enabled["chargeNowMicroUsdc"] == quote["chargeNowMicroUsdc"]
    assert rows(
        shared_fleet, "SELECT c.amount_micro_usdc, c.state, c.invoice_id, r.state "
        "FROM charges AS c JOIN billing_records AS r ON r.invoice_id::text = c.invoice_id "
        "WHERE c.customer_id = %s", customer.number
    ) == [(rest_of_month(STARTER), "planned", enabled["invoiceId"], "charging")]
    upgraded = customer.choose("pro").expect(200).body
    assert upgraded["effect"] == "immediate"
    assert int(upgraded["chargeNowMicroUsdc"]) == rest_of_month(PRO) - rest_of_month(STARTER)
    assert customer.choose("starter").expect(200).body["effect"] == "scheduled"
    listed = customer.browser.get("/v1/services").expect(200).body["items"]
    assert [(one["type"], one["state"]) for one in listed] == [
        ("graphql", "not_provisioned"), ("grpc", "not_provisioned"), ("seal", "enabled")]


def test_many_at_once_are_charged_once(customer: Subscriber, shared_fleet: Fleet) -> None:
    customer.choose("starter").expect(200)
    cookies = dict(customer.browser.cookies)

    def ask(number: int) -> Answer:
        return Browser(customer.browser.base).send(
            "POST", "/v1/services/seal/enable", cookies=cookies,
            headers={"Idempotency-Key": "same" if number % 2 else secrets.token_hex(8)})

    answers = at_once([lambda number=number: ask(number) for number in range(16)])
    assert {answer.status for answer in answers} <= {200, 409}
    charged = [a.body["chargeId"] for a in answers if a.status == 200 and a.body["chargeId"]]
    assert len(set(charged)) == 1
    assert rows(
        shared_fleet, "SELECT count(*) FROM charges WHERE customer_id = %s", customer.number
    ) == [(1,)]
    first, again = (customer.enable("same").expect(200) for _ in range(2))
    assert first.response.content == again.response.content


def test_what_cannot_be_paid_is_refused_with_its_figures_and_writes_nothing(
    gateway: Gateway, shared_fleet: Fleet
) -> None:
    cost = rest_of_month(STARTER)
    poor = Subscriber(gateway, shared_fleet, cost - 1)
    poor.choose("starter").expect(200)
    before = traces(shared_fleet, poor.number)
    refused = poor.enable("k").expect(402, "insufficient_balance").body
    assert (refused["currentBalanceMicroUsdc"], refused["estimatedCostMicroUsdc"],
            refused["requiredDepositMicroUsdc"]) == (str(cost - 1), str(cost), "1")
    quote = poor.browser.post("/v1/services/seal/quote", json={"tier": "starter"}).expect(200).body
    assert not quote["allowed"] and quote["error"]["code"] == "insufficient_balance"
    assert traces(shared_fleet, poor.number) == before
    deposit(shared_fleet, poor.account, 1)
    poor.enable("k").expect(200)

    limited = Subscriber(gateway, shared_fleet, 100_000_000, limit=cost - 1)
    limited.choose("starter").expect(200)
    before = traces(shared_fleet, limited.number)
    refused = limited.enable().expect(402, "monthly_limit_exceeded").body
    assert (refused["limitMicroUsdc"], refused["chargedMicroUsdc"],
            refused["estimatedCostMicroUsdc"], refused["remainingMicroUsdc"]) == (
        str(cost - 1), "0", str(cost), str(cost - 1))
    assert traces(shared_fleet, limited.number) == before


@pytest.mark.parametrize("body, code, status", [
    ({"tier": "enterprise"}, "configuration_refused", 422),
    ({"tier": "starter", "options": {"burst": True}}, "configuration_refused", 422),
    ({"tier": "pro", "options": {"apiKeys": 101}}, "configuration_refused", 422),
    ({"tier": "pro", "options": {"apiKeys": 1001}}, "body_invalid", 400),
    ({"tier": "pro", "seats": 3}, "body_invalid", 400),
    ({"tier": "gold"}, "body_invalid", 400),
    ({}, "body_invalid", 400),
])
def test_what_is_not_sold_cannot_be_chosen(
    customer: Subscriber, shared_fleet: Fleet, body: dict, code: str, status: int
) -> None:
    before = traces(shared_fleet, customer.number)
    customer.change("PUT", "/v1/services/seal", body).expect(status, code)
    assert traces(shared_fleet, customer.number) == before


def test_a_request_that_charges_needs_a_key_and_has_one_body(customer: Subscriber) -> None:
    customer.browser.send("PUT", "/v1/services/seal", json={"tier": "pro"}).expect(
        400, "idempotency_key_missing")
    customer.browser.post("/v1/services/seal/enable").expect(400, "idempotency_key_missing")
    customer.enable().expect(409, "service_not_configured")
    customer.choose("starter", "once").expect(200)
    customer.choose("pro", "once").expect(422, "idempotency_key_reused")
    customer.change("PUT", "/v1/services/grpc", {"tier": "pro"}).expect(
        422, "configuration_refused")


def test_keys_are_made_within_the_slots_and_their_secret_is_told_to_the_maker_alone(
    customer: Subscriber, shared_fleet: Fleet
) -> None:
    customer.browser.post("/v1/services/seal/api-keys", json={}).expect(
        409, "service_not_configured")
    customer.choose("starter").expect(200)
    made = customer.make_key(name="first")
    assert made["key"].startswith(made["hint"]) and len(made["key"]) == 44
    customer.browser.post("/v1/services/seal/api-keys", json={}).expect(409, "api_key_slots_taken")
    listed = customer.browser.get("/v1/services/seal/api-keys").expect(200)
    assert [item["apiKeyId"] for item in listed.body["items"]] == [made["apiKeyId"]]
    assert made["key"] not in listed.response.text
    stored = rows(shared_fleet, "SELECT k::text FROM api_keys AS k WHERE customer_id = %s",
                  customer.number)
    assert made["key"][12:] not in str(stored)
    customer.choose("pro", apiKeys=2).expect(200)
    customer.make_key()
    customer.choose("pro").expect(409, "api_keys_in_use")


def test_a_key_is_revoked_taken_back_rotated_and_deleted(
    customer: Subscriber, shared_fleet: Fleet
) -> None:
    customer.choose("starter").expect(200)
    key = customer.make_key()["apiKeyId"]
    post = customer.browser.post
    revoked = post(f"/v1/api-keys/{key}/revoke?wait=1").expect(200).body
    assert revoked["apiKey"]["state"] == "revoked"
    post(f"/v1/api-keys/{key}/rotate").expect(409, "api_key_not_active")
    assert post(f"/v1/api-keys/{key}/enable").expect(200).body["state"] == "active"
    rotated = post(f"/v1/api-keys/{key}/rotate", json={"overlapSeconds": 60}).expect(201).body
    assert rotated["rotatedFrom"] == key
    post(f"/v1/api-keys/{key}/rotate").expect(409, "api_key_rotated")
    customer.browser.delete(f"/v1/api-keys/{key}").expect(204)
    customer.browser.delete(f"/v1/api-keys/{key}").expect(404, "api_key_unknown")
    assert [row[0] for row in rows(
        shared_fleet, "SELECT action FROM audit_log WHERE customer_id = %s AND action LIKE 'api%%' "
        "ORDER BY audit_id", customer.number
    )] == ["api_key_created", "api_key_revoked", "api_key_enabled", "api_key_rotated",
           "api_key_deleted"]


def test_the_same_request_makes_one_key(customer: Subscriber) -> None:
    customer.choose("pro", apiKeys=3).expect(200)
    first, again = (
        customer.change("POST", "/v1/services/seal/api-keys", {}, "one").expect(201).body
        for _ in range(2))
    assert first == again
    old = first["apiKeyId"]
    first, again = (
        customer.change("POST", f"/v1/api-keys/{old}/rotate", {}, "two").expect(201).body
        for _ in range(2))
    assert first == again


def test_another_customer_finds_no_such_key(
    gateway: Gateway, customer: Subscriber, shared_fleet: Fleet
) -> None:
    customer.choose("starter").expect(200)
    key = customer.make_key()["apiKeyId"]
    other = Subscriber(gateway, shared_fleet, 100_000_000)
    other.choose("starter").expect(200)
    before = traces(shared_fleet, other.number), traces(shared_fleet, customer.number)
    for act in ("revoke", "enable", "rotate"):
        other.browser.post(f"/v1/api-keys/{key}/{act}").expect(404, "api_key_unknown")
    other.browser.delete(f"/v1/api-keys/{key}").expect(404, "api_key_unknown")
    assert other.browser.get("/v1/services/seal/api-keys").expect(200).body["items"] == []
    assert (traces(shared_fleet, other.number), traces(shared_fleet, customer.number)) == before
