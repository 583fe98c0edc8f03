"""A service that is enabled is paid for on the simulated chain, by a manager at work."""

import secrets

from support.binary import run
from support.charged_chain import Account
from support.charging import Escrow
from support.client import Answer, Browser
from support.gateway import empty_env_file
from support.waiting import until

BALANCE = 50_000_000


def ask(browser: Browser, method: str, path: str, body: dict | None = None) -> Answer:
    options = {} if body is None else {"json": body}
    return browser.send(
        method, "/v1/services/seal" + path, headers={"Idempotency-Key": secrets.token_hex(8)},
        **options)


def test_what_is_enabled_settles_on_chain_and_what_is_not_paid_for_is_not_enabled(
    escrow: Escrow
) -> None:
    manager = escrow.manager()
    account: Account = escrow.open(BALANCE)
    escrow.known([account])
    browser = Browser(escrow.gateway)
    browser.sign_in(account.wallet)
    until(lambda: browser.get("/v1/services/catalog").status == 200, within=60,
          what="the manager has loaded the price book")
    ask(browser, "PUT", "", {"tier": "pro", "options": {"burst": True, "sealKeys": 100}}).expect(200)
    ask(browser, "POST", "/enable").expect(402, "insufficient_balance")
    assert escrow.value("SELECT count(*) FROM charges") == 0
    ask(browser, "PUT", "", {"tier": "starter"}).expect(200)
    enabled = ask(browser, "POST", "/enable").expect(200).body
    cost = int(enabled["chargeNowMicroUsdc"])
    until(lambda: escrow.states([enabled["chargeId"]]) == {"settled"}, within=60,
          what="the charge has settled")
    assert escrow.balance(account) == BALANCE - cost
    manager.stop()
    billed = run("manager", "--once", "--task", "bill", "--env-file",
                 str(empty_env_file(escrow.directory)), environment=escrow.environment("graphql"))
    assert billed.returncode == 0, billed.stdout + billed.stderr
    assert escrow.ask("SELECT state, total_micro_usdc FROM billing_records") == [("paid", cost)]
