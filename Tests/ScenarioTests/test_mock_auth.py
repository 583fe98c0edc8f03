"""MOCK_AUTH: a development toggle that works, and says so each time."""

import base64
from collections.abc import Callable

from support.client import Browser
from support.gateway import Gateway
from support.wallet import Ed25519Wallet, ZkLoginWallet

Start = Callable[..., Gateway]


def test_any_well_formed_signature_signs_in_and_the_start_warns(start: Start) -> None:
    gateway = start(MOCK_AUTH="true")
    wallet, other = Ed25519Wallet(), Ed25519Wallet()
    browser = Browser(gateway)
    challenge = browser.challenge(wallet.address)

    body = browser.verify(challenge["nonce"], other.sign(b"another text")).expect(200).body

    assert body["customer"]["walletAddress"] == wallet.address
    browser.get("/v1/customer").expect(200)
    assert [line for line in gateway.log_lines()
            if line["level"] == "warning" and "MOCK_AUTH" in str(line)]
    zklogin = ZkLoginWallet()
    Browser(gateway).sign_in(zklogin)


def test_everything_else_is_as_strict_as_ever(start: Start) -> None:
    browser = Browser(start(MOCK_AUTH="true"))
    wallet = Ed25519Wallet()
    challenge = browser.challenge(wallet.address)
    signature = wallet.sign(challenge["message"].encode())
    Browser(browser.base).verify(challenge["nonce"], signature).expect(401, "challenge_unknown")
    browser.verify(challenge["nonce"], "AA==").expect(400, "signature_malformed")
    browser.verify(challenge["nonce"], signature).expect(401, "challenge_unknown")
    challenge = browser.challenge(wallet.address)
    cut = base64.b64encode(base64.b64decode(signature)[:-1]).decode()
    browser.verify(challenge["nonce"], cut).expect(400, "signature_malformed")


def test_without_the_toggle_nothing_is_mocked_and_nothing_warns(start: Start) -> None:
    gateway = start(MOCK_AUTH="false")
    wallet, browser = Ed25519Wallet(), Browser(gateway)
    challenge = browser.challenge(wallet.address)
    browser.verify(challenge["nonce"], wallet.sign(b"x")).expect(401, "signature_invalid")
    assert "MOCK_AUTH" not in gateway.output()
