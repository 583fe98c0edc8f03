"""From a new key to a signed-in customer."""

from __future__ import annotations

from callers import Page
from terminal import DemoFailed, chapter, paint, say
from wallet import Wallet


def sign_in(wallet: Wallet, page: Page) -> dict:
    """The customer."""
    chapter("1. Signing in with nothing but a wallet")
    say(f"A new wallet: {paint(wallet.address, '1')}")
    say()
    challenge = page.call(
        "POST", "/v1/auth/challenge", {"address": wallet.address}, expect=201)
    say("The text that the wallet shows and signs:")
    for line in challenge["message"].splitlines():
        say(paint("  │ " + line, "2"))
    say()
    signed_in = page.call("POST", "/v1/auth/verify", {
        "nonce": challenge["nonce"], "signature": wallet.sign(challenge["message"])})
    if signed_in["customer"]["walletAddress"] != wallet.address:
        raise DemoFailed("the session is somebody else's")
    page.call("PATCH", "/v1/customer", {"displayName": "Ada"})
    page.call("POST", "/v1/auth/refresh")
    page.call("GET", "/v1/auth/sessions")
    page.call("GET", "/.well-known/jwks.json")
    say("The same signature a second time opens nothing:")
    page.call("POST", "/v1/auth/verify", {
        "nonce": challenge["nonce"], "signature": wallet.sign(challenge["message"])}, expect=401)
    return page.call("GET", "/v1/customer")
