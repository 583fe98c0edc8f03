"""Signing keys change under load and nobody notices."""

import re
import time

import jwt

from support.client import Browser
from support.gateway import Fleet, Gateway
from support.load import Load
from support.waiting import until
from support.wallet import Ed25519Wallet

LEAD = 2


def key_ids(gateway: Gateway) -> set[str]:
    document = Browser(gateway).get("/.well-known/jwks.json").expect(200).body
    return {key["kid"] for key in document["keys"]}


def test_rotation_under_load_fails_nobody(fleet: Fleet, commands) -> None:
    lead = str(LEAD)
    gateways = [fleet.start(SLUICE_TOKEN_KEY_LEAD_SECONDS=lead) for _ in range(2)]
    [first] = key_ids(gateways[0])
    early = Browser(gateways[0])
    early.sign_in(Ed25519Wallet())
    used: dict[str, float] = {}

    def client():
        browsers = [Browser(gateway) for gateway in gateways]
        wallet = Ed25519Wallet()
        turn = 0

        def work() -> None:
            nonlocal turn
            turn += 1
            browser, other = browsers[turn % 2], browsers[(turn + 1) % 2]
            token = browser.sign_in(wallet)["accessToken"]
            used.setdefault(jwt.get_unverified_header(token)["kid"], time.monotonic())
            other.get("/v1/auth/session", bearer=token).expect(200)
            other.get("/v1/customer", bearer=token).expect(200)
            browser.post("/v1/auth/refresh").expect(200)

        return work

    with Load(client, threads=3) as load:
        until(lambda: load.done > 20, within=20, what="the load runs")
        known = {first}
        for _ in range(2):
            asked = time.monotonic()
            result = commands("keys", "rotate", SLUICE_TOKEN_KEY_LEAD_SECONDS=lead)
            assert result.returncode == 0, result.stderr
            published = until(
                lambda: set.intersection(*map(key_ids, gateways)) - known, within=LEAD + 3,
                what="both gateways publish the new key")
            [new] = published
            until(lambda new=new: new in used, within=LEAD + 8, what="the new key signs")
            assert used[new] - asked >= LEAD, "it signed before verifiers could know it"
            known.add(new)
        after = load.done
        until(lambda: load.done > after + 20, within=20, what="the load goes on")

    assert load.failures == []
    for gateway in gateways:
        assert known <= key_ids(gateway), "a key stays until its last token is dead"
        early.get("/v1/auth/session", at=gateway).expect(200)


def test_the_key_set_says_how_long_it_may_be_kept(gateway: Gateway) -> None:
    answer = Browser(gateway).get("/.well-known/jwks.json").expect(200)
    age = re.search(r"max-age=(\d+)", answer.headers["cache-control"])
    assert age and int(age.group(1)) <= 300
    for key in answer.body["keys"]:
        assert (key["kty"], key["crv"], key["alg"], key["use"]) == (
            "OKP", "Ed25519", "EdDSA", "sig")
        assert "d" not in key


def test_two_gateways_that_start_together_on_a_new_database_share_one_key(fleet: Fleet) -> None:
    gateways = [fleet.start(ready_within=None) for _ in range(2)]
    for gateway in gateways:
        until(lambda gateway=gateway: gateway.ready_status() == 200, within=15, what="ready")
    assert key_ids(gateways[0]) == key_ids(gateways[1]) and len(key_ids(gateways[0])) == 1
    token = Browser(gateways[0]).sign_in(Ed25519Wallet())["accessToken"]
    Browser(gateways[1]).get("/v1/auth/session", bearer=token).expect(200)
