"""The profile: what is shown, what can be changed."""

import json
import re

import pytest

from support.client import Browser
from support.wallet import Ed25519Wallet

MEMBERS = {
    "customerId", "walletAddress", "status", "displayName", "escrowAccountId", "createdAt"}


def patch(browser: Browser, content: object, **options):
    return browser.send("PATCH", "/v1/customer", json=content, **options)


def test_a_new_customer_has_the_promised_profile(browser: Browser) -> None:
    wallet = Ed25519Wallet()
    session = browser.sign_in(wallet)

    profile = browser.get("/v1/customer").expect(200).body

    assert set(profile) == MEMBERS
    assert profile["walletAddress"] == wallet.address
    assert profile["customerId"] == session["customer"]["customerId"]
    assert profile["status"] == "active"
    assert profile["displayName"] is None and profile["escrowAccountId"] is None
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", profile["createdAt"])


@pytest.mark.parametrize("name", ["Ada", "Ada Lovelace", "Łukasz 🦀", "名前", "a" * 64])
def test_the_display_name_is_kept_as_written(browser: Browser, name: str) -> None:
    browser.sign_in(Ed25519Wallet())
    assert patch(browser, {"displayName": name}).expect(200).body["displayName"] == name
    assert browser.get("/v1/customer").expect(200).body["displayName"] == name


def test_null_takes_the_display_name_away(browser: Browser) -> None:
    browser.sign_in(Ed25519Wallet())
    patch(browser, {"displayName": "Ada"}).expect(200)
    assert patch(browser, {"displayName": None}).expect(200).body["displayName"] is None


@pytest.mark.parametrize("content", [
    {}, {"displayName": 7}, {"displayName": "a" * 10000}, {"displayName": "a\u0000b"},
    {"displayName": "line\nbreak"}, {"displayName": " \u3000"}, {"displayName": "a\u202eb"},
    {"customerId": 1}, {"displayName": "x", "status": "closed"},
    [], "x", {"displayName": ["x"]},
])
def test_anything_else_is_refused_and_nothing_changes(browser: Browser, content: object) -> None:
    browser.sign_in(Ed25519Wallet())
    before = browser.get("/v1/customer").body
    answer = patch(browser, content)
    assert answer.status in (400, 422) and answer.code
    assert browser.get("/v1/customer").body == before


def test_an_unknown_member_is_named(browser: Browser) -> None:
    browser.sign_in(Ed25519Wallet())
    answer = patch(browser, {"displayName": "Ada", "walletAdress": "0x1"})
    answer.expect(400, "body_invalid")
    assert "walletAdress" in json.dumps(answer.body)


def test_customer_ids_do_not_count_up(browser: Browser) -> None:
    ids = [
        Browser(browser.base).sign_in(Ed25519Wallet())["customer"]["customerId"]
        for _ in range(10)]
    assert len(set(ids)) == 10
    assert max(ids) - min(ids) > 1_000_000
