"""The database away, frozen, back: answers stay prompt and honest, nobody restarts anything."""

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.client import Answer, Browser, connect, new_customer, read_answer
from support.cluster import Cluster
from support.fixtures import migrate
from support.gateway import Fleet, Gateway
from support.load import Load, at_once
from support.rows import rows
from support.usage_events import TARGET, body, edge_key, event
from support.waiting import until
from support.wallet import Ed25519Wallet

PATIENCE = 5.0


@pytest.fixture
def fleet(own_cluster: Cluster, tmp_path: Path) -> Iterator[Fleet]:
    name = own_cluster.create_database()
    fleet = Fleet(tmp_path, own_cluster.url(name))
    migrate(tmp_path, fleet.database_url)
    yield fleet
    fleet.stop()


def calls(browser: Browser, wallet: Ed25519Wallet) -> list[Callable[[], Answer]]:
    """One of each kind that needs the database, each with a client of its own."""
    def fresh() -> Browser:
        other = Browser(browser.base)
        other.cookies = dict(browser.cookies)
        return other

    return [
        lambda: fresh().post("/v1/auth/challenge", json={}),
        lambda: fresh().post("/v1/auth/challenge", json={"address": wallet.address}),
        lambda: fresh().verify("A" * 26, "AA==", headers={"X-Challenge-Token": "A" * 43}),
        lambda: fresh().get("/v1/customer"),
        lambda: fresh().send("PATCH", "/v1/customer", json={"displayName": "x"}),
        lambda: fresh().get("/v1/auth/sessions"),
        lambda: fresh().delete("/v1/auth/sessions"),
        lambda: fresh().post("/v1/auth/refresh"),
    ]


def expect_unavailable(answers: list[object], began: float) -> None:
    assert time.monotonic() - began < PATIENCE
    for answer in answers:
        assert isinstance(answer, Answer), answer
        answer.expect(503)
        assert int(answer.headers["retry-after"]) >= 1


def recovers(gateway: Gateway, wallet: Ed25519Wallet) -> None:
    until(lambda: gateway.ready_status() == 200, within=10, what="ready without a restart")
    until(lambda: Browser(gateway).post("/v1/auth/challenge", json={}).status == 201,
          within=5, what="served again")
    Browser(gateway).sign_in(wallet)


def test_a_frozen_database_is_503_within_five_seconds_and_recovery_needs_no_restart(
    fleet: Fleet, own_cluster: Cluster
) -> None:
    gateway, wallet = fleet.start(), Ed25519Wallet()
    browser = Browser(gateway)
    browser.sign_in(wallet)
    own_cluster.freeze()
    try:
        for _ in range(2):
            began = time.monotonic()
            expect_unavailable(at_once(calls(browser, wallet) * 3), began)
        Browser(gateway).get("/health").expect(200)
        until(lambda: gateway.ready_status() == 503, within=PATIENCE, what="not ready")
        answer = Browser(gateway).get("/v1/auth/session", bearer=browser.access)
        assert answer.status == 503, "without news of ended sessions a token is not believed"
    finally:
        own_cluster.thaw()
    recovers(gateway, wallet)
    until(lambda: Browser(gateway).get(
        "/v1/auth/session", bearer=browser.access).status == 200, within=5, what="tokens count")


def test_a_database_that_is_gone_is_503_and_recovery_needs_no_restart(
    fleet: Fleet, own_cluster: Cluster
) -> None:
    gateway, wallet = fleet.start(), Ed25519Wallet()
    browser = Browser(gateway)
    browser.sign_in(wallet)
    own_cluster.crash()
    try:
        began = time.monotonic()
        expect_unavailable(at_once(calls(browser, wallet)), began)
        Browser(gateway).get("/health").expect(200)
        until(lambda: gateway.ready_status() == 503, within=PATIENCE, what="not ready")
    finally:
        own_cluster.start()
    recovers(gateway, wallet)
    browser.get("/v1/customer").expect(200)


