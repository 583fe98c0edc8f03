"""`POST /v1/ingest/usage-events`: signed, each event once for ever, whatever comes beside it."""

import secrets

import pytest

from support.client import new_customer
from support.gateway import Fleet, Gateway
from support.load import at_once
from support.rows import rows
from support.service import Service, add_service
from support.usage_events import TARGET, body, edge_key, event


@pytest.fixture(scope="module")
def service(shared_fleet: Fleet) -> Service:
    return edge_key(shared_fleet, "edge-3")


@pytest.fixture(scope="module")
def customer(gateway: Gateway) -> int:
    return new_customer(gateway)


def lines(fleet: Fleet, customer: int) -> int:
    return rows(fleet, "SELECT count(*) FROM haproxy_logs WHERE customer_id = %s", customer)[0][0]


def test_events_are_lines_to_be_metered_and_count_once(
    gateway: Gateway, shared_fleet: Fleet, service: Service
) -> None:
    customer = new_customer(gateway)
    sent = body(event(customer), event(customer, ago=3600), event(customer, statusCode=500))
    first = service.send(gateway, "POST", TARGET, content=sent).expect(200).body
    assert first == {"accepted": 3, "duplicates": 0, "rejected": []}
    again = service.send(gateway, "POST", TARGET, content=sent).expect(200).body
    assert again == {"accepted": 0, "duplicates": 3, "rejected": []}
    assert rows(
        shared_fleet, "SELECT l.edge, count(*), max(b.line_count), count(b.metered_at)"
        " FROM haproxy_logs l JOIN log_batches b USING (batch_id) WHERE customer_id = %s"
        " GROUP BY l.edge", customer) == [("edge-3", 3, 3, 0)]


def test_a_replayed_request_is_refused_and_counts_nothing(
    gateway: Gateway, shared_fleet: Fleet, service: Service
) -> None:
    customer = new_customer(gateway)
    nonce = secrets.token_hex(16)
    sent = body(event(customer))
    service.send(gateway, "POST", TARGET, content=sent, nonce=nonce).expect(200)
    service.send(gateway, "POST", TARGET, content=sent, nonce=nonce).expect(
        401, "signature_replayed")
    assert lines(shared_fleet, customer) == 1


@pytest.mark.parametrize(("change", "status", "code"), [
    ({"X-HMAC-Signature": "0" * 64}, 401, "signature_invalid"),
    ({"X-Nonce": "0" * 32}, 401, "signature_invalid"),
    ({"X-Timestamp": "1"}, 401, "timestamp_skewed"),
    ({"Authorization": "Bearer svc_00000000000000000000"}, 401, "service_key_unknown"),
    ({"Authorization": None}, 401, "service_key_unknown"),
])
def test_a_spoofed_sender_is_refused(
    gateway: Gateway, shared_fleet: Fleet, service: Service, customer: int, change: dict,
    status: int, code: str,
) -> None:
    before = lines(shared_fleet, customer)
    service.send(gateway, "POST", TARGET, content=body(event(customer)), change=change).expect(
        status, code)
    assert lines(shared_fleet, customer) == before


def test_a_key_speaks_for_its_own_edge_with_its_own_scope(
    gateway: Gateway, shared_fleet: Fleet, service: Service, customer: int
) -> None:
    for edge in ("edge-1", "Edge-3", service.id):
        service.send(
            gateway, "POST", TARGET, content=body(event(customer), edge=edge)
        ).expect(403, "edge_mismatch")
    biller = add_service(shared_fleet)
    biller.send(gateway, "POST", TARGET, content=body(event(customer))).expect(
        403, "scope_missing")
    service.get(gateway, "/v1/charges").expect(403, "scope_missing")


