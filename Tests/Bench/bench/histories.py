"""Reconciling a long history, and charging after it."""

import statistics
import time

from .escrow_stage import EscrowStage
from .figures import Figure
from .stage import Stage

ACCOUNTS = 2000
SHORT, LONG = 10_000, 1_000_000
# A settled charge has two entries.
RECONCILED_ENTRIES = 1_000_000


def histories(stage: Stage, scale: float = 1) -> list[Figure]:
    accounts = round(ACCOUNTS * scale)
    short, long = (EscrowStage(stage, name, accounts) for name in ("short", "long"))
    try:
        for escrow in (short, long):
            escrow.open().stop()
        short.write_history(1, SHORT // ACCOUNTS)
        half = RECONCILED_ENTRIES // 2 // ACCOUNTS
        long.write_history(1, half)
        figures = _reconciling(long)
        long.write_history(half + 1, LONG // ACCOUNTS)
        figures.append(_charging(short, long, accounts))
        return figures
    finally:
        for escrow in (short, long):
            escrow.close()


def _reconciling(escrow: EscrowStage) -> list[Figure]:
    entries = escrow.value("SELECT count(*) FROM ledger_entries")
    began = time.monotonic()
    result = escrow.reconcile()
    spent = time.monotonic() - began
    failures = [] if result.code == 0 else [result.text[-400:]]
    if "events:" not in result.text:
        failures.append("no progress on the terminal")
    return [
        Figure(f"reconciling {entries:,.0f} entries", spent, 120, "s", failures=failures),
        Figure("its memory", result.megabytes, 150, "MB",
               note=f"at its peak; {result.early_megabytes:.0f} MB after a quarter of the time"),
    ]


def _charging(short: EscrowStage, long: EscrowStage, accounts: int, rounds: int = 5) -> Figure:
    """In turns, each with the other's manager at rest."""
    times: dict[EscrowStage, list[float]] = {short: [], long: []}
    managers = [escrow.manager() for escrow in (short, long)]
    for warm in [True] + [False] * rounds:
        for escrow in (short, long):
            began = time.monotonic()
            count = escrow.plan(accounts, 3)
            ended = escrow.wait_until_settled(within=300)
            if not warm:
                times[escrow].append((ended - began) / count)
    for manager in managers:
        manager.stop()
    value = statistics.median(
        b / a for a, b in zip(times[short], times[long], strict=True))
    before, after = (statistics.median(times[escrow]) * 1e6 for escrow in (short, long))
    return Figure(f"time per charge, {LONG:,} existing against {SHORT:,}", value, 1.2, "×",
                  note=f"{after:,.0f} µs against {before:,.0f} µs",
                  taken=f"median of {rounds} in turns")