def test_connections_that_the_server_drops_cost_nobody_more_than_a_retry(
    fleet: Fleet, own_cluster: Cluster
) -> None:
    gateway, wallet = fleet.start(), Ed25519Wallet()
    Browser(gateway).sign_in(wallet)
    with own_cluster.connect("postgres") as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname LIKE 'test_%'")
    recovers(gateway, wallet)


def test_a_gateway_without_a_database_starts_unready_or_says_why(
    fleet: Fleet, own_cluster: Cluster
) -> None:
    own_cluster.crash()
    try:
        gateway = fleet.start(ready_within=None)
        until(lambda: gateway.exit_code is not None or gateway.ready_status() == 503,
              within=15, what="it ends or is unready")
        if gateway.exit_code is not None:
            assert gateway.exit_code in (1, 75) and "database" in gateway.output().lower()
    finally:
        own_cluster.start()
    if gateway.exit_code is None:
        recovers(gateway, Ed25519Wallet())


def test_an_unmigrated_database_is_not_ready(own_cluster: Cluster, tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, own_cluster.url(own_cluster.create_database()))
    gateway = fleet.start(ready_within=None)
    until(lambda: gateway.exit_code is not None or gateway.ready_status() == 503,
          within=15, what="it ends or is unready")
    if gateway.exit_code is None:
        fleet.stop()
    else:
        assert gateway.exit_code == 1 and "migrate" in gateway.output()


def test_sigterm_while_the_database_is_frozen_still_ends_well(
    fleet: Fleet, own_cluster: Cluster
) -> None:
    gateway = fleet.start()
    wallet = Ed25519Wallet()
    own_cluster.freeze()
    try:
        waiting = connect(gateway.port)
        waiting.sendall(
            b"POST /v1/auth/challenge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 2\r\n\r\n{}")
        gateway.signal(signal.SIGTERM)
        answer = read_answer(waiting)
        assert answer is not None and answer.status == 503
        assert gateway.wait(within=15) == 0
        waiting.close()
    finally:
        own_cluster.thaw()
    Browser(fleet.start()).sign_in(wallet)


def test_killed_in_the_middle_of_load_loses_nothing_that_was_answered(fleet: Fleet) -> None:
    victim = fleet.start()
    won: list[tuple[str, dict[str, str]]] = []

    def client():
        def work() -> None:
            browser = Browser(victim)
            body = browser.sign_in(Ed25519Wallet())
            browser.post("/v1/auth/refresh").expect(200)
            won.append((body["accessToken"], dict(browser.cookies)))
        return work

    with Load(client, threads=3) as load:
        until(lambda: load.done > 30, within=30, what="the load runs")
        victim.kill()
        until(lambda: load.failures, within=15, what="the load notices")

    heir = fleet.start()
    assert len(won) >= 30
    for token, cookies in won:
        Browser(heir).get("/v1/customer", bearer=token).expect(200)
    for _, cookies in won[-10:]:
        Browser(heir).post("/v1/auth/refresh", cookies=cookies).expect(200)


def test_events_are_stored_once_they_are_answered_though_gateway_and_server_end_at_once(
    fleet: Fleet, own_cluster: Cluster
) -> None:
    victim = fleet.start()
    customer, key = new_customer(victim), edge_key(fleet, "edge-3")
    sent = [body(*(event(customer) for _ in range(count))) for count in (1, 40)]
    for events, count in zip(sent, (1, 41), strict=True):
        answer = key.send(victim, "POST", TARGET, content=events).expect(200).body
        victim.kill()
        own_cluster.crash()
        own_cluster.start()
        assert rows(fleet, "SELECT count(*) FROM haproxy_logs") == [(count,)]
        victim = fleet.start()
        again = key.send(victim, "POST", TARGET, content=events).expect(200).body
        assert again == {"accepted": 0, "duplicates": answer["accepted"], "rejected": []}
        assert rows(fleet, "SELECT count(*), count(DISTINCT line_id) FROM haproxy_logs") == [
            (count, count)]
    assert rows(fleet, "SELECT sum(line_count)::bigint FROM log_batches") == [(41,)]