def test_an_id_taken_by_one_key_suppresses_nobody_elses_event(
    gateway: Gateway, shared_fleet: Fleet, service: Service
) -> None:
    customer = new_customer(gateway)
    other = edge_key(shared_fleet, "edge-3")
    shared = event(customer)
    taken = [
        key.send(gateway, "POST", TARGET, content=body(shared)).expect(200).body["accepted"]
        for key in (service, other, service, other)]
    assert taken == [1, 1, 0, 0]
    assert lines(shared_fleet, customer) == 2


def test_what_is_refused_is_named_and_keeps_no_other_from_it(
    gateway: Gateway, shared_fleet: Fleet, service: Service
) -> None:
    customer = new_customer(gateway)
    day = 86_400
    events = [
        event(customer, "good"), event(customer, "good"), event(customer, "old", ago=35 * day + 60),
        event(customer, "early", ago=-400),
        event(customer, "epoch", timestamp="1970-01-01T00:00:00Z"),
        event(customer, "far", timestamp="2100-01-01T00:00:00Z"),
        event(customer, "negative", bytesIn=-1), event(customer, "text", bytesIn="1"),
        event(customer, "nested", method={"a": [[[]]]}), event(4_294_967_295, "nobody"),
        event(customer, "nothing", serviceType="coal"), event(customer, "nul", method="A\0"),
    ]
    # Ids are the key's for ever, so this test has a key of its own.
    key = edge_key(shared_fleet, "edge-3")
    answer = key.send(gateway, "POST", TARGET, content=body(*events)).expect(200).body
    assert (answer["accepted"], answer["duplicates"]) == (1, 1)
    assert {one["id"]: one["code"] for one in answer["rejected"]} == {
        "old": "event_too_old", "early": "event_in_future", "epoch": "event_too_old",
        "far": "event_in_future", "negative": "event_invalid", "text": "event_invalid",
        "nested": "event_invalid", "nobody": "customer_unknown", "nothing": "service_unknown",
        "nul": "event_invalid"}
    assert lines(shared_fleet, customer) == 1


@pytest.mark.parametrize("sent", [
    b"", b"{", b"[]", b'{"edge":"edge-3"}', b'{"edge":"edge-3","events":[{}]}',
    b'{"edge":"edge-3","events":' + b"[" * 40 + b"]" * 40 + b"}",
    b'{"edge":"edge-3","events":[],"x":1}',
    b'{"edge":"edge-3","events":[\xff]}',
])
def test_a_body_of_another_shape_is_refused_whole(
    gateway: Gateway, service: Service, sent: bytes
) -> None:
    answer = service.send(
        gateway, "POST", TARGET, content=sent, change={"Content-Type": "application/json"})
    answer.expect(400, "body_invalid")


def test_ten_thousand_events_are_one_call_and_more_or_larger_is_refused(
    gateway: Gateway, shared_fleet: Fleet, service: Service
) -> None:
    customer = new_customer(gateway)
    events = [event(customer) for _ in range(10_000)]
    answer = service.send(gateway, "POST", TARGET, content=body(*events)).expect(200).body
    assert answer["accepted"] == 10_000
    more = service.send(gateway, "POST", TARGET, content=body(*events, event(customer)))
    more.expect(400, "body_invalid")
    large = body(event(customer)) + b" " * (4 << 20)
    service.send(gateway, "POST", TARGET, content=large).expect(413, "body_too_large")
    assert lines(shared_fleet, customer) == 10_000


def test_the_same_events_from_many_at_once_count_once(
    gateway: Gateway, shared_fleet: Fleet, service: Service
) -> None:
    customer = new_customer(gateway)
    events = [event(customer) for _ in range(300)]
    bodies = [body(*events), body(*reversed(events))] * 4
    answers = at_once([
        lambda sent=sent: service.send(gateway, "POST", TARGET, content=sent) for sent in bodies])
    taken = [answer.expect(200).body for answer in answers]
    assert sum(one["accepted"] for one in taken) == 300
    assert sum(one["duplicates"] for one in taken) == 300 * 7
    assert lines(shared_fleet, customer) == 300
