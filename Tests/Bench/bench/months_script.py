"""What happens to customers over twelve months, drawn from a seed, and what it all costs: computed
from the events alone, by sums over the whole."""

import json
import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction

STEPS = 3  # of a month
HOUR = timedelta(hours=1)
MONTHS = [datetime(2027 + (6 + n) // 12, (6 + n) % 12 + 1, 1, tzinfo=UTC) for n in range(13)]
SECOND = datetime(2028, 2, 11, tzinfo=UTC)
# Whole fee of starter, requests that are included, and what how many of the others cost.
PRICES = [(20_000_003, 4, 333_334, 3), (23_000_001, 2, 250_001, 7)]


@dataclass
class Step:
    at: datetime
    turns: bool
    actions: dict[int, str] = field(default_factory=dict)
    lines: list[tuple[datetime, int, int]] = field(default_factory=list)


def script(customers: int, seed: int) -> list[Step]:
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


def costs(steps: list[Step], customers: int) -> dict[int, int]:
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


def book() -> str:
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
