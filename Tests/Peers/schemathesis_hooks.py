"""Gives each generated call a live session: a call may end the one before it."""

import os

import schemathesis

from support.client import Browser
from support.wallet import Ed25519Wallet

GATEWAY = os.environ["SLUICE_TEST_GATEWAY"]
wallet = Ed25519Wallet()


@schemathesis.auth(refresh_interval=None)
class SignedIn:
    def get(self, case: schemathesis.Case, context: schemathesis.AuthContext) -> str:
        return Browser(GATEWAY).sign_in(wallet)["accessToken"]

    def set(
        self, case: schemathesis.Case, data: str, context: schemathesis.AuthContext
    ) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}
