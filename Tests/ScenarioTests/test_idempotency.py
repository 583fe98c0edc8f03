"""Idempotency-Key: a request that comes again is not done again, whichever gateway it meets."""

import json
import threading
import uuid

import psycopg
import pytest

from support.client import Answer, Browser, http_client
from support.gateway import Fleet, Gateway
from support.load import at_once
from support.rows import count
from support.waiting import until
from support.wallet import Ed25519Wallet


def signed_in(gateway: Gateway) -> tuple[int, str]:
    """A new customer's number and access token."""
    answer = Browser(gateway).sign_in(Ed25519Wallet())
    return answer["customer"]["customerId"], answer["accessToken"]


def rename(
    gateway: Gateway, token: str, name: str | None, key: str | bytes | None = None,
    content: bytes | None = None,
) -> Answer:
    headers: dict = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    if key is not None:
        headers["Idempotency-Key"] = key
    body = json.dumps({"displayName": name}).encode() if content is None else content
    with http_client() as client:
        return Answer(client.patch(gateway.url + "/v1/customer", headers=headers, content=body))


def name_of(gateway: Gateway, token: str) -> str | None:
    return Browser(gateway).get("/v1/customer", bearer=token).expect(200).body["displayName"]


def renames(fleet: Fleet, customer: int) -> int:
    return count(
        fleet, "SELECT count(*) FROM audit_log WHERE action = 'customer_renamed' "
        "AND customer_id = %s", customer)


def keys(fleet: Fleet, customer: int) -> int:
    return count(
        fleet, "SELECT count(*) FROM idempotency_keys WHERE caller = %s", f"customer/{customer}")


def test_the_same_request_again_has_the_first_answer_whatever_happened_since(
    pair: tuple[Gateway, Gateway], shared_fleet: Fleet
) -> None:
    one, other = pair
    customer, token = signed_in(one)
    key = str(uuid.uuid4())
    first = rename(one, token, "Ada", key).expect(200)
    rename(other, token, "Grace").expect(200)

    for gateway in (other, one, other):
        again = rename(gateway, token, "Ada", key).expect(200)
        assert again.response.content == first.response.content
        for name in ("content-type", "cache-control"):
            assert again.headers[name] == first.headers[name]
        assert again.headers["x-request-id"] != first.headers["x-request-id"]

    assert name_of(one, token) == "Grace"
    assert renames(shared_fleet, customer) == 2 and keys(shared_fleet, customer) == 1


def test_a_key_with_another_body_is_refused_and_nothing_changes(
    pair: tuple[Gateway, Gateway], shared_fleet: Fleet
) -> None:
    one, other = pair
    customer, token = signed_in(one)
    rename(one, token, "Ada", "a-key").expect(200)

    rename(other, token, "Alan", "a-key").expect(422, "idempotency_key_reused")
    rename(one, token, None, "a-key").expect(422, "idempotency_key_reused")
    rename(one, token, None, "a-key", content=b'{"displayName":"Ada"}').expect(
        422, "idempotency_key_reused")  # The same JSON in other bytes is another body.

    assert name_of(one, token) == "Ada" and renames(shared_fleet, customer) == 1


def test_a_key_belongs_to_its_customer(
    pair: tuple[Gateway, Gateway], shared_fleet: Fleet
) -> None:
    one, other = pair
    (_, ada), (_, grace) = signed_in(one), signed_in(one)
    rename(one, ada, "Ada", "shared").expect(200)

    assert rename(other, grace, "Grace", "shared").expect(200).body["displayName"] == "Grace"
    assert name_of(one, ada) == "Ada" and name_of(one, grace) == "Grace"


def test_a_refusal_binds_nothing(gateway: Gateway, shared_fleet: Fleet) -> None:
    customer, token = signed_in(gateway)
    rename(gateway, token, "a" * 65, "k").expect(400, "body_invalid")
    rename(gateway, token, None, "k", content=b"{").expect(400, "body_invalid")
    with psycopg.connect(shared_fleet.database_url, autocommit=True) as connection:
        change = "UPDATE customers SET status = %s WHERE customer_id = %s"
        connection.execute(change, ("closed", customer))
        rename(gateway, token, "Ada", "k").expect(403, "customer_closed")
        connection.execute(change, ("active", customer))
    assert keys(shared_fleet, customer) == 0

    rename(gateway, token, "Alan", "k").expect(200)


