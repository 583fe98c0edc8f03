"""From lines of the log to a charge that has settled, with the manager's own tasks."""

import json
import time
from pathlib import Path

from support.binary import REPOSITORY, run
from support.charged_chain import Account
from support.charging import Escrow
from support.client import Browser
from support.gateway import empty_env_file
from support.sent_use import PRICE, Use, rfc3339, sums
from support.waiting import until

BOOK = REPOSITORY / "Config" / "pricebook.json"
THRESHOLD = 5_000_000
LOW = 100_000
SUSPENDED_WITHIN = 10.0


def serve(escrow: Escrow, account: Account) -> None:
    """An instance that is enabled and paid for."""
    escrow.rows.execute(
        "INSERT INTO service_instances (customer_id, service_type, state, tier, has_burst,"
        " seal_keys, packages_per_key, api_keys, paid_month, paid_price_version, paid_tier,"
        " paid_has_burst, paid_seal_keys, paid_packages_per_key, paid_api_keys, created_at,"
        " changed_at) VALUES (%s, 'seal', 'enabled', 'starter', false, 1, 3, 1,"
        " date_trunc('month', now() AT TIME ZONE 'UTC')::date, 1, 'starter', false, 1, 3, 1,"
        " now(), now())", (account.customer,))


def log(escrow: Escrow, account: Account, count: int, refused: int = 0) -> None:
    """Lines as the intake stores them, in one batch; `refused` of them were not answered well."""
    escrow.rows.execute(
        "SELECT haproxy_logs_make_days((now() AT TIME ZONE 'UTC')::date,"
        " (now() AT TIME ZONE 'UTC')::date)")
    with escrow.rows.transaction():
        [[batch]] = escrow.rows.execute(
            "INSERT INTO log_batches (source, received_at, line_count, first_at, last_at)"
            " VALUES ('test', now(), %s, now(), now()) RETURNING batch_id",
            (count + refused,)).fetchall()
        escrow.rows.execute(
            "INSERT INTO haproxy_logs (at, edge, line_id, batch_id, customer_id, service_type,"
            " method, status, bytes_in, bytes_out) SELECT now(), 'edge-1', gen_random_uuid(), %s,"
            " %s, 'seal', 'POST', CASE WHEN n <= %s THEN 429 ELSE 200 END, 100, 900"
            " FROM generate_series(1, %s) AS n", (batch, account.customer, refused,
                                                  count + refused))


def ask_for(escrow: Escrow, task: str) -> None:
    escrow.rows.execute(
        "INSERT INTO worker_requests (task, asked_at, asked_by) VALUES (%s, now(), 'test')"
        " ON CONFLICT DO NOTHING", (task,))


def invoices(escrow: Escrow) -> list[tuple[str, int]]:
    return escrow.ask("SELECT state, total_micro_usdc FROM billing_records ORDER BY invoice_id")


def command(escrow: Escrow, *words: str, **changes: str) -> tuple[int, str]:
    result = run(*words, "--env-file", str(empty_env_file(escrow.directory)),
                 environment=escrow.environment("graphql", **changes))
    return result.returncode, result.stdout


def state(escrow: Escrow) -> str:
    return escrow.value("SELECT state FROM service_instances")


