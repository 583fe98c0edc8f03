"""Calls that services sign: believed once, unaltered, in time, within their scopes."""

import time

import psycopg
import pytest

from support.client import Browser, raw, sign_in
from support.gateway import Fleet, Gateway
from support.load import at_once
from support.rows import count
from support.service import Service, add_service, command
from support.wallet import Ed25519Wallet

TARGET = "/v1/charges"


@pytest.fixture(scope="module")
def service(shared_fleet: Fleet) -> Service:
    return add_service(shared_fleet)


def nonces(fleet: Fleet, service: Service) -> int:
    return count(
        fleet, "SELECT count(*) FROM service_nonces WHERE service_key_id = %s", service.id)


def test_a_signed_call_is_answered_with_the_query_as_it_was_sent(
    gateway: Gateway, service: Service
) -> None:
    for target in (TARGET, TARGET + "?limit=5", TARGET + "?limit=%35&x=a+b%20c&y", TARGET + "?"):
        service.get(gateway, target).expect(200)


@pytest.mark.parametrize("change", [
    {"X-Timestamp": "another"}, {"X-Nonce": "0" * 32}, {"X-HMAC-Signature": "0" * 64},
    {"X-HMAC-Signature": None}, {"X-Nonce": None}, {"X-HMAC-Signature": ""},
    {"Host": "other.example"}, {"Idempotency-Key": "another"},
])
def test_what_was_changed_after_signing_is_refused(
    gateway: Gateway, service: Service, shared_fleet: Fleet, change: dict
) -> None:
    before = nonces(shared_fleet, service)
    if "X-Timestamp" in change:  # Of now: a run may last longer than a timestamp is good for.
        change = {"X-Timestamp": str(time.time_ns() // 1_000_000 + 5)}
    answer = service.get(gateway, TARGET, change=change).expect(401, "signature_invalid")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert nonces(shared_fleet, service) == before


def test_another_method_target_or_body_than_was_signed_is_refused(
    gateway: Gateway, service: Service
) -> None:
    host = f"127.0.0.1:{gateway.port}"
    body = b'{"customerId":1,"amountMicroUsdc":"1","description":"a"}'
    lines = service.headers("POST", TARGET, host, body, "k")
    browser = Browser(gateway, origin=None)
    headers = {**lines, "Content-Type": "application/json"}
    browser.post(TARGET, content=body + b" ", headers=headers).expect(401, "signature_invalid")
    browser.post(TARGET + "?", content=body, headers=headers).expect(401, "signature_invalid")
    browser.get(TARGET, headers=lines).expect(401, "signature_invalid")
    # And as it was signed, it is believed, for nothing of the above has used it up.
    browser.post(TARGET, content=body, headers=headers).expect(404, "customer_unknown")


def test_a_call_is_good_once_at_all_gateways_together(
    pair: tuple[Gateway, Gateway], service: Service, shared_fleet: Fleet
) -> None:
    host = "both.example"
    for _ in range(5):
        headers = {**service.headers("GET", TARGET, host), "Host": host}
        answers = at_once([
            lambda gateway=pair[index % 2]: Browser(gateway).get(TARGET, headers=headers)
            for index in range(10)])
        assert sorted(answer.status for answer in answers) == [200] + [401] * 9
        assert {answer.code for answer in answers if answer.status == 401} == {
            "signature_replayed"}


@pytest.mark.parametrize("seconds", [-301, 301, -100_000, 3_000_000_000])
def test_a_clock_that_is_off_is_told_ours(
    gateway: Gateway, service: Service, seconds: int
) -> None:
    at = time.time_ns() // 1_000_000 + seconds * 1000
    answer = service.get(gateway, TARGET, timestamp=at).expect(401, "timestamp_skewed")
    assert answer.body["serverTime"].endswith("Z")


@pytest.mark.parametrize("seconds", [-295, 295])
def test_a_clock_that_is_nearly_right_is_taken(
    gateway: Gateway, service: Service, seconds: int
) -> None:
    at = time.time_ns() // 1_000_000 + seconds * 1000
    service.get(gateway, TARGET, timestamp=at).expect(200)


@pytest.mark.parametrize("text", ["", "x", "1.5", "+1", "-1", "0x10", "9" * 30])
def test_no_number_is_no_timestamp(gateway: Gateway, service: Service, text: str) -> None:
    service.get(gateway, TARGET, change={"X-Timestamp": text}).expect(401, "timestamp_skewed")


@pytest.mark.parametrize("nonce", ["", "short", "a" * 15, "a" * 65, "a" * 15 + "-", "é" * 16])
def test_a_nonce_of_another_form_is_refused_though_it_is_signed(
    gateway: Gateway, service: Service, nonce: str
) -> None:
    change = {"X-Nonce": nonce.encode()} if nonce else {}
    service.get(gateway, TARGET, nonce=nonce, change=change).expect(401, "signature_invalid")


def test_unknown_keys_are_unknown(gateway: Gateway, service: Service) -> None:
    for id in ("svc_00000000000000000000", "x", service.id + "0", service.id.upper(), "a" * 300):
        Service(id, service.secret).get(gateway, TARGET).expect(401, "service_key_unknown")
    for value in (None, "", "Bearer", "Basic " + service.id, service.id):
        service.get(gateway, TARGET, change={"Authorization": value}).expect(
            401, "service_key_unknown")


def test_customers_are_no_services(gateway: Gateway) -> None:
    browser = Browser(gateway)
    token = browser.sign_in(Ed25519Wallet())["accessToken"]
    browser.get(TARGET).expect(401, "service_key_unknown")
    browser.get(TARGET, bearer=token).expect(401, "service_key_unknown")
    browser.post(TARGET, json={}, bearer=token).expect(401, "service_key_unknown")


def test_services_are_no_customers(gateway: Gateway, service: Service) -> None:
    service.get(gateway, "/v1/customer").expect(401, "token_invalid")


def test_a_header_that_is_there_twice_is_refused(gateway: Gateway, service: Service) -> None:
    headers = service.headers("GET", TARGET, f"127.0.0.1:{gateway.port}")
    for twice in ("X-Timestamp", "X-Nonce", "X-HMAC-Signature", "Authorization"):
        lines = [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"{twice}: {headers[twice]}", f"Host: 127.0.0.1:{gateway.port}"]
        answer = raw(gateway.port, ("\r\n".join([f"GET {TARGET} HTTP/1.1", *lines]) +
                                    "\r\nConnection: close\r\n\r\n").encode())
        assert answer is not None and answer.status in (400, 401), twice
    service.get(gateway, TARGET).expect(200)


def test_scopes_are_kept_apart_and_refusals_are_on_record(
    gateway: Gateway, shared_fleet: Fleet
) -> None:
    charges = add_service(shared_fleet, scopes="charges")
    reports = add_service(shared_fleet, scopes="reports,ingest")
    answer = reports.get(gateway, TARGET).expect(403, "scope_missing")
    assert answer.body["scope"] == "charges"
    charges.get(gateway, "/v1/refunds/00000000-0000-7000-8000-000000000000").expect(
        403, "scope_missing")
    charges.get(gateway, TARGET, change={"X-Nonce": "0" * 20}).expect(401)
    reasons = [
        (reports.id, "scope_missing"), (charges.id, "scope_missing"),
        (charges.id, "signature_invalid")]
    for id, reason in reasons:
        assert count(
            shared_fleet, "SELECT count(*) FROM audit_log WHERE action = 'service_call_refused' "
            "AND details->>'keyId' = %s AND reason = %s", id, reason) == 1


def test_secrets_change_without_a_gap(gateway: Gateway, shared_fleet: Fleet) -> None:
    old = add_service(shared_fleet, "changing")
    made = command(shared_fleet, "rotate", "--name", "changing", "--json")
    new = Service(made["id"], made["secret"])
    assert new.id == old.id and new.secret != old.secret
    old.get(gateway, TARGET).expect(200)
    new.get(gateway, TARGET).expect(200)
    command(shared_fleet, "retire", "--name", "changing")
    old.get(gateway, TARGET).expect(401, "signature_invalid")
    new.get(gateway, TARGET).expect(200)
    command(shared_fleet, "revoke", "--name", "changing")
    new.get(gateway, TARGET).expect(401, "service_key_unknown")


def test_no_secret_and_no_signature_is_logged(gateway: Gateway, service: Service) -> None:
    headers = service.headers("GET", TARGET, f"127.0.0.1:{gateway.port}")
    Browser(gateway).get(TARGET, headers=headers).expect(200)
    log = gateway.output()
    assert service.secret not in log and headers["X-HMAC-Signature"] not in log


def test_where_nonces_are_kept_is_away_nothing_is_believed(fleet: Fleet) -> None:
    gateway, service = fleet.start(), add_service(fleet)
    with psycopg.connect(fleet.database_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE service_nonces RENAME TO away")
        answer = service.get(gateway, TARGET).expect(503, "storage_unavailable")
        assert int(answer.headers["retry-after"]) > 0
        connection.execute("ALTER TABLE away RENAME TO service_nonces")
    service.get(gateway, TARGET).expect(200)


def test_bad_signatures_use_up_the_address_and_not_the_key(
    start, shared_fleet: Fleet
) -> None:
    gateway = start(SLUICE_LIMIT_DEFAULT="5/600", SLUICE_LIMIT_SERVICE="20/600")
    service = add_service(shared_fleet)
    for _ in range(10):
        service.get(gateway, TARGET).expect(200)
    for _ in range(5):
        service.get(gateway, TARGET, change={"X-HMAC-Signature": "0" * 64}).expect(
            401, "signature_invalid")
    service.get(gateway, TARGET, change={"X-HMAC-Signature": "0" * 64}).expect(429)


def test_a_customer_token_cannot_be_made_of_a_service_key(gateway: Gateway) -> None:
    token = sign_in(gateway, Ed25519Wallet())
    assert Browser(gateway).get("/v1/customer", bearer=token).expect(200)