@pytest.mark.parametrize("key", [
    b"", b"a b", b"a\tb", b"\xc3\xa9", b"\xff", b"a" * 256, b"a" * 4000,
])
def test_a_key_of_another_form_is_refused(
    gateway: Gateway, shared_fleet: Fleet, key: bytes
) -> None:
    customer, token = signed_in(gateway)
    rename(gateway, token, "Ada", key).expect(400, "idempotency_key_invalid")
    assert name_of(gateway, token) is None and keys(shared_fleet, customer) == 0


def test_keys_of_every_allowed_character_and_length_are_taken(gateway: Gateway) -> None:
    _, token = signed_in(gateway)
    visible = "".join(chr(code) for code in range(0x21, 0x7F))
    for key in (visible, "k", "k" * 255):
        first = rename(gateway, token, "Ada", key).expect(200)
        assert rename(gateway, token, "Ada", key).response.content == first.response.content


def test_two_keys_in_one_request_are_refused(gateway: Gateway) -> None:
    _, token = signed_in(gateway)
    with http_client() as client:
        answer = Answer(client.patch(
            gateway.url + "/v1/customer", content=b'{"displayName":"Ada"}', headers=[
                ("Authorization", f"Bearer {token}"), ("Content-Type", "application/json"),
                ("Idempotency-Key", "a"), ("Idempotency-Key", "b")]))
    answer.expect(400, "request_malformed")


def test_of_many_at_once_at_two_gateways_one_is_done(
    pair: tuple[Gateway, Gateway], shared_fleet: Fleet
) -> None:
    customer, token = signed_in(pair[0])
    for round in range(5):
        key = f"round-{round}"
        answers = at_once([
            lambda gateway=pair[index % 2]: rename(gateway, token, f"Ada {round}", key)
            for index in range(12)])
        bodies = set()
        for answer in answers:
            assert isinstance(answer, Answer), answer
            if answer.status != 200:
                answer.expect(409, "idempotency_key_in_flight")
            else:
                bodies.add(answer.response.content)
        assert len(bodies) == 1
        assert renames(shared_fleet, customer) == round + 1
        assert rename(pair[0], token, f"Ada {round}", key).response.content in bodies


class Held:
    """Keeps a customer's row locked, so that a rename stands still in the middle of its work."""

    def __init__(self, fleet: Fleet, customer: int) -> None:
        self._connection = psycopg.connect(fleet.database_url)
        self._connection.execute(
            "SELECT FROM customers WHERE customer_id = %s FOR UPDATE", (customer,))
        self._fleet = fleet

    def wait_for_a_worker(self) -> None:
        """Until somebody who holds an advisory lock waits for our row."""
        until(
            lambda: count(
                self._fleet,
                "SELECT count(*) FROM pg_stat_activity AS a JOIN pg_locks AS l USING (pid) "
                "WHERE a.datname = current_database() AND a.wait_event_type = 'Lock' "
                "AND a.query LIKE '%customers%' AND l.locktype = 'advisory' AND l.granted"),
            within=20, what="a rename is at work")

    def release(self) -> None:
        self._connection.rollback()
        self._connection.close()


def test_while_the_first_is_at_work_the_second_is_told_so_by_any_gateway(
    pair: tuple[Gateway, Gateway], shared_fleet: Fleet
) -> None:
    one, other = pair
    customer, token = signed_in(one)
    held = Held(shared_fleet, customer)
    answers: list[Answer] = []
    first = threading.Thread(target=lambda: answers.append(rename(one, token, "Ada", "k")))
    try:
        first.start()
        held.wait_for_a_worker()
        for gateway in pair:
            rename(gateway, token, "Ada", "k").expect(409, "idempotency_key_in_flight")
    finally:
        held.release()
    first.join(timeout=10)

    done = answers[0].expect(200)
    assert rename(other, token, "Ada", "k").response.content == done.response.content
    assert renames(shared_fleet, customer) == 1


