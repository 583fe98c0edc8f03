"""Refresh tokens: each use rotates, one successor whoever asks, reuse ends the session."""

import psycopg
import pytest

from support.client import REFRESH, Browser
from support.gateway import Fleet, Gateway
from support.load import at_once
from support.wallet import Ed25519Wallet
from support.waiting import until


def refresh_with(gateway: Gateway, token: str):
    return Browser(gateway).post("/v1/auth/refresh", cookies={REFRESH: token})


def age_used_tokens(fleet: Fleet, seconds: int) -> None:
    """As if the uses so far were `seconds` longer ago."""
    with psycopg.connect(fleet.database_url, autocommit=True) as connection:
        changed = connection.execute(
            "UPDATE refresh_tokens SET used_at = used_at - make_interval(secs => %s)"
            " WHERE used_at IS NOT NULL", (seconds,))
        assert changed.rowcount > 0


def test_each_use_gives_a_new_pair_and_the_new_one_works(browser: Browser) -> None:
    browser.sign_in(Ed25519Wallet())
    seen = {browser.refresh}
    for _ in range(5):
        body = browser.post("/v1/auth/refresh").expect(200).body
        assert body["accessToken"] == browser.access and body["expiresIn"] == 900
        assert browser.refresh not in seen
        seen.add(browser.refresh)
        browser.get("/v1/customer").expect(200)


def test_a_refresh_token_in_the_body_is_answered_in_the_body_without_cookies(
    browser: Browser,
) -> None:
    browser.sign_in(Ed25519Wallet())
    client = Browser(browser.base, origin=None)

    answer = client.post("/v1/auth/refresh", json={"refreshToken": browser.refresh}).expect(200)

    assert answer.set_cookies == {}
    again = client.post("/v1/auth/refresh", json={"refreshToken": answer.body["refreshToken"]})
    client.get("/v1/customer", bearer=again.expect(200).body["accessToken"]).expect(200)


def test_parallel_uses_on_two_gateways_get_one_and_the_same_successor(
    pair: tuple[Gateway, Gateway],
) -> None:
    browser = Browser(pair[0])
    browser.sign_in(Ed25519Wallet())
    token = browser.refresh

    answers = at_once(
        [lambda index=index: refresh_with(pair[index % 2], token) for index in range(40)])

    assert [getattr(answer, "status", answer) for answer in answers] == [200] * 40
    successors = {answer.set_cookies[REFRESH].value for answer in answers}
    assert len(successors) == 1 and successors != {token}
    refresh_with(pair[1], successors.pop()).expect(200)


def test_the_predecessor_within_the_grace_gets_the_same_successor(
    pair: tuple[Gateway, Gateway],
) -> None:
    browser = Browser(pair[0])
    browser.sign_in(Ed25519Wallet())
    token = browser.refresh
    first = refresh_with(pair[0], token).expect(200).set_cookies[REFRESH].value

    assert refresh_with(pair[1], token).expect(200).set_cookies[REFRESH].value == first


def test_reuse_after_the_grace_ends_the_whole_session(fleet: Fleet) -> None:
    gateways = fleet.start(), fleet.start()
    browser, wallet = Browser(gateways[0]), Ed25519Wallet()
    browser.sign_in(wallet)
    bystander = Browser(gateways[0])
    bystander.sign_in(wallet)
    stolen = browser.refresh
    browser.post("/v1/auth/refresh").expect(200)
    age_used_tokens(fleet, 11)

    refresh_with(gateways[1], stolen).expect(401, "refresh_reused")

    Browser(gateways[1]).post("/v1/auth/refresh", cookies={REFRESH: browser.refresh}).expect(401)
    for gateway in gateways:
        until(lambda gateway=gateway: Browser(gateway).get(
            "/v1/customer", bearer=browser.access).status == 401,
            within=1, what="the session's access token is refused everywhere")
    bystander.get("/v1/customer").expect(200)
    with psycopg.connect(fleet.database_url) as connection:
        rows = connection.execute(
            "SELECT count(*) FROM audit_log a WHERE a::text LIKE '%reuse%'").fetchone()
    assert rows == (1,)


def test_a_predecessor_is_theft_once_its_successor_has_moved_on_and_the_grace_is_over(
    fleet: Fleet,
) -> None:
    browser = Browser(fleet.start())
    browser.sign_in(Ed25519Wallet())
    first = browser.refresh
    for _ in range(3):
        browser.post("/v1/auth/refresh").expect(200)
    age_used_tokens(fleet, 11)

    Browser(browser.base).post("/v1/auth/refresh", cookies={REFRESH: first}).expect(
        401, "refresh_reused")
    browser.post("/v1/auth/refresh").expect(401)


@pytest.mark.parametrize("table, begin, days", [
    ("refresh_tokens", "issued_at", 31), ("sessions", "created_at", 91)])
def test_a_token_past_thirty_days_and_a_session_past_ninety_are_refused(
    fleet: Fleet, table: str, begin: str, days: int
) -> None:
    browser = Browser(fleet.start())
    browser.sign_in(Ed25519Wallet())
    with psycopg.connect(fleet.database_url, autocommit=True) as connection:
        connection.execute(
            f"UPDATE {table} SET {begin} = {begin} - make_interval(days => %s),"
            " expires_at = expires_at - make_interval(days => %s)", (days, days))

    browser.post("/v1/auth/refresh").expect(401)


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 60000, "é"])
def test_junk_for_a_refresh_token_is_refused(browser: Browser, token: str) -> None:
    answer = browser.post("/v1/auth/refresh", json={"refreshToken": token})
    assert answer.status in (400, 401) and answer.code


def test_no_refresh_token_at_all_is_refused(browser: Browser) -> None:
    answer = browser.post("/v1/auth/refresh")
    assert answer.status in (400, 401) and answer.code


def test_only_a_hash_of_the_token_is_stored(fleet: Fleet) -> None:
    browser = Browser(fleet.start())
    browser.sign_in(Ed25519Wallet())
    first = browser.refresh
    browser.post("/v1/auth/refresh").expect(200)
    with psycopg.connect(fleet.database_url) as connection:
        stored = str(connection.execute("SELECT t::text FROM refresh_tokens t").fetchall())
    for token in (first, browser.refresh):
        assert token not in stored and token.encode().hex() not in stored
