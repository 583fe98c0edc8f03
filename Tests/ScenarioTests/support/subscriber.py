"""A customer who chooses, enables and uses services through the API."""

import secrets

from .client import Answer, Browser
from .gateway import Fleet, Gateway
from .service import open_account
from .wallet import Ed25519Wallet


class Subscriber:
    """Somebody who is signed in, with an escrow account."""

    def __init__(self, gateway: Gateway, fleet: Fleet, balance: int, limit: int = 0) -> None:
        self.browser = Browser(gateway)
        signed_in = self.browser.sign_in(Ed25519Wallet())
        self.number = signed_in["customer"]["customerId"]
        self.account = open_account(fleet, self.number, balance, limit)

    def change(
        self, method: str, path: str, body: dict | None = None, key: str | None = None
    ) -> Answer:
        options = {} if body is None else {"json": body}
        return self.browser.send(
            method, path, headers={"Idempotency-Key": key or secrets.token_hex(8)}, **options)

    def choose(self, tier: str, key: str | None = None, **options: int) -> Answer:
        return self.change("PUT", "/v1/services/seal", {"tier": tier, "options": options}, key)

    def enable(self, key: str | None = None) -> Answer:
        return self.change("POST", "/v1/services/seal/enable", key=key)

    def make_key(self, **body: object) -> dict:
        return self.browser.post("/v1/services/seal/api-keys", json=body).expect(201).body
