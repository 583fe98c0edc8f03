"""The whole circle: served by HAProxy, metered, invoiced, charged; and refused when it runs dry."""

from __future__ import annotations

import threading

from callers import Page
from customer import Customer, await_until
from edge import Edge
from simulated_node import SimulatedNode
from stack import Stack
from terminal import DemoFailed, chapter, dollars, paint, say

CHOICE = {"tier": "starter"}
# Two hundred requests at the price book's 100 micro-USDC each.
LITTLE, MUCH, MORE = 20_000, 2_000_000, 3_000_000
# Below the hundred a second of the tier.
PAUSE_SECONDS = 0.012
LONGEST_USE = 5000


def served(stack: Stack) -> None:
    node = SimulatedNode(stack.ready["node"])
    chapter("5. Served by HAProxy: from a request to the chain, and back")
    say("Two customers, each with a wallet, an escrow account and Seal for the rest of the month.")
    say("Ada pays in for some two hundred requests, Ben for many more.")
    say()
    ada = subscribed(node, stack, "Ada", LITTLE, aloud=True)
    ben = subscribed(node, stack, "Ben", MUCH, aloud=False)
    with Edge(stack.ready) as edge:
        for customer in (ada, ben):
            await_until("HAProxy knows the key", lambda: edge.ask(customer.key) == 200)
            customer.served += 1
        run_dry(edge, ada, ben)
        come_back(edge, ada)
        settle_up(stack, edge, ada, ben)


def subscribed(
    node: SimulatedNode, stack: Stack, name: str, beyond: int, aloud: bool
) -> Customer:
    """Has paid for the service, and has `beyond` left for its use."""
    customer = Customer(name, Page(stack.ready["gateway"]), node, aloud)
    customer.sign_in()
    quote = customer.call("POST", "/v1/services/seal/quote", CHOICE)
    fee = int(quote["chargeNowMicroUsdc"])
    customer.open(fee + beyond)
    customer.call("PUT", "/v1/services/seal", CHOICE, key=f"{name}-choice")
    customer.call("POST", "/v1/services/seal/enable", key=f"{name}-enable")
    await_until(f"{name} has paid {dollars(str(fee))} for the month",
                lambda: customer.balance() == beyond)
    made = customer.call(
        "POST", "/v1/services/seal/api-keys", {"name": "demo"}, expect=201)
    customer.key = made["key"]
    return customer


def run_dry(edge: Edge, ada: Customer, ben: Customer) -> None:
    say("Ada asks and asks. Each request is in HAProxy's log, and the log is her bill:")
    pause, status = threading.Event(), 200
    while ada.served < LONGEST_USE:
        status = edge.ask(ada.key)
        if status != 200:
            break
        ada.served += 1
        pause.wait(PAUSE_SECONDS)
    if status != 402:
        raise DemoFailed(f"after {ada.served} requests HAProxy answered {status}, not 402")
    say(paint(f"  {ada.served} requests were served, then: 402 Payment Required", "1;33"))
    if (others := edge.ask(ben.key)) != 200:
        raise DemoFailed(f"Ben, who has paid, got {others}")
    ben.served += 1
    say(paint("  Ben, at the same moment: 200 OK", "1;32"))
    say()
    await_until("all of Ada's use is on invoices", lambda: ada.invoiced() == ada.served)
    ada.call("GET", "/v1/services/seal")


def come_back(edge: Edge, ada: Customer) -> None:
    say("A deposit; what she owes is charged, and when that has settled she is served again:")
    ada.transact({"kind": "deposit", "amountMicroUsdc": str(MORE)})
    await_until("every invoice of Ada's is paid",
                lambda: all(invoice["state"] == "paid" for invoice in ada.invoices()))
    await_until("HAProxy serves Ada again", lambda: edge.ask(ada.key) == 200)
    ada.served_since += 1
    say(paint("  200 OK", "1;32"))
    say()


def settle_up(stack: Stack, edge: Edge, ada: Customer, ben: Customer) -> None:
    requests, paid = ada.invoiced(), ada.paid_for_use()
    if requests != ada.served or paid != requests * 100:
        raise DemoFailed(f"{ada.served} were served, {requests} are paid, with {paid}")
    say(f"Served: {ada.served} requests. On her paid invoices: {requests}, "
        f"{dollars(str(paid))} in all.")
    both = [customer.served + customer.served_since for customer in (ada, ben)]
    if (counted := edge.counted()) != sum(both):
        raise DemoFailed(f"{both} were served, and HAProxy counts {counted}")
    await_until("all that HAProxy served is metered", lambda: [ada.used(), ben.used()] == both)
    say(f"HAProxy's own counter: {counted} served. Metered: {both[0]} of Ada's, of which "
        f"{ada.served_since} since her deposit, and {both[1]} of Ben's.")
    say()
    last = next(i for i in ada.invoices() if i["reason"] != "subscription")
    stack.show("invoice", "show", last["invoiceId"])
    stack.show("reconcile")
