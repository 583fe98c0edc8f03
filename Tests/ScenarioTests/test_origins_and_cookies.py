"""What a page of another site can make a browser do here: nothing."""

import pytest

from support.client import ACCESS, CHALLENGE, REFRESH, Browser
from support.gateway import PUBLIC_URL, Fleet, Gateway
from support.wallet import Ed25519Wallet

OTHER_PAGE = "https://console.sluice.test"
FOREIGN = [
    "https://evil.example", "null", PUBLIC_URL + ".evil.example", "http://app.sluice.test",
    PUBLIC_URL + ":8443", "https://APP.sluice.test.", "https://xapp.sluice.test", "",
    f"{PUBLIC_URL}, https://evil.example", "https://evil.example/" + PUBLIC_URL,
]


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_origin_is_refused_on_every_call_that_changes_something(
    gateway: Gateway, origin: str
) -> None:
    browser, wallet = Browser(gateway), Ed25519Wallet()
    browser.sign_in(wallet)
    challenge = browser.challenge(wallet.address)
    body = {
        "nonce": challenge["nonce"], "signature": wallet.sign(challenge["message"].encode())}
    headers = {"Origin": origin}

    browser.post("/v1/auth/challenge", json={}, headers=headers).expect(403, "origin_refused")
    browser.post("/v1/auth/verify", json=body, headers=headers).expect(403, "origin_refused")
    browser.post("/v1/auth/refresh", headers=headers).expect(403, "origin_refused")
    browser.post("/v1/auth/logout", headers=headers).expect(403, "origin_refused")
    browser.delete("/v1/auth/sessions", headers=headers).expect(403, "origin_refused")
    browser.send(
        "PATCH", "/v1/customer", json={"displayName": "x"}, headers=headers
    ).expect(403, "origin_refused")

    browser.post("/v1/auth/verify", json=body).expect(200)  # Nothing above burned the nonce.


def test_without_an_origin_a_cookie_is_no_credential_for_a_change(gateway: Gateway) -> None:
    browser = Browser(gateway, origin=None)
    page = Browser(gateway)
    page.sign_in(Ed25519Wallet())
    browser.cookies = page.cookies

    browser.post("/v1/auth/refresh").expect(403, "origin_refused")
    browser.post("/v1/auth/logout").expect(403, "origin_refused")
    browser.delete("/v1/auth/sessions").expect(403, "origin_refused")
    browser.send(
        "PATCH", "/v1/customer", json={"displayName": "x"}).expect(403, "origin_refused")

    browser.get("/v1/customer").expect(200)
    page.post("/v1/auth/refresh").expect(200)


def test_login_csrf_leaves_the_victim_signed_out(gateway: Gateway) -> None:
    attacker, victim = Browser(gateway), Browser(gateway)
    wallet = Ed25519Wallet()
    challenge = attacker.challenge(wallet.address)
    signature = wallet.sign(challenge["message"].encode())

    victim.verify(
        challenge["nonce"], signature, headers={"Origin": "https://evil.example"}
    ).expect(403, "origin_refused")
    victim.verify(challenge["nonce"], signature).expect(401, "challenge_unknown")
    victim.post(
        "/v1/auth/verify", headers={"Content-Type": "text/plain"},
        content=b'{"nonce":"%b","signature":"%b"}' % (
            challenge["nonce"].encode(), signature.encode())).expect(415)

    assert ACCESS not in victim.cookies and REFRESH not in victim.cookies


def test_a_bearer_token_obeys_no_origin_rule(gateway: Gateway) -> None:
    token = Browser(gateway).sign_in(Ed25519Wallet())["accessToken"]
    for origin in (None, "https://evil.example"):
        client = Browser(gateway, origin=origin)
        client.send(
            "PATCH", "/v1/customer", json={"displayName": "x"}, bearer=token).expect(200)


def test_cors_is_for_our_pages_only(fleet: Fleet) -> None:
    gateway = fleet.start(SLUICE_ALLOWED_ORIGINS=OTHER_PAGE)
    browser = Browser(gateway)
    for origin in (PUBLIC_URL, OTHER_PAGE):
        answer = browser.get("/.well-known/jwks.json", headers={"Origin": origin})
        assert answer.headers["access-control-allow-origin"] == origin
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert "origin" in answer.headers["vary"].lower()
        asked = browser.send("OPTIONS", "/v1/customer", headers={
            "Origin": origin, "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": "content-type"})
        assert asked.status in (200, 204)
        assert asked.headers["access-control-allow-origin"] == origin
        assert "PATCH" in asked.headers["access-control-allow-methods"]
        assert "content-type" in asked.headers["access-control-allow-headers"].lower()
        browser.post("/v1/auth/challenge", json={}, headers={"Origin": origin}).expect(201)
    for origin in FOREIGN:
        for method in ("GET", "OPTIONS"):
            answer = browser.send(method, "/v1/customer", headers={
                "Origin": origin, "Access-Control-Request-Method": "PATCH"})
            assert "access-control-allow-origin" not in answer.headers


def test_cookies_in_development_have_no_prefix_and_are_closed_to_scripts(
    browser: Browser,
) -> None:
    wallet = Ed25519Wallet()
    challenge = browser.post("/v1/auth/challenge", json={"address": wallet.address}).expect(201)
    signed = browser.verify(
        challenge.body["nonce"], wallet.sign(challenge.body["message"].encode())).expect(200)

    cookies = {**challenge.set_cookies, **{
        name: cookie for name, cookie in signed.set_cookies.items() if cookie.value}}
    assert set(cookies) >= {CHALLENGE, ACCESS, REFRESH}
    for cookie in cookies.values():
        assert "httponly" in cookie.attributes and "secure" not in cookie.attributes
        assert cookie.attributes["samesite"] == "Strict" and cookie.attributes["path"] == "/"
        assert "domain" not in cookie.attributes


def test_secure_cookies_have_the_host_prefix_and_only_they_count(fleet: Fleet) -> None:
    gateway = fleet.start(SLUICE_COOKIE_SECURE="true")
    browser, wallet = Browser(gateway), Ed25519Wallet()
    browser.sign_in(wallet)
    answer = browser.post("/v1/auth/refresh").expect(200)

    assert set(browser.cookies) >= {f"__Host-{ACCESS}", f"__Host-{REFRESH}"}
    for cookie in answer.set_cookies.values():
        assert cookie.name.startswith("__Host-")
        assert {"httponly", "secure"} <= set(cookie.attributes)
        assert cookie.attributes["samesite"] == "Strict" and cookie.attributes["path"] == "/"
        assert "domain" not in cookie.attributes
    token = browser.cookies[f"__Host-{ACCESS}"]
    browser.get("/v1/customer").expect(200)
    browser.get("/v1/customer", cookies={ACCESS: token}).expect(401)


def test_a_cookie_sent_twice_is_refused_or_worth_nothing(gateway: Gateway) -> None:
    browser = Browser(gateway)
    browser.sign_in(Ed25519Wallet())
    for header in (
        f"{ACCESS}={browser.access}; {ACCESS}=junk", f"{ACCESS}=junk; {ACCESS}={browser.access}"
    ):
        answer = browser.get("/v1/customer", cookies={}, headers={"Cookie": header})
        assert answer.status in (400, 401)
