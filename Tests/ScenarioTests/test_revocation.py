"""An ended session's access token is refused by every gateway within a second."""

from collections.abc import Iterator

import pytest

from support.client import Browser
from support.cluster import Cluster
from support.gateway import Fleet, Gateway
from support.proxy import Proxy
from support.wallet import Ed25519Wallet
from support.waiting import elapsed, until

PROMISE = 1.0


@pytest.fixture
def proxy(cluster: Cluster) -> Iterator[Proxy]:
    proxy = Proxy(cluster.port)
    yield proxy
    proxy.close()


@pytest.fixture
def listening(fleet: Fleet, cluster: Cluster, proxy: Proxy) -> tuple[Gateway, Gateway]:
    """The second gateway hears of ended sessions only through the proxy."""
    database = fleet.database_url.rsplit("/", 1)[1]
    first = fleet.start()
    second = fleet.start(DATABASE_DIRECT_URL=cluster.url(database, port=proxy.port))
    until(lambda: proxy.connections > 0, within=20, what="the second gateway listens by the proxy")
    return first, second


def sign_in_and_use(first: Gateway, second: Gateway) -> Browser:
    browser = Browser(first)
    browser.sign_in(Ed25519Wallet())
    browser.get("/v1/auth/session", at=second).expect(200)
    return browser


def refused_within_promise(browser: Browser, gateway: Gateway) -> None:
    """Asks the gateway the whole time, so that a remembered token would be found."""
    token = {"sluice_access": browser.access}
    browser.post("/v1/auth/logout").expect(204)
    until(
        lambda: browser.get("/v1/auth/session", at=gateway, cookies=token).status in (401, 503),
        within=PROMISE, what="the ended session's token is refused", every=0.005)
    for _ in range(20):
        answer = browser.get("/v1/auth/session", at=gateway, cookies=token)
        assert answer.status in (401, 503)


def test_within_a_second_on_another_gateway(pair: tuple[Gateway, Gateway]) -> None:
    for _ in range(5):
        refused_within_promise(sign_in_and_use(*pair), pair[1])


def test_at_once_on_the_gateway_that_ended_it(gateway: Gateway) -> None:
    browser = Browser(gateway)
    browser.sign_in(Ed25519Wallet())
    token = browser.access
    browser.post("/v1/auth/logout").expect(204)
    browser.get("/v1/customer", bearer=token).expect(401)
    browser.get("/v1/auth/session", bearer=token).expect(401)


def test_within_a_second_while_the_listening_connection_is_cut(
    listening: tuple[Gateway, Gateway], proxy: Proxy
) -> None:
    first, second = listening
    browsers = [sign_in_and_use(first, second) for _ in range(3)]
    bystander = sign_in_and_use(first, second)
    proxy.cut()
    for browser in browsers:
        refused_within_promise(browser, second)
    bystander.get("/v1/auth/session", at=second).expect(200)


def test_within_a_second_while_the_listening_connection_hangs_half_open(
    listening: tuple[Gateway, Gateway], proxy: Proxy
) -> None:
    first, second = listening
    browsers = [sign_in_and_use(first, second) for _ in range(3)]
    bystander = sign_in_and_use(first, second)
    proxy.hang()
    for browser in browsers:
        refused_within_promise(browser, second)
    until(lambda: bystander.get("/v1/auth/session", at=second).status == 200,
          within=20, what="others are still served")


def test_listening_resumes_when_the_connection_is_back(
    listening: tuple[Gateway, Gateway], proxy: Proxy
) -> None:
    first, second = listening
    browser = sign_in_and_use(first, second)
    proxy.cut()
    until(lambda: proxy.connections == 0, within=20, what="the connection is gone")
    proxy.restore()
    until(lambda: proxy.connections > 0, within=10, what="the gateway listens again")
    refused_within_promise(browser, second)


def test_a_gateway_that_starts_later_knows_what_ended_before(fleet: Fleet) -> None:
    first = fleet.start()
    browser = Browser(first)
    browser.sign_in(Ed25519Wallet())
    token = browser.access
    browser.post("/v1/auth/logout").expect(204)

    later = fleet.start()

    Browser(later).get("/v1/auth/session", bearer=token).expect(401)


def test_a_gateway_that_was_frozen_refuses_when_it_wakes(fleet: Fleet) -> None:
    first, second = fleet.start(), fleet.start()
    browser = sign_in_and_use(first, second)
    token = browser.access
    second.suspend()
    browser.post("/v1/auth/logout").expect(204)
    # News is older than 700 ms once it wakes; asked at once, it must not answer from memory.
    until(elapsed(1.0), within=2, what="the news has grown old")
    second.resume()
    answer = Browser(second).get("/v1/auth/session", bearer=token)
    assert answer.status in (401, 503)

