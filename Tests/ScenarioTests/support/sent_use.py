"""Use of two customers that a real intake takes in, and what should be told of it."""

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from .edge import hashed
from .intake import Intake, UseTables
from .log_lines import Sender, line, settled

HOUR = 3_600_000
PRICE = 100  # micro-USDC for a request that was answered well.


def rfc3339(milliseconds: int) -> str:
    at = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sums(lines: list[dict], granularity: str) -> dict[int, dict]:
    """By the beginning of each period, as the API tells them."""
    length = {"hour": HOUR, "day": 24 * HOUR}[granularity]
    found: dict[int, dict] = defaultdict(lambda: {
        "requests": 0, "successfulRequests": 0, "bytesIn": 0, "bytesOut": 0})
    for one in lines:
        period = found[one["time"] // length * length]
        period["requests"] += 1
        period["successfulRequests"] += 200 <= one["status"] < 400
        period["bytesIn"] += one["in_"]
        period["bytesOut"] += one["out"]
    return {start: {**period, "costMicroUsdc": str(period["successfulRequests"] * PRICE)}
            for start, period in found.items()}


class Use:
    """Of this hour, the one before and a day ago, with answers of all kinds; of one month, for what
    is of an ended one is invoiced by itself."""

    def __init__(self, now: int) -> None:
        at = datetime.fromtimestamp(now / 1000, UTC)
        month = int(at.replace(
            day=1, hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)
        self.lines = [
            {"time": max(now - ago, month), "status": status, "in_": 80 + n % 7, "out": 900 + n % 11}
            for ago, counts in (
                (0, {200: 700, 302: 31, 404: 5, 429: 60, 503: 2}), (HOUR, {200: 250, 500: 10}),
                (25 * HOUR, {204: 90, 401: 1}))
            for status, count in counts.items() for n in range(count)]
        self.of_another = [{"time": now, "status": 200, "in_": 1, "out": 2}] * 5
        self.first, self.last = max(now - 25 * HOUR, month), now + 1

    def through_an_intake(self, directory: Path, url: str, customers: list[int]) -> None:
        """As of a key of each, until all of it is stored."""
        tables, intake = UseTables(url), Intake(directory, url)
        for customer in customers:
            tables.add_key(hashed(str(customer)), customer)
        intake.start()
        everything = [
            line(number, key=hashed(str(customer)), **one)
            for number, (customer, one) in enumerate(
                (customer, one) for customer, use in zip(customers, (self.lines, self.of_another),
                                                         strict=True) for one in use)]
        Sender(intake.port).send(*everything).close()
        settled(tables.count, len(everything))
        assert intake.stop() == 0
