"""A signing key has leaked: `sluice keys rotate --now`."""

import jwt

from support.client import Browser
from support.gateway import Fleet, Gateway
from support.waiting import until
from support.wallet import Ed25519Wallet


def key_ids(gateway: Gateway) -> set[str]:
    document = Browser(gateway).get("/.well-known/jwks.json").expect(200).body
    return {key["kid"] for key in document["keys"]}


def test_a_leaked_key_is_believed_by_no_gateway_and_clients_refresh(fleet: Fleet, commands) -> None:
    gateways = [fleet.start() for _ in range(2)]
    browser = Browser(gateways[0])
    old = browser.sign_in(Ed25519Wallet())["accessToken"]
    leaked = jwt.get_unverified_header(old)["kid"]
    for gateway in gateways:  # Each remembers now that the token is good.
        browser.get("/v1/auth/session", at=gateway, bearer=old).expect(200)

    result = commands("keys", "rotate", "--now")
    assert result.returncode == 0, result.stderr
    assert "5 minutes" in result.stdout, "it says what other verifiers may still believe"

    for gateway in gateways:
        until(lambda gateway=gateway: leaked not in key_ids(gateway), within=3, what="it is gone")
        browser.get("/v1/auth/session", at=gateway, bearer=old).expect(401, "token_invalid")
    new = browser.post("/v1/auth/refresh").expect(200).body["accessToken"]
    assert jwt.get_unverified_header(new)["kid"] != leaked
    for gateway in gateways:
        browser.get("/v1/auth/session", at=gateway, bearer=new).expect(200)
