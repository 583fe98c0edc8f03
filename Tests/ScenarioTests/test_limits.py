"""Token buckets: who is counted, what the answer says, and that nobody is locked out."""

from collections.abc import Callable

import pytest

from support.client import REFRESH, Answer, Browser
from support.gateway import Gateway
from support.load import at_once
from support.waiting import until
from support.wallet import Ed25519Wallet

TRUSTED = "127.0.0.0/8"
Start = Callable[..., Gateway]


def challenge_from(gateway: Gateway, forwarded: str | None = None) -> Answer:
    headers = {"X-Forwarded-For": forwarded} if forwarded is not None else {}
    return Browser(gateway).post("/v1/auth/challenge", json={}, headers=headers)


def statuses(gateway: Gateway, addresses: list[str | None]) -> list[int]:
    return [challenge_from(gateway, address).status for address in addresses]


def test_the_limit_is_announced_and_past_it_comes_429(start: Start) -> None:
    gateway = start(SLUICE_LIMIT_CHALLENGE="3/3600")
    served = challenge_from(gateway).expect(201)
    assert any(name.startswith("ratelimit") for name in served.headers)
    assert statuses(gateway, [None, None]) == [201, 201]

    refused = challenge_from(gateway).expect(429)

    assert 1 <= int(refused.headers["retry-after"]) <= 1200
    assert any(name.startswith("ratelimit") for name in refused.headers)
    assert set(refused.headers) >= {"x-request-id"}
    Browser(gateway).get("/health").expect(200)


def test_after_the_named_time_one_is_served_again(start: Start) -> None:
    gateway = start(SLUICE_LIMIT_CHALLENGE="2/2")
    assert statuses(gateway, [None, None]) == [201, 201]
    wait = int(challenge_from(gateway).expect(429).headers["retry-after"])
    assert wait in (1, 2)
    until(lambda: challenge_from(gateway).status == 201, within=wait + 0.5,
          what="served again within the announced time")


def test_an_ipv6_network_of_64_bits_is_one_client(start: Start) -> None:
    gateway = start(SLUICE_LIMIT_CHALLENGE="2/3600", SLUICE_TRUSTED_PROXIES=TRUSTED)
    assert statuses(gateway, [
        "2001:db8:1:2::1", "2001:db8:1:2:ffff::2", "2001:db8:1:2:1:2:3:4", "2001:db8:1:3::1",
        "2001:db8:1:3::1", "2001:db8:1:3::2"]) == [201, 201, 429, 201, 201, 429]


def test_ipv4_addresses_are_clients_each_also_in_ipv6_clothes(start: Start) -> None:
    gateway = start(SLUICE_LIMIT_CHALLENGE="1/3600", SLUICE_TRUSTED_PROXIES=TRUSTED)
    assert statuses(gateway, [
        "203.0.113.1", "203.0.113.2", "203.0.113.1", "::ffff:203.0.113.2", "::ffff:203.0.113.3",
        "203.0.113.3"]) == [201, 201, 429, 429, 201, 429]


def test_forwarded_for_counts_only_through_a_trusted_proxy(start: Start) -> None:
    gateway = start(SLUICE_LIMIT_CHALLENGE="2/3600")
    assert statuses(gateway, ["203.0.113.1", "203.0.113.2", "203.0.113.3"]) == [201, 201, 429]


def test_the_rightmost_entry_that_is_no_trusted_proxy_is_the_client(start: Start) -> None:
    gateway = start(
        SLUICE_LIMIT_CHALLENGE="2/3600", SLUICE_TRUSTED_PROXIES=f"{TRUSTED},10.0.0.0/8")
    assert statuses(gateway, [
        "1.1.1.1, 203.0.113.9", "2.2.2.2, 203.0.113.9, 10.1.2.3", "3.3.3.3,203.0.113.9",
    ]) == [201, 201, 429]
    assert challenge_from(gateway, "203.0.113.9, 203.0.113.10").status == 201


@pytest.mark.parametrize("forwarded", ["junk", "", "1.2.3", "203.0.113.9:1:2", "a, b, c", "," * 99])
def test_an_unreadable_forwarded_for_makes_no_fresh_client(
    start: Start, forwarded: str
) -> None:
    gateway = start(SLUICE_LIMIT_CHALLENGE="2/3600", SLUICE_TRUSTED_PROXIES=TRUSTED)
    seen = statuses(gateway, [forwarded, forwarded, forwarded])
    assert 201 not in seen[2:]


