"""Twelve simulated months of use, fees, upgrades, downgrades, credits and late lines, with a leap
February, through the real tasks on real tables; every customer's total is known beforehand from
the events alone."""

import os
import subprocess
import time
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

import psycopg

from .figures import Figure
from .months_script import Step, book, costs, script
from .stage import Stage
from .swift_build import build_swift

CUSTOMERS = 1000
FEW = 20
SECONDS = 60
CREDIT = 30_000_000
KINDS = {"usage", "late_usage", "base_fee", "base_fee_returned", "credit"}
#: What grows all the time. Statements are planned anew once the server knows of it.
GROWING = "charges, billing_records, billing_lines, billing_line_parts, usage_records"
ZONES = ["UTC", "Pacific/Kiritimati", "America/St_Johns"]


def months(stage: Stage, scale: float = 1) -> list[Figure]:
    program = build_swift("MonthsBench")
    customers = round(CUSTOMERS * scale)
    whole, parts, faults = _play(stage, program, customers, seed=7)
    for zone in ZONES:
        *_, found = _play(stage, program, FEW, seed=8, zone=zone)
        faults += [f"in {zone}: {fault}" for fault in found]
    return [Figure(
        f"12 months of {customers:,} customers", whole, SECONDS, "s", failures=faults[:5],
        note=", ".join(f"{name} {spent:.1f} s" for name, spent in sorted(parts.items())))]


class _Program:
    """The tasks and calls, told what to do line by line."""

    def __init__(self, path: Path, database: str, zone: str | None) -> None:
        self._process = subprocess.Popen(
            [path, database], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **({"TZ": zone} if zone else {})})
        self.seconds: Counter[str] = Counter()

    def do(self, line: str) -> None:
        assert self._process.stdin and self._process.stdout
        began = time.monotonic()
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().strip()
        if answer != "ok":
            raise RuntimeError(f"{line[:60]}: {answer}")
        self.seconds[line.split()[0]] += time.monotonic() - began

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(timeout=30)


def _play(
    stage: Stage, program: Path, customers: int, seed: int, zone: str | None = None
) -> tuple[float, Counter[str], list[str]]:
    """How long all of it took, what each kind of step took of that, and what is wrong."""
    steps = script(customers, seed)
    url = stage.database()
    if zone:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                f"ALTER DATABASE {url.rsplit('/', 1)[1]} SET timezone = '{zone}'")
    with psycopg.connect(url, autocommit=True) as connection:
        _fill(connection, customers)
        running = _Program(program, url, zone)
        try:
            began = time.monotonic()
            for place, step in enumerate(steps):
                _step(connection, running, step, isFirst=place == 0)
            _settle(connection, steps[-1].at)
            running.do("bill")
            whole = time.monotonic() - began
        finally:
            running.close()
        parts = Counter({name: running.seconds[name]
                         for name in ("configure", "enable", "meter", "bill")})
        parts["all around them"] = whole - parts.total()
        return whole, parts, _faults(connection, costs(steps, customers))


def _step(
    connection: psycopg.Connection, running: _Program, step: Step, isFirst: bool
) -> None:
    if step.turns:
        # The server looks at its tables every minute, and a month has none here.
        connection.execute(f"ANALYZE {GROWING}")
    running.do(f"at {int(step.at.timestamp()) * 1000}")
    if isFirst:
        running.do("prices " + book())
    wanted: dict[str, list[str]] = defaultdict(list)
    for customer, action in step.actions.items():
        tier = action.split()[1] if " " in action else {
            "upgrade": "pro", "downgrade": "starter"}[action]
        wanted[tier].append(str(customer))
    for tier, chosen in wanted.items():
        running.do(f"configure {tier} {','.join(chosen)}")
    starting = [str(customer) for customer, action in step.actions.items()
                if action.startswith("enable")]
    if starting:
        running.do("enable " + ",".join(starting))
    _arrive(connection, step)
    running.do("meter")
    _settle(connection, step.at)
    running.do("bill")


