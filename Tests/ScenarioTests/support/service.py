"""The operator's own services: calls signed by the words of the contract, with hmac and hashlib."""

import hashlib
import hmac
import json as json_module
import secrets
import time
from dataclasses import dataclass
from typing import Any

import psycopg

from .binary import REPOSITORY, run
from .client import Answer, http_client, new_customer
from .gateway import Fleet, Gateway, empty_env_file, settings

SCOPES = "charges,refunds"


def signed_text(
    key_id: str, method: str, target: str, host: str, timestamp: str, nonce: str, key: str,
    body: bytes,
) -> bytes:
    lines = [key_id, method, target, host, timestamp, nonce, key, hashlib.sha256(body).hexdigest()]
    return "\n".join(lines).encode()


@dataclass
class Service:
    """A key of `sluice keys service add`."""

    id: str
    secret: str

    def headers(
        self, method: str, target: str, host: str, body: bytes = b"", key: str | None = None,
        timestamp: int | None = None, nonce: str | None = None,
    ) -> dict[str, str]:
        at = str(time.time_ns() // 1_000_000 if timestamp is None else timestamp)
        nonce = secrets.token_hex(16) if nonce is None else nonce
        text = signed_text(self.id, method, target, host, at, nonce, key or "", body)
        headers = {
            "Authorization": f"Bearer {self.id}", "X-Timestamp": at, "X-Nonce": nonce,
            "X-HMAC-Signature": hmac.new(self.secret.encode(), text, hashlib.sha256).hexdigest(),
        }
        if key is not None:
            headers["Idempotency-Key"] = key
        return headers

    def send(
        self, gateway: Gateway, method: str, target: str, *, json: Any = None,
        content: bytes | None = None, key: str | None = None, timestamp: int | None = None,
        nonce: str | None = None, change: dict[str, str | None] | None = None,
    ) -> Answer:
        """`change` replaces headers after they were signed, or takes them away with None."""
        body = content if content is not None else (
            b"" if json is None else json_module.dumps(json).encode())
        host = f"127.0.0.1:{gateway.port}"
        headers = self.headers(method, target, host, body, key, timestamp, nonce)
        if body:
            headers["Content-Type"] = "application/json"
        for name, value in (change or {}).items():
            if value is None:
                headers.pop(name, None)
            else:
                headers[name] = value
        with http_client() as client:
            return Answer(client.request(
                method, gateway.url + target, headers=headers, content=body or None))

    def get(self, gateway: Gateway, target: str, **options: Any) -> Answer:
        return self.send(gateway, "GET", target, **options)

    def post(self, gateway: Gateway, target: str, json: Any, **options: Any) -> Answer:
        options.setdefault("key", secrets.token_hex(8))
        return self.send(gateway, "POST", target, json=json, **options)

    def charge(
        self, gateway: Gateway, customer: int, amount: int | str, *, invoice: str | None = None,
        **options: Any,
    ) -> Answer:
        body = {"customerId": customer, "amountMicroUsdc": str(amount), "description": "use"}
        if invoice is not None:
            body["invoiceId"] = invoice
        return self.post(gateway, "/v1/charges", body, **options)


def command(fleet: Fleet, *arguments: str) -> dict:
    """`sluice keys service …` with --json where it is named."""
    result = run(
        "keys", "service", *arguments, "--env-file", str(empty_env_file(fleet.directory)),
        environment=settings(fleet.directory, fleet.database_url))
    assert result.returncode == 0, result.stdout + result.stderr
    return json_module.loads(result.stdout) if "--json" in arguments else {}


def add_service(fleet: Fleet, name: str | None = None, scopes: str = SCOPES) -> Service:
    made = command(
        fleet, "add", "--name", name or "s" + secrets.token_hex(6), "--scopes", scopes, "--json")
    return Service(made["id"], made["secret"])


def load_prices(fleet: Fleet) -> None:
    """Writes what the manager writes when it first finds a price book."""
    content = (REPOSITORY / "Config" / "pricebook.json").read_bytes()
    with psycopg.connect(fleet.database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO price_books (content, digest, loaded_at)"
            " SELECT %(book)s, sha256(%(book)s), now()"
            " WHERE NOT EXISTS (SELECT FROM price_books)", {"book": content})


def open_account(fleet: Fleet, customer: int, balance: int, limit: int = 0) -> bytes:
    """Writes what the follower writes for an account that was opened and paid into."""
    account = secrets.token_bytes(32)
    with psycopg.connect(fleet.database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO escrow_accounts (account_id, owner, operator_id, tracker_id, is_primary,"
            " balance_micro_usdc, spending_limit_micro_usdc, period_start, opened_at, checkpoint)"
            " SELECT %s, wallet_address, %s, %s, true, %s, %s, now(), now(), 1 FROM customers"
            " WHERE customer_id = %s",
            (account, bytes(32), bytes(32), balance, limit, customer))
    return account


def funded_customer(gateway: Gateway, fleet: Fleet, balance: int) -> int:
    """The number of somebody new, whose account has `balance`."""
    customer = new_customer(gateway)
    open_account(fleet, customer, balance)
    return customer


def deposit(fleet: Fleet, account: bytes, amount: int) -> None:
    with psycopg.connect(fleet.database_url, autocommit=True) as connection:
        connection.execute(
            "UPDATE escrow_accounts SET balance_micro_usdc = balance_micro_usdc + %s"
            " WHERE account_id = %s", (amount, account))