def test_the_clients_address_is_what_the_session_shows(start: Start) -> None:
    gateway = start(SLUICE_TRUSTED_PROXIES=TRUSTED)
    browser, wallet = Browser(gateway), Ed25519Wallet()
    headers = {"X-Forwarded-For": "198.51.100.7"}
    challenge = browser.challenge(wallet.address, headers=headers)
    browser.verify(challenge["nonce"], wallet.sign(challenge["message"].encode()),
                   headers=headers).expect(200)
    [item] = browser.get("/v1/auth/sessions").expect(200).body["items"]
    assert item["ip"] == "198.51.100.7"


def test_verify_has_a_limit_of_its_own(start: Start) -> None:
    gateway = start(SLUICE_LIMIT_VERIFY="2/3600")
    browser = Browser(gateway)
    body = {"nonce": "A" * 26, "signature": "AA=="}
    assert [browser.post("/v1/auth/verify", json=body).status for _ in range(3)] == [401, 401, 429]
    challenge_from(gateway).expect(201)


def test_refresh_is_limited_by_session(start: Start) -> None:
    gateway = start(SLUICE_LIMIT_REFRESH="2/3600")
    first, second = Browser(gateway), Browser(gateway)
    wallet = Ed25519Wallet()
    first.sign_in(wallet)
    second.sign_in(wallet)
    assert [first.post("/v1/auth/refresh").status for _ in range(3)] == [200, 200, 429]
    second.post("/v1/auth/refresh").expect(200)


def test_a_refused_refresh_uses_nothing_up(start: Start) -> None:
    gateway = start(SLUICE_LIMIT_REFRESH="1/2")
    browser = Browser(gateway)
    browser.sign_in(Ed25519Wallet())
    browser.post("/v1/auth/refresh").expect(200)
    token = browser.refresh
    browser.post("/v1/auth/refresh").expect(429)
    assert browser.refresh == token
    until(lambda: Browser(gateway).post(
        "/v1/auth/refresh", cookies={REFRESH: token}).status == 200,
        within=20, what="the same token is served after the wait")


def test_everything_else_is_limited_by_customer(start: Start) -> None:
    gateway = start(SLUICE_LIMIT_DEFAULT="3/3600")
    alice, bob = Browser(gateway), Browser(gateway)
    alice.sign_in(Ed25519Wallet())
    bob.sign_in(Ed25519Wallet())
    assert [alice.get("/v1/customer").status for _ in range(4)] == [200, 200, 200, 429]
    bob.get("/v1/customer").expect(200)


def test_live_challenges_of_one_address_are_bounded(start: Start) -> None:
    gateway = start(SLUICE_LIMIT_LIVE_CHALLENGES="5", SLUICE_TRUSTED_PROXIES=TRUSTED)
    assert statuses(gateway, ["192.0.2.1"] * 6) == [201] * 5 + [429]
    challenge_from(gateway, "192.0.2.2").expect(201)


def test_one_gateway_keeps_the_limit_on_live_challenges_however_many_come_at_once(
    start: Start,
) -> None:
    gateway = start(
        SLUICE_LIMIT_LIVE_CHALLENGES="10", SLUICE_LIMIT_CHALLENGE="1000/60",
        SLUICE_TRUSTED_PROXIES=TRUSTED)
    for address in ("198.51.100.1", "198.51.100.2", "2001:db8:7::1"):
        answers = at_once([
            lambda: challenge_from(gateway, address) for _ in range(64)])
        assert sorted(answer.status for answer in answers) == [201] * 10 + [429] * 54, address
        challenge_from(gateway, address).expect(429)


def test_nobody_can_lock_a_wallet_out(start: Start) -> None:
    gateway = start(
        SLUICE_LIMIT_CHALLENGE="60/3600", SLUICE_LIMIT_VERIFY="60/3600",
        SLUICE_TRUSTED_PROXIES=TRUSTED)
    victim, thief = Ed25519Wallet(), Ed25519Wallet()
    mallory = Browser(gateway)
    headers = {"X-Forwarded-For": "203.0.113.66"}
    for _ in range(60):
        challenge = mallory.challenge(victim.address, headers=headers)
        mallory.verify(
            challenge["nonce"], thief.sign(challenge["message"].encode()), headers=headers
        ).expect(401, "signature_invalid")

    Browser(gateway).sign_in(victim)
