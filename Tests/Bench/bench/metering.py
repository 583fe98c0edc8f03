"""Metering: against the bare sums of the same lines, and with a longer log."""

import statistics
import time

from support.binary import run
from support.gateway import empty_env_file

from .escrow_stage import EscrowStage
from .figures import Figure
from .stage import HERE, Stage

LINES = 10_000_000
SHORT, LONG = 1_000_000, 20_000_000
BATCH = 10_000
CUSTOMERS = 2000
FILL = (HERE / "log_lines.sql").read_text()
#: All of the sums are asked for: what nobody reads, the server would not add up.
BARE = """
SELECT count(*), sum(requests), sum(successful), sum(bytes_in), sum(bytes_out) FROM (
    SELECT date_bin('1 hour', at, 'epoch') AS hour, customer_id, service_type,
        count(*) AS requests, count(*) FILTER (WHERE status BETWEEN 200 AND 399) AS successful,
        sum(bytes_in)::bigint AS bytes_in, sum(bytes_out)::bigint AS bytes_out
      FROM haproxy_logs GROUP BY 1, 2, 3) AS sums
"""


def metering(stage: Stage, scale: float = 1, rounds: int = 3) -> list[Figure]:
    """Ratios of neighbouring runs: what else the machine does falls on both."""
    short, long = (EscrowStage(stage, f"metering-{name}", 0) for name in ("short", "long"))
    try:
        lines, few, many = (round(count * scale) for count in (LINES, SHORT, LONG))
        _fill(short, 0, few)
        _fill(long, 0, lines)
        bare, ours = [], []
        for _ in range(rounds):
            bare.append(_bare(long))
            ours.append(_meter(long, lines))
        _fill(long, lines, many)
        each: dict[str, list[float]] = {"short": [], "long": []}
        for _ in range(rounds):
            each["short"].append(_meter(short, few) / few)
            each["long"].append(_meter(long, many) / many)
        return [
            Figure(f"metering {lines:,} lines, against the bare sums",
                   statistics.median(a / b for a, b in zip(ours, bare, strict=True)), 1.3, "×",
                   note=f"{statistics.median(ours):.1f} s against {statistics.median(bare):.1f} s",
                   taken=f"median of {rounds} in turns"),
            Figure(f"time per line, {many:,} against {few:,}",
                   statistics.median(
                       a / b for a, b in zip(each["long"], each["short"], strict=True)), 1.2, "×",
                   note=" against ".join(
                       f"{statistics.median(each[name]) * 1e6:.2f} µs"
                       for name in ("long", "short")),
                   taken=f"median of {rounds} in turns"),
        ]
    finally:
        for escrow in (short, long):
            escrow.close()


def _fill(escrow: EscrowStage, first: int, last: int) -> None:
    """Stored lines `first` to `last`, in batches, a hundred a second."""
    with escrow.connect() as connection:
        connection.execute("SET synchronous_commit = off")
        for statement in FILL.split(";\n"):
            if statement.strip():
                connection.execute(statement, {
                    "first": first, "last": last, "batch": BATCH, "customers": CUSTOMERS})
        connection.execute("VACUUM ANALYZE haproxy_logs, log_batches")
        connection.execute("CHECKPOINT")


def _bare(escrow: EscrowStage) -> float:
    with escrow.connect() as connection:
        connection.execute("SET work_mem = '64MB'")
        connection.execute("SET jit = off")
        connection.execute("SET enable_sort = off")  # As metering has it: sorting is far slower.
        began = time.monotonic()
        connection.execute(BARE).fetchone()
        return time.monotonic() - began


def _meter(escrow: EscrowStage, lines: int) -> float:
    """All lines, from none that are metered; the time that the task itself took."""
    with escrow.connect() as connection:
        connection.execute("UPDATE log_batches SET metered_at = NULL")
        connection.execute("TRUNCATE usage_records")
        connection.execute("TRUNCATE worker_runs")
        connection.execute("VACUUM ANALYZE log_batches")
        connection.execute("CHECKPOINT")
    while escrow.value("SELECT count(*) FROM log_batches WHERE metered_at IS NULL"):
        done(escrow, "meter")
    metered = escrow.value("SELECT sum(requests) FROM usage_records")
    if metered != lines:
        raise RuntimeError(f"{metered:.0f} lines metered of {lines}")
    return escrow.value("SELECT sum(busy_milliseconds) FROM worker_runs WHERE task = 'meter'"
                        ) / 1000


def done(escrow: EscrowStage, task: str) -> None:
    """One run of a task, in a manager that does nothing else."""
    result = run("manager", "--once", "--task", task,
                 "--env-file", str(empty_env_file(escrow.directory)),
                 environment=escrow.environment("graphql", escrow.database, "identity"),
                 timeout=600)
    if result.returncode != 0:
        raise RuntimeError(f"{task} ended with {result.returncode}: {result.stderr[-2000:]}")