def _fill(connection: psycopg.Connection, customers: int) -> None:
    connection.execute(
        "INSERT INTO customers (customer_id, wallet_address, created_at)"
        " SELECT n, decode(lpad(to_hex(n), 64, '0'), 'hex'), now()"
        " FROM generate_series(1, %s::bigint) AS n", (customers,))
    connection.execute(
        "INSERT INTO escrow_accounts (account_id, owner, operator_id, tracker_id, is_primary,"
        " balance_micro_usdc, spending_limit_micro_usdc, period_start, opened_at, checkpoint)"
        " SELECT wallet_address, wallet_address, wallet_address, sha256(wallet_address), true,"
        " 1000000000000000, 0, now(), now(), 1 FROM customers")
    connection.execute(
        "INSERT INTO billing_credits (credit_id, customer_id, amount_micro_usdc,"
        " remaining_micro_usdc, reason, granted_by, granted_at) SELECT"
        " ('01936f0c-7d9a-7c3e-9b1a-' || lpad(to_hex(customer_id), 12, '0'))::uuid,"
        " customer_id, %s, %s, 'test', 'test', now() FROM customers"
        " WHERE customer_id %% 10 = 0", (CREDIT, CREDIT))
    connection.execute("VACUUM ANALYZE")


def _arrive(connection: psycopg.Connection, step: Step) -> None:
    """Lines as the intake stores them, a batch for each day."""
    days: dict[str, list[tuple[datetime, int, int]]] = defaultdict(list)
    for line in step.lines:
        days[line[0].strftime("%Y-%m-%d")].append(line)
    for day, lines in days.items():
        with connection.transaction():
            connection.execute("SELECT haproxy_logs_make_days(%s::date, %s::date)", (day, day))
            [[batch]] = connection.execute(
                "INSERT INTO log_batches (source, received_at, line_count, first_at, last_at)"
                " VALUES ('test', %s, %s, %s, %s) RETURNING batch_id",
                (step.at, len(lines), min(lines)[0], max(lines)[0])).fetchall()
            connection.execute(
                "INSERT INTO haproxy_logs (at, edge, line_id, batch_id, customer_id,"
                " service_type, method, status, bytes_in, bytes_out) SELECT at, 'edge-1',"
                " gen_random_uuid(), %s, customer, 'seal', 'POST', status, 100, 900"
                " FROM unnest(%s::timestamptz[], %s::bigint[], %s::int[])"
                " AS l (at, customer, status)",
                (batch, *(list(column) for column in zip(*lines, strict=True))))


def _settle(connection: psycopg.Connection, now: datetime) -> None:
    """What is planned settles, as the follower books it."""
    connection.execute(
        "WITH ended AS (UPDATE charges SET state = 'settled', outcome_event_seq = 0,"
        " outcome_digest = sha256(uuid_send(charge_id)), outcome_checkpoint = 1,"
        " ended_at = %s, outcome_sequence = 1 WHERE state = 'planned'"
        " RETURNING account_id, amount_micro_usdc AS amount),"
        " sums AS (SELECT account_id, sum(amount)::bigint AS amount FROM ended"
        " GROUP BY account_id)"
        " UPDATE escrow_accounts AS a SET held_micro_usdc = held_micro_usdc - s.amount,"
        " balance_micro_usdc = balance_micro_usdc - s.amount FROM sums AS s"
        " WHERE a.account_id = s.account_id", (now,))


def _faults(connection: psycopg.Connection, wanted: dict[int, int]) -> list[str]:
    sums = dict(connection.execute(
        "SELECT customer_id, sum(amount_micro_usdc)::bigint FROM billing_lines"
        " WHERE kind <> 'credit' GROUP BY customer_id").fetchall())
    charged = dict(connection.execute(
        "SELECT customer_id, sum(amount_micro_usdc)::bigint FROM charges"
        " WHERE state = 'settled' GROUP BY customer_id").fetchall())
    taken = dict(connection.execute(
        "SELECT customer_id, amount_micro_usdc - remaining_micro_usdc"
        " FROM billing_credits").fetchall())
    faults = []
    for customer, cost in wanted.items():
        paid = charged.get(customer, 0) + taken.get(customer, 0)
        if not cost == sums.get(customer, 0) == paid:
            faults.append(f"customer {customer}: {cost} wanted, {sums.get(customer, 0)} invoiced,"
                          f" {paid} paid")
    for what, query in {
        "invoices that are not paid": "SELECT count(*) FROM billing_records WHERE state <> 'paid'",
        "hours that are not invoiced":
            "SELECT count(*) FROM usage_records WHERE invoiced <> successful",
        "batches that are not metered":
            "SELECT count(*) FROM log_batches WHERE metered_at IS NULL",
    }.items():
        [[count]] = connection.execute(query).fetchall()
        if count:
            faults.append(f"{count} {what}")
    kinds = {kind for kind, in connection.execute("SELECT DISTINCT kind FROM billing_lines")}
    if kinds != KINDS:
        faults.append(f"lines are of {', '.join(sorted(kinds))}")
    return faults
