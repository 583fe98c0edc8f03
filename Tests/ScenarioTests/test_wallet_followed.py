"""What wallets do, and what they are charged, as the follower of a manager books it."""

import base64
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest

from support.charging import WIRES, Escrow
from support.cluster import Cluster
from support.escrow import Customer
from support.gateway import Gateway
from support.manager import Manager
from support.simulated_node import SUI
from support.waiting import until
from support.wallet import Ed25519Wallet, Secp256k1Wallet, Secp256r1Wallet, SimpleWallet

USDC = 1_000_000


@dataclass
class Stage:
    """One chain, a gateway for wallets and a manager, both asking in the same wire."""

    escrow: Escrow
    gateway: Gateway
    manager: Manager

    def customer(self, wallet: SimpleWallet | None = None) -> Customer:
        """With 100 USDC and gas in a wallet."""
        wallet = wallet or Ed25519Wallet()
        self.escrow.mint(wallet.address, SUI, 1_000_000_000)
        self.escrow.mint(wallet.address, self.escrow.usdc, 100 * USDC)
        return Customer(self.gateway, wallet)

    def opened(self, limit: int = 0) -> Customer:
        """Whose account has 25 USDC."""
        somebody = self.customer()
        done(somebody, "open", amount=str(25 * USDC), limit=str(limit))
        return somebody

    def held_in_wallet(self, somebody: Customer) -> int:
        told = self.escrow.node.rpc(
            "suix_getBalance", [somebody.wallet.address, self.escrow.usdc])
        return int(told["totalBalance"])


@pytest.fixture(scope="module", params=WIRES)
def stage(
    request: pytest.FixtureRequest, cluster: Cluster, template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    # A node tells of coins once they are in a checkpoint; here that is at once.
    directory = tmp_path_factory.mktemp("escrow")
    with closing(Escrow(directory, cluster, template, options=())) as escrow:
        yield Stage(escrow, escrow.wallet_gateway(request.param), escrow.manager(request.param))


def confirmed(somebody: Customer, digest: str) -> dict:
    """What is told of a transaction once it is booked."""
    def told() -> dict | None:
        body = somebody.transaction(digest).expect(200).body
        return body if body["state"] == "confirmed" else None
    return until(told, within=20, what="the follower has booked it")


def done(somebody: Customer, kind: str, **amounts: str) -> dict:
    """Built, signed, submitted and booked."""
    built = somebody.ask(kind, **amounts).expect(201).body
    assert somebody.submit(built).expect(202).body["state"] in ("executed", "confirmed")
    return confirmed(somebody, built["digest"])


@pytest.mark.parametrize("wallet", [Ed25519Wallet, Secp256k1Wallet, Secp256r1Wallet])
def test_a_customer_opens_deposits_limits_and_leaves(stage: Stage, wallet: type) -> None:
    somebody = stage.customer(wallet())
    assert somebody.balance()["accountId"] is None
    all_told = [done(somebody, "open", amount=str(25 * USDC), limit=str(100 * USDC))]
    balance = somebody.balance()
    assert balance["balanceMicroUsdc"] == str(25 * USDC)
    assert balance["spendingLimitMicroUsdc"] == str(100 * USDC)
    assert balance["availableMicroUsdc"] == str(25 * USDC) and balance["reservedMicroUsdc"] == "0"
    profile = somebody.browser.get("/v1/customer").expect(200).body
    assert profile["escrowAccountId"] == balance["accountId"]

    all_told.append(done(somebody, "deposit", amount="1500000"))
    assert somebody.balance()["balanceMicroUsdc"] == "26500000"
    all_told.append(done(somebody, "set_spending_limit", limit="7000000"))
    assert somebody.balance()["spendingLimitMicroUsdc"] == "7000000"
    all_told.append(done(somebody, "withdraw", amount="26500000"))
    assert somebody.balance()["balanceMicroUsdc"] == "0"
    assert stage.held_in_wallet(somebody) == 100 * USDC

    page = somebody.browser.get("/v1/wallet/transactions?limit=200").expect(200).body
    assert sorted(item["kind"] for item in page["items"]) == [
        "deposit", "deposit", "open", "set_spending_limit", "withdraw"]
    assert {item["state"] for item in page["items"]} == {"confirmed"}
    assert {item["digest"] for item in page["items"]} == {told["digest"] for told in all_told}
    assert all_told[-1]["kind"] == "withdraw"
    assert [one["amountMicroUsdc"] for one in all_told[-1]["movements"]] == ["26500000"]


def test_a_wallet_that_submits_by_itself_is_found(stage: Stage) -> None:
    somebody = stage.opened()
    stage.manager.kill()
    built = somebody.ask("deposit", amount="1000").expect(201).body
    content = base64.b64decode(built["txBytes"])
    stage.escrow.node.rpc("sui_executeTransactionBlock", [
        built["txBytes"], [somebody.wallet.sign_transaction(content)], {"showEffects": True},
        "WaitForEffectsCert"])
    path = f"/v1/wallet/transactions/{built['digest']}/watch"
    assert somebody.browser.post(path).expect(202).body["state"] == "executed"
    assert somebody.balance()["balanceMicroUsdc"] == str(25 * USDC)
    stage.manager.start()
    [movement] = confirmed(somebody, built["digest"])["movements"]
    assert movement["kind"] == "deposit" and movement["amountMicroUsdc"] == "1000"
    assert somebody.browser.post(path).expect(202).body["state"] == "confirmed"
    assert somebody.balance()["balanceMicroUsdc"] == str(25 * USDC + 1000)


def test_the_balance_tells_what_a_charge_reserves_and_then_what_it_took(stage: Stage) -> None:
    somebody = stage.opened(limit=10 * USDC)
    stage.manager.kill()
    body = {"customerId": somebody.number, "amountMicroUsdc": "1500000", "description": "use"}
    charge = stage.escrow.post("/v1/charges", body, "k-" + somebody.wallet.address).expect(202).body
    assert charge["state"] == "planned"
    assert figures(somebody) == {
        "balanceMicroUsdc": "25000000", "reservedMicroUsdc": "1500000",
        "availableMicroUsdc": "23500000", "spendingLimitMicroUsdc": "10000000",
        "periodChargedMicroUsdc": "0"}
    stage.escrow.rows.execute(
        "INSERT INTO billing_accounts (customer_id, used_from, accrued_micro_usdc)"
        " VALUES (%s, now(), 500000)", (somebody.number,))
    assert figures(somebody)["availableMicroUsdc"] == "23000000", "use counts before its invoice"
    stage.escrow.rows.execute(
        "DELETE FROM billing_accounts WHERE customer_id = %s", (somebody.number,))
    stage.manager.start()
    until(lambda: stage.escrow.states([charge["chargeId"]]) == {"settled"}, within=20,
          what="the charge has settled")
    assert figures(somebody) == {
        "balanceMicroUsdc": "23500000", "reservedMicroUsdc": "0",
        "availableMicroUsdc": "23500000", "spendingLimitMicroUsdc": "10000000",
        "periodChargedMicroUsdc": "1500000"}
    newest = somebody.browser.get("/v1/wallet/transactions").expect(200).body["items"][0]
    assert (newest["kind"], newest["amountMicroUsdc"], newest["state"]) == (
        "charge", "1500000", "confirmed")


def figures(somebody: Customer) -> dict[str, str]:
    return {name: value for name, value in somebody.balance().items() if name.endswith("Usdc")}
