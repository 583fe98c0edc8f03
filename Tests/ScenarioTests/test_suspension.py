"""An operator stops a customer's service and frees it: HAProxy, the customer's calls, the audit log."""

import html
import re
import subprocess
from collections.abc import Callable

import httpx

from support.gateway import Fleet
from support.operators import add_operator
from support.subscriber import Subscriber
from support.vault_stage import BOUND, VaultStage, stage  # noqa: F401
from support.waiting import until

Commands = Callable[..., subprocess.CompletedProcess[str]]


def confirmed(dashboard: httpx.Client, action: str, customer: int, reason: str) -> httpx.Response:
    """As a browser without JavaScript: the page's link, the question, the reason, yes."""
    page = dashboard.get("/services", params={"customer": customer})
    [link] = re.findall(rf'href="(/actions/{action}\?[^"]*)"', page.text)
    asked = dashboard.get(html.unescape(link)).text
    fields = dict(re.findall(r'<input name="(\w+)" value="([^"]*)"', asked))
    assert fields.pop("reason") == ""
    sure = dashboard.get(f"/actions/{action}", params={**fields, "reason": reason}).text
    hidden = {name: html.unescape(value) for name, value in re.findall(
        r'type="hidden" name="(\w+)" value="([^"]*)"', sure)}
    for wrong in ({**hidden, "csrf": "x"}, {**hidden, "confirm": ""}):
        assert dashboard.post(f"/actions/{action}", data=wrong).status_code in (400, 403)
    return dashboard.post(f"/actions/{action}", data=hidden)


def test_what_an_operator_suspends_is_refused_at_the_edge_until_an_operator_lifts_it(
    stage: VaultStage, fleet: Fleet, commands: Commands
) -> None:
    somebody = Subscriber(fleet.start(), fleet, 100_000_000)
    browser, customer = somebody.browser, somebody.number
    somebody.choose("starter").expect(200)
    somebody.enable().expect(200)
    key = somebody.make_key()["key"]
    stage.seconds_until(key, 200)
    charged = stage.tables.ask("SELECT invoice_id, total_micro_usdc FROM billing_records")

    secret = add_operator(commands, "alice")
    dashboard = httpx.Client(
        base_url=f"http://{stage.environment['SLUICE_MANAGER_LISTEN']}", timeout=10)
    anybody = dashboard.post("/actions/suspend-service", data={
        "customer": customer, "service": "seal", "reason": "x", "confirm": "yes"})
    assert anybody.status_code == 303 and anybody.headers["location"] == "/login"
    dashboard.post("/login", data={"name": "alice", "secret": secret})
    assert stage.edge.status(key) == 200
    done = confirmed(dashboard, "suspend-service", customer, "ticket 17: <abuse>")
    assert done.status_code == 303 and done.headers["location"].startswith("/services?notice=")
    assert stage.seconds_until(key, 402) < BOUND
    assert stage.statuses(stage.keys[:3]) == {200}, "nobody else is touched"

    told = browser.get("/v1/services/seal").expect(200).body
    assert told["state"] == "suspended_by_operator"
    for refused in (somebody.enable(), somebody.choose("pro"), somebody.choose("starter"),
                    browser.post("/v1/services/seal/disable")):
        problem = refused.expect(409, "service_state_conflict").body
        assert problem["state"] == "suspended_by_operator"
    until(stage.has_applied_all, within=30, what="the edge says so")

    done = confirmed(dashboard, "lift-suspension", customer, "settled")
    assert done.status_code == 303
    assert stage.seconds_until(key, 401) < BOUND
    assert browser.get("/v1/services/seal").expect(200).body["state"] == "disabled"
    again = somebody.enable().expect(200).body
    assert again["chargeNowMicroUsdc"] == "0"
    assert stage.seconds_until(key, 200) < BOUND
    assert stage.tables.ask("SELECT invoice_id, total_micro_usdc FROM billing_records") == charged
    assert stage.tables.ask(
        "SELECT action, details->>'operator', details->>'because' FROM audit_log"
        " WHERE action LIKE 'service_susp%%' AND customer_id = %s ORDER BY audit_id", customer) == [
            ("service_suspended_by_operator", "alice", "ticket 17: <abuse>"),
            ("service_suspension_lifted", "alice", "settled")]

    file = stage.directory / "alice.secret"
    file.write_text(secret)
    file.chmod(0o600)
    suspend = ["service", "suspend", "seal", "--customer", str(customer), "--reason", "again"]
    without = commands(*suspend)
    assert without.returncode == 2 and "sluice keys operator add" in without.stderr
    assert stage.edge.status(key) == 200
    assert commands(*suspend, "--secret-file", str(file)).returncode == 0
    assert stage.seconds_until(key, 402) < BOUND
    twice = commands(*suspend, "--secret-file", str(file))
    assert twice.returncode == 1 and "already_suspended" in twice.stderr
