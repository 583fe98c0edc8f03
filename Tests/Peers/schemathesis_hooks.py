"""Gives each generated call what a client would: a live session, for a call may end the one before
it, and an idempotency key of its own, for a key with another body is rightly refused."""

import os
import re
import uuid

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
        headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}
        # Keys of a wrong form stay as they are: they are to be refused.
        if re.fullmatch(r"[!-~]{1,255}", str(headers.get("Idempotency-Key", ""))):
            headers["Idempotency-Key"] = str(uuid.uuid4())
        case.headers = headers