def test_lines_become_an_invoice_that_the_chain_pays(escrow: Escrow, tmp_path: Path) -> None:
    account, other = escrow.open(THRESHOLD), escrow.open(THRESHOLD)
    prices = tmp_path / "prices.json"
    prices.write_text(BOOK.read_text().replace(
        f'"chargeThresholdMicroUsdc": "{THRESHOLD}"', f'"chargeThresholdMicroUsdc": "{LOW}"'))
    manager = escrow.manager(SLUICE_PRICE_BOOK=str(prices))
    escrow.known([account, other])
    manager.stop()
    sent = Use(int(time.time() * 1000))
    sent.through_an_intake(tmp_path, escrow.url, [account.customer, other.customer])
    for task in ("meter", "bill"):
        code, text = command(
            escrow, "manager", "--once", "--task", task, SLUICE_PRICE_BOOK=str(prices))
        assert code == 0, text

    reads, others = Browser(escrow.gateway), Browser(escrow.gateway)
    reads.sign_in(account.wallet)
    others.sign_in(other.wallet)
    for granularity in ("hour", "day"):
        for browser, mine in ((reads, sent.lines), (others, sent.of_another)):
            told = browser.get(
                f"/v1/billing/usage?granularity={granularity}&from={rfc3339(sent.first)}"
                f"&to={rfc3339(sent.last)}").expect(200).body
            assert {item.pop("start"): item for item in told["items"]} == {
                rfc3339(start): {"serviceType": "seal", **figures}
                for start, figures in sums(mine, granularity).items()}
    [invoice] = reads.get("/v1/billing/invoices").expect(200).body["items"]
    path = f"/v1/billing/invoices/{invoice['invoiceId']}"
    successful = sum(line["status"] < 400 for line in sent.lines)
    assert (invoice["state"], invoice["totalMicroUsdc"]) == ("charging", str(successful * PRICE))
    assert reads.get(path).expect(200).body == invoice
    lines = reads.get(f"{path}/lines").expect(200).body["items"]
    assert sum(int(line["amountMicroUsdc"]) for line in lines) == successful * PRICE
    assert {hour["hour"]: hour["through"] - hour["from"]
            for line in lines for hour in line["usage"]["hours"]} == {
        rfc3339(start): figures["successfulRequests"]
        for start, figures in sums(sent.lines, "hour").items()}
    assert others.get("/v1/billing/invoices").expect(200).body["items"] == []
    for hidden in (path, f"{path}/lines"):
        others.get(hidden).expect(404, "invoice_unknown")
        Browser(escrow.gateway).get(hidden).expect(401)

    manager.start()
    paid = until(lambda: (found := reads.get(path).body)["state"] == "paid" and found, within=40,
                 what="it is paid")
    assert paid["charge"]["state"] == "settled"
    assert escrow.balance(account) == THRESHOLD - successful * PRICE
    assert escrow.ask("SELECT sum(successful)::bigint, sum(invoiced)::bigint FROM usage_records"
                      " WHERE customer_id = %s", account.customer) == [(successful, successful)]

    invoice = paid["invoiceId"]
    assert command(escrow, "invoice", "rate", invoice)[0] == 0
    code, text = command(escrow, "invoice", "show", invoice, "--json", "--sample", "2")
    story = json.loads(text)
    assert code == 0
    assert story["charge"]["state"] == "settled"
    assert story["charge"]["digest"] == paid["charge"]["digest"]
    assert sum(hour["through"] - hour["from"]
               for line in story["lines"] for hour in line["hours"]) == successful
    samples = [request["status"] for line in story["lines"] for request in line["sample"]]
    assert samples and max(samples) < 400

    escrow.rows.execute("UPDATE usage_records SET successful = successful - 1, invoiced = 0")
    code, text = command(escrow, "invoice", "rate", invoice)
    assert code == 1
    assert "requests invoiced" in text
    assert command(escrow, "invoice", "rate", "01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a68")[0] == 1
    assert command(escrow, "invoice", "rate", "no-invoice")[0] == 2


def test_use_beyond_the_escrow_stops_until_it_has_settled(escrow: Escrow) -> None:
    account, bystander = escrow.open(1_000_000), escrow.open(1_000_000)
    escrow.manager()
    escrow.known([account, bystander])
    serve(escrow, account)
    log(escrow, account, 10_001)
    began = time.monotonic()
    until(lambda: state(escrow) == "suspended_no_payment", within=30, what="it is suspended")
    assert time.monotonic() - began < SUSPENDED_WITHIN
    until(lambda: invoices(escrow) == [("closed", 1_000_100)], within=15, what="it is invoiced")

    assert escrow.deposit(account, 1_000_000)
    until(lambda: state(escrow) == "enabled", within=30, what="it goes on")
    assert invoices(escrow) == [("paid", 1_000_100)]
    assert escrow.value(
        "SELECT count(*) FROM charges WHERE customer_id = %s", bystander.customer) == 0


def test_a_manager_that_is_killed_bills_nothing_twice(escrow: Escrow) -> None:
    accounts = [escrow.open(3 * THRESHOLD) for _ in range(3)]
    manager = escrow.manager()
    escrow.known(accounts)
    for _ in range(4):
        for account in accounts:
            log(escrow, account, THRESHOLD // PRICE // 4)
        ask_for(escrow, "bill")
        until(lambda: escrow.value("SELECT count(*) FROM log_batches WHERE metered_at IS NULL")
              < 3, within=20, what="metering is at work", every=0.005)
        manager.kill()
        manager = escrow.manager()
    until(lambda: not escrow.value("SELECT count(*) FROM log_batches WHERE metered_at IS NULL"),
          within=20, what="all lines are metered")
    ask_for(escrow, "bill")
    wanted = [("paid", THRESHOLD)] * 3
    until(lambda: invoices(escrow) == wanted, within=60, what="all are paid")
    assert escrow.ask(
        "SELECT count(*), count(DISTINCT invoice_id) FROM charges WHERE state = 'settled'"
    ) == [(3, 3)]
    assert [escrow.balance(account) for account in accounts] == [2 * THRESHOLD] * 3
