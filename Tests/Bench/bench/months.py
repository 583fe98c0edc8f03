"""Twelve simulated months of use, fees, upgrades, downgrades, credits and late lines, with a leap
February, through the real tasks; every customer's total is computed here as well, from the events
alone."""

import json
import os
import random
import subprocess
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from .escrow_stage import EscrowStage
from .figures import Figure
from .stage import BUILT, HERE, Stage

CUSTOMERS = 1000
FEW = 20
SECONDS = 60
STEPS = 3  # of a month
CREDIT = 30_000_000
HOUR = timedelta(hours=1)
MONTHS = [datetime(2027 + (6 + n) // 12, (6 + n) % 12 + 1, 1, tzinfo=UTC) for n in range(13)]
SECOND = datetime(2028, 2, 11, tzinfo=UTC)
# Whole fee of starter, requests that are included, and what how many of the others cost.
PRICES = [(20_000_003, 4, 333_334, 3), (23_000_001, 2, 250_001, 7)]
ZONES = ["UTC", "Pacific/Kiritimati", "America/St_Johns"]


@dataclass
class Step:
    at: datetime
    turns: bool
    actions: dict[int, str] = field(default_factory=dict)
    lines: list[tuple[datetime, int, int]] = field(default_factory=list)


def months(stage: Stage, scale: float = 1) -> list[Figure]:
    program = _build()
    customers = round(CUSTOMERS * scale)
    seconds, faults = _play(stage, program, "months", customers, seed=7)
    for zone in ZONES:
        name = f"months-{zone.split('/')[-1]}"
        _, found = _play(stage, program, name, FEW, seed=8, zone=zone)
        faults += [f"in {zone}: {fault}" for fault in found]
    return [Figure(
        f"12 months of {customers:,} customers", sum(seconds.values()), SECONDS, "s",
        failures=faults[:5],
        note=", ".join(f"{name} {spent:.1f} s" for name, spent in sorted(seconds.items())))]


def _build() -> str:
    built = subprocess.run(
        ["swift", "build", "-c", "release", "--package-path", HERE / "Months",
         "--scratch-path", BUILT / "months", "--product", "MonthsBench"],
        capture_output=True, text=True)
    if built.returncode != 0:
        raise RuntimeError(f"the bench of months does not build: {built.stdout}{built.stderr}")
    return str(BUILT / "months" / "release" / "MonthsBench")


# What happens


def _script(customers: int, seed: int) -> list[Step]:
    chance = random.Random(seed)
    tiers: dict[int, str] = {}
    falling: set[int] = set()
    steps: list[Step] = []
    for number, month in enumerate(MONTHS):
        times = [month + timedelta(seconds=chance.randint(60, 1200))]
        if number < len(MONTHS) - 1:
            times += [month + timedelta(days=n * 27 // STEPS + chance.randint(0, 3),
                                        seconds=chance.randint(0, 86_399))
                      for n in range(1, STEPS)]
        for place, at in enumerate(times):
            step = Step(at, turns=place == 0 and number > 0)
            if step.turns:
                tiers.update((customer, "starter") for customer in falling)
                falling.clear()
            else:
                for customer in range(1, customers + 1):
                    _act(step, customer, tiers, falling, chance)
            days = [one.at for one in steps[-2:]] + [at]
            for customer in range(1, customers + 1):
                for _ in range(chance.randint(0, 8)):
                    step.lines.append(_line(chance.choice(days), at, customer, chance))
            chance.shuffle(step.lines)
            steps.append(step)
    return steps


def _act(
    step: Step, customer: int, tiers: dict[int, str], falling: set[int], chance: random.Random
) -> None:
    if chance.random() > 0.2:
        return
    tier = tiers.get(customer)
    if tier is None:
        tiers[customer] = chance.choice(["starter", "pro"])
        step.actions[customer] = "enable " + tiers[customer]
    elif tier == "starter":
        tiers[customer] = "pro"
        step.actions[customer] = "upgrade"
    elif customer not in falling:
        falling.add(customer)
        step.actions[customer] = "downgrade"


def _line(
    day: datetime, now: datetime, customer: int, chance: random.Random
) -> tuple[datetime, int, int]:
    start = day.replace(hour=0, minute=0, second=0)
    last = min((now - start).total_seconds(), 86_399)
    return (start + timedelta(seconds=chance.randint(0, int(last))), customer,
            429 if chance.random() < 0.1 else 200)


# What it costs


def _costs(steps: list[Step], customers: int) -> dict[int, int]:
    periods: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    sums: Counter[int] = Counter()
    tiers: dict[int, str] = {}
    paid: dict[int, int] = {}
    falling: set[int] = set()
    for step in steps:
        version = _version(step.at)
        if step.turns:
            for customer in sorted(falling):
                tiers[customer] = "starter"
                periods[customer].append((step.at, "starter"))
            falling.clear()
            for customer, tier in tiers.items():
                sums[customer] += _fee(tier, version)
                paid[customer] = version
        for customer, action in step.actions.items():
            if action == "downgrade":
                falling.add(customer)
                continue
            tier = action.split()[1] if " " in action else "pro"
            sums[customer] += _rest(_fee(tier, version), step.at)
            if action == "upgrade":
                sums[customer] -= _rest(_fee("starter", paid[customer]), step.at)
            tiers[customer], paid[customer] = tier, version
            periods[customer].append((step.at, tier))
    counts: Counter[tuple] = Counter()
    for step in steps:
        for at, customer, status in step.lines:
            if status == 200:
                hour = at.replace(minute=0, second=0)
                counts[(customer, hour.year, hour.month, _tier(periods[customer], hour),
                        _version(hour))] += 1
    for (customer, *_, version), count in counts.items():
        _, included, price, per = PRICES[version]
        sums[customer] += int(Fraction(max(0, count - included) * price, per))
    return {customer: sums[customer] for customer in range(1, customers + 1)}


def _tier(periods: list[tuple[datetime, str]], hour: datetime) -> str:
    before = [tier for at, tier in periods if at <= hour]
    within = [tier for at, tier in periods if hour < at < hour + HOUR]
    return (before[-1:] or within[:1] or ["starter"])[0]


def _version(at: datetime) -> int:
    return int(at >= SECOND)


def _fee(tier: str, version: int) -> int:
    return PRICES[version][0] * (2 if tier == "pro" else 1)


def _rest(fee: int, at: datetime) -> int:
    """Of a month's fee, from the day of `at` on."""
    month = at.replace(day=1)
    days = ((month + timedelta(days=32)).replace(day=1) - month).days
    return fee - fee * (at.day - 1) // days


def _book() -> str:
    def version(number: int, begins: str, prices: tuple[int, int, int, int]) -> dict:
        monthly, included, price, per = prices

        def terms(fee: int) -> dict:
            return {"monthlyMicroUsdc": str(fee), "includedRequests": included,
                    "requestPrice": {"amountMicroUsdc": str(price), "perRequests": per},
                    "requestsPerSecond": 100}

        option = {"included": 1, "maximum": 9, "monthlyMicroUsdc": "1000000"}
        return {"version": number, "effectiveFrom": begins, "chargeThresholdMicroUsdc": "2000000",
                "services": [{
                    "type": "seal", "title": "Seal", "availability": "available",
                    "options": {"sealKeys": option, "packagesPerKey": option, "apiKeys": option},
                    "tiers": [
                        {"tier": "starter", "title": "Starter", "terms": terms(monthly)},
                        {"tier": "pro", "title": "Pro", "terms": terms(2 * monthly)}]}]}

    return json.dumps({"versions": [version(1, "2027-01-01", PRICES[0]),
                                    version(2, "2028-02-11", PRICES[1])]})


# Having it happen


class _Program:
    def __init__(self, path: str, database: str, zone: str | None) -> None:
        self.process = subprocess.Popen(
            [path, database], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **({"TZ": zone} if zone else {})})
        self.seconds: Counter[str] = Counter()

    def do(self, line: str) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().split(maxsplit=1)
        if not answer or answer[0] != "ok":
            raise RuntimeError(f"{line[:60]}: {' '.join(answer)}")
        self.seconds[line.split()[0]] += float(answer[1])

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(timeout=30)


def _play(
    stage: Stage, program: str, name: str, customers: int, seed: int, zone: str | None = None
) -> tuple[dict[str, float], list[str]]:
    steps = _script(customers, seed)
    escrow = EscrowStage(stage, name, 0)
    try:
        if zone:
            with escrow.connect() as connection:
                connection.execute(
                    f"ALTER DATABASE {escrow.database.rsplit('/', 1)[1]} SET timezone = '{zone}'")
        _fill(escrow, customers)
        running = _Program(program, escrow.database, zone)
        try:
            for place, step in enumerate(steps):
                _step(escrow, running, step, isFirst=place == 0)
            _settle(escrow, steps[-1].at)
            running.do("bill")
        finally:
            running.close()
        seconds = {key: spent for key, spent in running.seconds.items()
                   if key not in ("at", "prices")}
        return seconds, _faults(escrow, _costs(steps, customers))
    finally:
        escrow.close()


def _step(escrow: EscrowStage, running: _Program, step: Step, isFirst: bool) -> None:
    running.do(f"at {int(step.at.timestamp()) * 1000}")
    if isFirst:
        running.do("prices " + _book())
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
    _arrive(escrow, step)
    running.do("meter")
    _settle(escrow, step.at)
    running.do("bill")


def _fill(escrow: EscrowStage, customers: int) -> None:
    with escrow.connect() as connection:
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
            "INSERT INTO billing_credits SELECT"
            " ('01936f0c-7d9a-7c3e-9b1a-' || lpad(to_hex(customer_id), 12, '0'))::uuid,"
            " customer_id, %s, %s, 'test', 'test', now() FROM customers"
            " WHERE customer_id %% 10 = 0", (CREDIT, CREDIT))
        connection.execute("VACUUM ANALYZE")


def _arrive(escrow: EscrowStage, step: Step) -> None:
    """Lines as the intake stores them, a batch for each day."""
    days: dict[str, list[tuple[datetime, int, int]]] = defaultdict(list)
    for line in step.lines:
        days[line[0].strftime("%Y-%m-%d")].append(line)
    with escrow.connect() as connection:
        for day, lines in days.items():
            with connection.transaction():
                connection.execute(
                    "SELECT haproxy_logs_make_days(%s::date, %s::date)", (day, day))
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


def _settle(escrow: EscrowStage, now: datetime) -> None:
    """What is planned settles, as the follower books it."""
    with escrow.connect() as connection:
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


def _faults(escrow: EscrowStage, costs: dict[int, int]) -> list[str]:
    with escrow.connect() as connection:
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
    for customer, cost in costs.items():
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
        count = escrow.value(query)
        if count:
            faults.append(f"{count:.0f} {what}")
    return faults
