"""Gives each generated call what a client would: a live session, for a call may end the one before
it, and an idempotency key of its own, for a key with another body is rightly refused. Calls of
services are signed as they are about to be sent."""

import os
import re
import uuid
from urllib.parse import urlsplit

import requests
import schemathesis

from support.client import Browser
from support.service import Service
from support.wallet import Ed25519Wallet

GATEWAY = os.environ["SLUICE_TEST_GATEWAY"]
wallet = Ed25519Wallet()


def control(method: str, **parameters: object) -> dict:
    """A control method of the simulated node."""
    question = {"jsonrpc": "2.0", "id": 1, "method": f"mock_{method}", "params": parameters}
    return requests.post(os.environ["SLUICE_TEST_NODE"], json=question, timeout=10).json()["result"]


# As much of both as an amount may name, so that none is too much.
for coin, amount in (("0x2::sui::SUI", 10**12), (control("info")["usdcType"], 2**63 - 1)):
    control("mint", address=wallet.address, coinType=coin, amount=amount)
OF_SERVICES = r"^/v1/(charges|refunds|ingest)"
service = Service(*os.environ["SLUICE_TEST_SERVICE"].split(":"))


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: object) -> object:
    """JSON Schema takes 1.0 for an integer; we take the plain spelling only."""
    return plain(body) if isinstance(body, dict) else body


def plain(value: object) -> object:
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def own_key(case: schemathesis.Case) -> dict:
    """The case's headers; keys of a wrong form stay as they are: they are to be refused."""
    headers = dict(case.headers or {})
    if re.fullmatch(r"[!-~]{1,255}", str(headers.get("Idempotency-Key", ""))):
        headers["Idempotency-Key"] = str(uuid.uuid4())
    return headers


@schemathesis.auth(refresh_interval=None).skip_for(path_regex=OF_SERVICES)
class SignedIn:
    def get(self, case: schemathesis.Case, context: schemathesis.AuthContext) -> str:
        return Browser(GATEWAY).sign_in(wallet)["accessToken"]

    def set(
        self, case: schemathesis.Case, data: str, context: schemathesis.AuthContext
    ) -> None:
        case.headers = {**own_key(case), "Authorization": f"Bearer {data}"}


class Signature(requests.auth.AuthBase):
    """Sees the request as its bytes will be."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        parts = urlsplit(request.url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        body = request.body or b""
        key = request.headers.get("Idempotency-Key")
        headers = service.headers(
            request.method, target, request.headers.get("Host", parts.netloc),
            body.encode() if isinstance(body, str) else body,
            key.decode("latin-1") if isinstance(key, bytes) else key)
        headers.pop("Idempotency-Key", None)
        request.headers.update(headers)
        return request


@schemathesis.auth(refresh_interval=None).apply_to(path_regex=OF_SERVICES)
class SignedByService:
    def get(self, case: schemathesis.Case, context: schemathesis.AuthContext) -> Signature:
        return Signature()

    def set(
        self, case: schemathesis.Case, data: Signature, context: schemathesis.AuthContext
    ) -> None:
        """What spoils headers on purpose is not mended by a signature."""
        case.headers = own_key(case)
        if not any(
            component.mode.is_negative for place, component in case.meta.components.items()
            if place.name == "HEADER"
        ):
            case._auth = data  # As `schemathesis.auth.set_from_requests` does.
