"""A customer sees where they are signed in, and ends what they like."""

import re
import uuid

from support.client import ACCESS, CHALLENGE, REFRESH, Browser
from support.gateway import Gateway
from support.wallet import Ed25519Wallet
from support.waiting import until


def signed_in(gateway: Gateway, wallet: Ed25519Wallet, agent: str = "scenario") -> Browser:
    browser = Browser(gateway)
    challenge = browser.challenge(wallet.address)
    browser.verify(
        challenge["nonce"], wallet.sign(challenge["message"].encode()),
        headers={"User-Agent": agent}).expect(200)
    return browser


def items(browser: Browser) -> list[dict]:
    body = browser.get("/v1/auth/sessions").expect(200).body
    assert body["nextCursor"] is None
    return body["items"]


def gone(browser: Browser) -> None:
    until(lambda: browser.get("/v1/customer").status == 401, within=1, what="the session is over")


def test_the_list_shows_each_session_and_marks_ones_own(gateway: Gateway) -> None:
    wallet = Ed25519Wallet()
    phone, laptop = signed_in(gateway, wallet, "phone/1"), signed_in(gateway, wallet, "laptop/2")
    signed_in(gateway, Ed25519Wallet())

    listed = items(phone)

    assert len(listed) == 2 and len(items(laptop)) == 2
    assert {item["userAgent"] for item in listed} == {"phone/1", "laptop/2"}
    assert [item["userAgent"] for item in listed if item["current"]] == ["phone/1"]
    for item in listed:
        assert uuid.UUID(item["id"]).version == 7
        assert item["ip"] == "127.0.0.1"
        for name in ("createdAt", "lastUsedAt"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", item[name])


def test_the_list_pages_without_loss_or_repetition(gateway: Gateway) -> None:
    wallet = Ed25519Wallet()
    browsers = [signed_in(gateway, wallet, f"agent/{index}") for index in range(5)]
    seen, cursor = [], None
    while True:
        path = "/v1/auth/sessions?limit=2" + (f"&cursor={cursor}" if cursor else "")
        body = browsers[0].get(path).expect(200).body
        assert len(body["items"]) <= 2
        seen += [item["userAgent"] for item in body["items"]]
        cursor = body["nextCursor"]
        if cursor is None:
            break
    assert sorted(seen) == [f"agent/{index}" for index in range(5)]
    for wrong in ("limit=0", "limit=201", "limit=x", "limit=-1", "cursor=%00", "cursor=zz"):
        browsers[0].get("/v1/auth/sessions?" + wrong).expect(400)


def test_ending_one_session_leaves_the_others(gateway: Gateway) -> None:
    wallet = Ed25519Wallet()
    phone, laptop = signed_in(gateway, wallet, "phone"), signed_in(gateway, wallet, "laptop")
    [other] = [item["id"] for item in items(phone) if not item["current"]]

    phone.delete(f"/v1/auth/sessions/{other}").expect(204)

    gone(laptop)
    laptop.post("/v1/auth/refresh").expect(401)
    assert [item["current"] for item in items(phone)] == [True]


def test_ending_all_others_keeps_ones_own(gateway: Gateway) -> None:
    wallet = Ed25519Wallet()
    own, *others = [signed_in(gateway, wallet) for _ in range(4)]

    own.delete("/v1/auth/sessions").expect(204)

    for browser in others:
        gone(browser)
    own.get("/v1/customer").expect(200)
    own.post("/v1/auth/refresh").expect(200)
    assert len(items(own)) == 1


def test_nobody_ends_or_finds_anothers_session(gateway: Gateway) -> None:
    alice, mallory = signed_in(gateway, Ed25519Wallet()), signed_in(gateway, Ed25519Wallet())
    [session] = [item["id"] for item in items(alice)]

    theirs = mallory.delete(f"/v1/auth/sessions/{session}")
    nobodys = mallory.delete(f"/v1/auth/sessions/{uuid.uuid4()}")

    assert theirs.status == 404 and nobodys.status in (400, 404)
    alice.get("/v1/customer").expect(200)


def test_logout_clears_the_cookies_and_ends_the_session(gateway: Gateway) -> None:
    browser = signed_in(gateway, Ed25519Wallet())
    access, refresh = browser.access, browser.refresh

    answer = browser.post("/v1/auth/logout").expect(204)

    assert {ACCESS, REFRESH} <= set(answer.set_cookies)
    assert all(cookie.value == "" for cookie in answer.set_cookies.values())
    assert not set(browser.cookies) - {CHALLENGE}
    browser.get("/v1/customer", bearer=access).expect(401)
    browser.post("/v1/auth/refresh", json={"refreshToken": refresh}).expect(401)


def test_logout_with_a_bearer_token_needs_no_cookie(gateway: Gateway) -> None:
    browser = signed_in(gateway, Ed25519Wallet())
    client = Browser(gateway, origin=None)

    client.post("/v1/auth/logout", bearer=browser.access).expect(204)

    browser.get("/v1/customer").expect(401)


def test_the_second_logout_harms_nobody(gateway: Gateway) -> None:
    browser = signed_in(gateway, Ed25519Wallet())
    cookies = dict(browser.cookies)
    browser.post("/v1/auth/logout").expect(204)
    assert browser.post("/v1/auth/logout", cookies=cookies).status in (204, 401)
