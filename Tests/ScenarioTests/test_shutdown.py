"""SIGTERM: unready at once, nobody cut off, exit 0. Behind HAProxy nobody notices at all."""

import http.client
import json
import signal

import pytest

from support.client import Browser, connect, read_answer
from support.gateway import PUBLIC_URL, Fleet, Gateway
from support.haproxy import HAProxy
from support.load import Load
from support.meanwhile import Meanwhile
from support.waiting import until
from support.wallet import Ed25519Wallet


def stop_beside_a_stuck_client(gateway: Gateway) -> None:
    stuck = connect(gateway.port)
    stuck.sendall(b"POST /v1/auth/challenge HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n")
    until(lambda: gateway.ready_status() == 200, within=20, what="the gateway has read so far")
    gateway.signal(signal.SIGTERM)
    assert gateway.wait(within=15) == 0
    stuck.close()


@pytest.fixture(scope="module", autouse=True)
def stuck(shared_fleet: Fleet) -> Meanwhile:
    """The whole time a drain may take, begun with the module; the last test sees its end."""
    gateway = shared_fleet.start()
    return Meanwhile(lambda: stop_beside_a_stuck_client(gateway))


def test_a_request_under_way_is_finished_and_the_exit_code_is_zero(fleet: Fleet) -> None:
    gateway = fleet.start()
    body = b"{}"
    halfway = connect(gateway.port)
    halfway.sendall(
        b"POST /v1/auth/challenge HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 2\r\n\r\n" + body[:1])
    until(lambda: gateway.ready_status() == 200, within=20, what="the gateway has read so far")

    gateway.signal(signal.SIGTERM)
    until(lambda: gateway.ready_status() in (503, None), within=1, what="unready at once")
    assert gateway.exit_code is None

    halfway.sendall(body[1:])
    answer = read_answer(halfway)
    assert answer is not None and answer.status == 201
    halfway.close()
    assert gateway.wait(within=12) == 0


def test_idle_connections_do_not_hold_it_back(fleet: Fleet) -> None:
    gateway = fleet.start()
    idle = [connect(gateway.port) for _ in range(20)]
    for connection in idle:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = read_answer(connection)
        assert answer is not None and answer.status == 200
    gateway.signal(signal.SIGTERM)
    assert gateway.wait(within=12) == 0
    for connection in idle:
        connection.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_both_signals_end_it_and_its_port_is_free_again(fleet: Fleet, number) -> None:
    gateway = fleet.start()
    gateway.signal(number)
    assert gateway.wait(within=12) == 0
    gateway.start()
    Browser(gateway).get("/health").expect(200)


def test_a_rolling_restart_behind_haproxy_fails_no_request(fleet: Fleet) -> None:
    gateways = [
        fleet.start(SLUICE_TRUSTED_PROXIES="127.0.0.0/8", SLUICE_DRAIN_NOTICE_SECONDS="1")
        for _ in range(2)]
    front = HAProxy(fleet.directory, gateways)

    def client():
        wallet = Ed25519Wallet()
        browser = Browser(front.url)
        token = browser.sign_in(wallet)["accessToken"]
        connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=15)
        bearer = {"Authorization": f"Bearer {token}"}
        requests = [
            ("GET", "/v1/auth/session", None, bearer),
            ("GET", "/v1/customer", None, bearer),
            ("POST", "/v1/auth/challenge", json.dumps({"address": wallet.address}), {
                "Content-Type": "application/json", "Origin": PUBLIC_URL}),
            ("PATCH", "/v1/customer", json.dumps({"displayName": "Ada"}), {
                "Content-Type": "application/json", **bearer}),
        ]

        def work() -> None:
            for method, path, body, headers in requests:
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                content = answer.read()
                assert answer.status in (200, 201), f"{method} {path} {answer.status} {content!r}"
            browser.sign_in(wallet)
            browser.post("/v1/auth/refresh").expect(200)

        return work

    try:
        with Load(client, threads=4) as load:
            def goes_on(count: int, what: str) -> None:
                goal = load.done + count
                until(lambda: load.failures or load.done > goal, within=20, what=what)
                assert load.failures == []

            goes_on(40, what="the load runs")
            for gateway in gateways * 2:
                gateway.signal(signal.SIGTERM)
                assert gateway.wait(within=15) == 0
                goes_on(20, what="one gateway carries the load")
                gateway.start()
                until(front.sees_all_up, within=10, what="HAProxy sees both again")
                goes_on(60, what="both carry the load")
    finally:
        front.stop()
    assert load.failures == []


def test_with_notice_it_still_answers_unready_before_its_port_closes(fleet: Fleet) -> None:
    gateway = fleet.start(SLUICE_DRAIN_NOTICE_SECONDS="1")
    gateway.signal(signal.SIGTERM)
    until(lambda: gateway.ready_status() == 503, within=0.9, what="unready, and says so")
    Browser(gateway).post("/v1/auth/challenge", json={}).expect(201)
    assert gateway.wait(within=12) == 0


def test_a_client_that_never_finishes_cannot_keep_it_alive(stuck: Meanwhile) -> None:
    stuck.finish(within=20)
