"""From an escrow account to a charge that a crash cannot double, and out again."""

from __future__ import annotations

from callers import Page, Service
from customer import await_until, give, transact
from simulated_node import SimulatedNode
from stack import Stack
from terminal import DemoFailed, chapter, dollars, paint, say
from wallet import Wallet

DEPOSIT, CHARGE = "25000000", "1500000"


def escrow(stack: Stack, wallet: Wallet, page: Page, customer: dict) -> None:
    node = SimulatedNode(stack.ready["node"])
    service = Service(page.gateway, stack.ready["serviceKey"])
    give(node, wallet)
    fill(wallet, page)
    charge = crash(stack, node, service, customer)
    leave(stack, wallet, page, charge)


def fill(wallet: Wallet, page: Page) -> None:
    chapter("2. An escrow account that only the customer can empty")
    say("The gateway builds a transaction; the wallet looks at it and signs it.")
    say()
    transact(wallet, page, {
        "kind": "open", "amountMicroUsdc": "5000000", "spendingLimitMicroUsdc": "10000000"})
    transact(wallet, page, {"kind": "deposit", "amountMicroUsdc": "20000000"})
    expect_balance(page, DEPOSIT)


def crash(stack: Stack, node: SimulatedNode, service: Service, customer: dict) -> str:
    """The charge's id."""
    chapter("3. A charge, and kill -9 between signing and sending")
    say("From now on the line to the node swallows every transaction: what the manager signs it")
    say("stores first, and then tries to send, but nothing arrives.")
    say()
    node.swallow_transactions()
    order = {"customerId": customer["customerId"], "amountMicroUsdc": CHARGE,
             "description": "One month of Seal", "invoiceId": "demo-invoice-1"}
    planned = service.call("POST", "/v1/charges", order, expect=202, key="demo-charge-1")
    path = f"/v1/charges/{planned['chargeId']}"
    await_until("the charge is signed", lambda: peek(service, path)["state"] == "signed")
    digest = service.call("GET", path)["digest"]
    pid = stack.kill("manager")
    say(paint(f"kill -9 {pid}", "1;31") + "   the manager is dead, between signing and sending:")
    expect_unsent(node, service, path, digest)
    node.behave()
    await_until("the manager is back", lambda: stack.ready["pids"]["manager"] != pid)
    say(f"The manager is back as process {stack.ready['pids']['manager']}; the node works again.")
    say()
    await_until("the charge is settled", lambda: peek(service, path)["state"] == "settled")
    if service.call("GET", path)["digest"] != digest:
        raise DemoFailed("what settled is not what was signed before the crash")
    say("It settled with the very bytes that were signed before the crash.")
    say()
    say("The service never heard an answer and asks again with the same key:")
    again = service.call("POST", "/v1/charges", order, expect=202, key="demo-charge-1")
    if again["chargeId"] != planned["chargeId"]:
        raise DemoFailed("the same key made another charge")
    charges = node.charges()
    if len(charges) != 1:
        raise DemoFailed(f"the chain was charged {len(charges)} times")
    say(paint(f"On chain: one charge of {dollars(CHARGE)}, and no other.", "1;32"))
    say()
    return planned["chargeId"]


def expect_unsent(node: SimulatedNode, service: Service, path: str, digest: str) -> None:
    state = peek(service, path)["state"]
    if state != "signed" or node.has(digest):
        raise DemoFailed(f"the charge is {state}, or its transaction has arrived")
    say(f"  in the database  the charge is `{state}`, its bytes are stored: {digest}")
    say("  on the chain     that transaction is not among all that the node has (mock_dump)")
    say()


def leave(stack: Stack, wallet: Wallet, page: Page, charge: str) -> None:
    chapter("4. Out again, and the books")
    rest = str(int(DEPOSIT) - int(CHARGE))
    transact(wallet, page, {"kind": "withdraw", "amountMicroUsdc": rest})
    expect_balance(page, "0")
    stack.show("charge", "show", charge)
    stack.show("reconcile")
    page.call("POST", "/v1/auth/logout", expect=204)


def expect_balance(page: Page, units: str) -> None:
    def has_come() -> bool:
        return page.call("GET", "/v1/wallet/balance", aloud=False)["balanceMicroUsdc"] == units

    await_until(f"the balance is {dollars(units)}", has_come)
    page.call("GET", "/v1/wallet/balance")


def peek(service: Service, path: str) -> dict:
    return service.call("GET", path, aloud=False)