def test_a_gateway_killed_at_work_leaves_the_key_free(fleet: Fleet) -> None:
    victim, other = fleet.start(), fleet.start()
    customer, token = signed_in(other)
    held = Held(fleet, customer)
    lost: list[Exception] = []

    def ask() -> None:
        try:
            rename(victim, token, "Ada", "k")
        except Exception as error:
            lost.append(error)

    asking = threading.Thread(target=ask)
    try:
        asking.start()
        held.wait_for_a_worker()
        victim.kill()
    finally:
        held.release()
    asking.join(timeout=10)
    assert lost

    # The database may still finish the statement that it was at, but not the transaction.
    answer = until(
        lambda: next(
            (found for found in [rename(other, token, "Ada", "k")] if found.status != 409), None),
        within=20, what="the key is free again").expect(200)
    assert rename(other, token, "Ada", "k").response.content == answer.response.content
    assert renames(fleet, customer) == 1 and keys(fleet, customer) == 1


def test_gateways_killed_at_any_time_leave_no_effect_without_its_key(fleet: Fleet) -> None:
    other = fleet.start()
    customer, token = signed_in(other)
    asked: list[str] = []
    for _ in range(4):
        victim = fleet.start()
        stop = threading.Event()

        def ask(gateway: Gateway = victim, stop: threading.Event = stop) -> None:
            while not stop.is_set():
                name = f"name {len(asked)}"
                asked.append(name)
                try:
                    rename(gateway, token, name, name.replace(" ", "-"))
                except Exception:
                    return

        asking = threading.Thread(target=ask)
        before = len(asked)
        asking.start()
        until(lambda: len(asked) > before + 20, within=30, what="requests are under way")
        victim.kill()
        stop.set()
        asking.join(timeout=10)

    until(
        lambda: count(
            fleet, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database()) "
            "AND pid IN (SELECT pid FROM pg_stat_activity "
            "WHERE query LIKE '%idempotency_keys%' OR query LIKE '%customers%')") == 0,
        within=10, what="nobody is at work")
    assert renames(fleet, customer) == keys(fleet, customer)
    for name in asked:
        answer = rename(other, token, name, name.replace(" ", "-")).expect(200)
        assert answer.body["displayName"] == name
    assert renames(fleet, customer) == keys(fleet, customer) == len(asked)


def test_a_key_is_remembered_after_its_answer_is_forgotten(fleet: Fleet) -> None:
    gateway = fleet.start()
    customer, token = signed_in(gateway)
    rename(gateway, token, "Ada", "old").expect(200)
    rename(gateway, token, "Grace").expect(200)
    with psycopg.connect(fleet.database_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE idempotency_keys SET created_at = created_at - interval '31 days'")
    fleet.start()  # The first thing it does is to remove what has expired.
    until(
        lambda: count(fleet, "SELECT count(*) FROM idempotency_keys "
                             "WHERE answer_body IS NOT NULL") == 0,
        within=10, what="the answer is forgotten")

    answer = rename(gateway, token, "Ada", "old").expect(200)
    assert answer.body["displayName"] == "Grace"  # As it is now: nothing was done again.
    rename(gateway, token, "Alan", "old").expect(422, "idempotency_key_reused")
    assert renames(fleet, customer) == 2


def test_answers_with_tokens_are_never_kept(fleet: Fleet) -> None:
    gateway = fleet.start()
    browser, wallet = Browser(gateway), Ed25519Wallet()
    header = {"Idempotency-Key": "same"}
    nonces = {
        browser.challenge(wallet.address, headers=header)["nonce"] for _ in range(3)}
    assert len(nonces) == 3
    challenge = browser.challenge(wallet.address, headers=header)
    signature = wallet.sign(challenge["message"].encode())
    browser.verify(challenge["nonce"], signature, headers=header).expect(200)
    browser.verify(challenge["nonce"], signature, headers=header).expect(401)
    browser.post("/v1/auth/refresh", headers=header).expect(200)
    browser.post("/v1/auth/logout", headers=header).expect(204)

    assert count(fleet, "SELECT count(*) FROM idempotency_keys") == 0


def test_the_document_shows_the_header_where_it_counts(gateway: Gateway) -> None:
    paths = Browser(gateway).get("/openapi.json").expect(200).body["paths"]
    shown = {
        f"{method} {path}"
        for path, item in paths.items() for method, call in item.items()
        if any(parameter["name"] == "Idempotency-Key" for parameter in call.get("parameters", []))}
    assert "patch /v1/customer" in shown and not any("/v1/auth/" in call for call in shown)
    responses = paths["/v1/customer"]["patch"]["responses"]
    assert {"400", "409", "422"} <= set(responses)
