"""A customer who has a wallet and a page, and what they do with both."""

from __future__ import annotations

import threading
import time

from callers import Page
from simulated_node import SimulatedNode
from terminal import DemoFailed, paint, say
from wallet import Wallet

PATIENCE_SECONDS = 60
SUI = "0x2::sui::SUI"
SPENDING_LIMIT = "1000000000"


def await_until(what: str, condition) -> None:
    deadline, pause = time.monotonic() + PATIENCE_SECONDS, threading.Event()
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except (FileNotFoundError, KeyError):
            pass  # ready.json is being written anew.
        pause.wait(0.1)
    raise DemoFailed(f"after {PATIENCE_SECONDS} s it is still not so that {what}")


def transact(wallet: Wallet, page: Page, wish: dict, aloud: bool = True) -> None:
    """Has it built, signs it, sends it, and waits until a checkpoint has it."""
    built = page.call("POST", "/v1/wallet/transactions", wish, expect=201, aloud=aloud)
    path = f"/v1/wallet/transactions/{built['digest']}"
    page.call("POST", path + "/submit", {
        "txBytes": built["txBytes"], "signature": wallet.sign_transaction(built["txBytes"])},
        expect=202, aloud=aloud)
    await_until(
        f"the {wish['kind']} is in a checkpoint",
        lambda: page.call("GET", path, aloud=False)["state"] == "confirmed")


def give(node: SimulatedNode, wallet: Wallet, dollars: int = 40) -> None:
    """What a real customer has already."""
    for coin, amount in ((node.tell("mock_info")["usdcType"], dollars * 1_000_000),
                         (SUI, 5_000_000_000)):
        node.tell("mock_mint", {
            "address": wallet.address, "coinType": coin, "amount": str(amount)})
        await_until("the wallet has its coins",
                    lambda: node.balance(wallet.address, coin) == amount)


class Customer:
    """- aloud: whether the requests and their answers are shown."""

    def __init__(self, name: str, page: Page, node: SimulatedNode, aloud: bool) -> None:
        self.name, self.key = name, ""
        # Since is what is on no invoice yet.
        self.served, self.served_since = 0, 0
        self._page, self._node, self._aloud = page, node, aloud
        self._wallet = Wallet()

    def sign_in(self) -> None:
        challenge = self._page.call("POST", "/v1/auth/challenge", {
            "address": self._wallet.address}, expect=201, aloud=False)
        self._page.call("POST", "/v1/auth/verify", {
            "nonce": challenge["nonce"],
            "signature": self._wallet.sign(challenge["message"])}, aloud=False)
        say(f"{paint(self.name, '1')} signs in: {self._wallet.address}")
        say()

    def open(self, amount: int) -> None:
        """An escrow account with so much in it."""
        give(self._node, self._wallet)
        transact(self._wallet, self._page, {
            "kind": "open", "amountMicroUsdc": str(amount),
            "spendingLimitMicroUsdc": SPENDING_LIMIT}, self._aloud)
        await_until("the account is open", lambda: self.balance() == amount)

    def transact(self, wish: dict) -> None:
        transact(self._wallet, self._page, wish, self._aloud)

    def call(
        self, method: str, path: str, body: dict | None = None, expect: int = 200,
        key: str | None = None,
    ) -> dict:
        return self._page.call(method, path, body, expect, self._aloud, key)

    def balance(self) -> int:
        return int(self._ask("/v1/wallet/balance")["balanceMicroUsdc"])

    def used(self) -> int:
        """Requests that are metered and cost something."""
        return sum(item["successfulRequests"] for item in self._ask("/v1/billing/usage")["items"])

    def invoices(self) -> list[dict]:
        """Newest first."""
        return self._ask("/v1/billing/invoices?limit=200")["items"]

    def invoiced(self) -> int:
        """Requests that stand on invoices."""
        return sum(line["usage"]["requests"] for line in self._use())

    def paid_for_use(self) -> int:
        """Micro-USDC, of invoices that are paid."""
        paid = [i["invoiceId"] for i in self.invoices() if i["state"] == "paid"]
        return sum(int(line["amountMicroUsdc"]) for line in self._use(paid))

    def _use(self, invoices: list[str] | None = None) -> list[dict]:
        chosen = invoices or [invoice["invoiceId"] for invoice in self.invoices()]
        return [line for invoice in chosen
                for line in self._ask(f"/v1/billing/invoices/{invoice}/lines?limit=200")["items"]
                if line["usage"]]

    def _ask(self, path: str) -> dict:
        return self._page.call("GET", path, aloud=False)
