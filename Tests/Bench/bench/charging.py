"""The charge engine against the simulated node: rate, waiting time, recovery; and the follower."""

import time

from support.waiting import elapsed, until

from .escrow_stage import EscrowStage
from .figures import Figure
from .stage import Stage

ACCOUNTS = 2000
# Charges in flight when the manager is killed: one or two for each account.
IN_FLIGHT = 10_000
LATE_MILLISECONDS = 300
STEADY_PER_SECOND = 200


def charging(stage: Stage, scale: float = 1) -> list[Figure]:
    """All on one chain, one after the other."""
    accounts = round(ACCOUNTS * scale)
    escrow = EscrowStage(stage, "charging", round(IN_FLIGHT * scale))
    try:
        manager = escrow.open()
        figures = _full_load(escrow, accounts, each=15)
        figures.append(_waiting(escrow, seconds=20))
        manager.stop()
        recovery, copies, events = _recovery(escrow, 2, round(IN_FLIGHT * scale))
        figures.append(recovery)
        for wire, copy in copies.items():
            figures.append(_following(escrow, wire, copy, events))
        figures.append(_fits(escrow))
        return figures
    finally:
        escrow.close()


def _full_load(escrow: EscrowStage, accounts: int, each: int) -> list[Figure]:
    batches = "SELECT count(*) FROM charge_batches"
    before = escrow.value(batches)
    started = time.monotonic()
    count = escrow.plan(accounts, each)
    planned = time.monotonic()
    escrow.wait_until_settled(within=300)
    spent = time.monotonic() - planned
    transactions = escrow.value(batches) - before
    return [
        Figure(f"settled charges, {accounts:,} accounts", count / spent, 1000, "per second",
               is_floor=True,
               note=f"{count:,} planned in bulk by SQL within {planned - started:.1f} s, "
                    f"settled {spent:.1f} s later"),
        Figure("transactions for 1,000 charges", transactions * 1000 / count, 5,
               note=f"{transactions:.0f} on chain"),
    ]


def _waiting(escrow: EscrowStage, seconds: float) -> Figure:
    """Charges come at an even pace, a tenth of a second's worth at a time."""
    part = STEADY_PER_SECOND // 10
    first = escrow.value("SELECT extract(epoch FROM clock_timestamp())")
    with escrow.late_answers(LATE_MILLISECONDS):
        for step in range(round(seconds * 10)):
            is_due = elapsed(first + step / 10 - time.time())
            until(is_due, within=60, what="the next charges are due", every=0.002)
            escrow.plan(part, 1, skip=step * part % (escrow.accounts - part))
        behind = time.time() - first - seconds
        escrow.wait_until_settled(within=120)
    percentile = ("SELECT percentile_cont(%s) WITHIN GROUP (ORDER BY extract(epoch FROM"
                  " ended_at - planned_at)) FROM charges WHERE planned_at >= to_timestamp(%s)")
    median, p99 = (escrow.value(percentile, part, first) for part in (0.5, 0.99))
    return Figure(
        f"planned to settled, p99 at {STEADY_PER_SECOND} per second", p99, 3, "s",
        note=f"median {median:.1f} s; the node answers {LATE_MILLISECONDS} ms late"
             + (f"; planning was {behind:.1f} s behind" if behind > 0.5 else ""))


def _recovery(
    escrow: EscrowStage, each: int, in_flight: int
) -> tuple[Figure, dict[str, str], int]:
    """Killed while it signs and sends, with at least `in_flight` charges without outcome.
    Copies of the database from before have the charges only planned: what their followers will
    have to book."""
    count = escrow.plan(escrow.accounts, each)
    copies = {wire: escrow.copy_database() for wire in ("graphql", "json-rpc")}
    live = "SELECT count(*) FROM charges WHERE state IN ('planned', 'signed')"
    manager = escrow.manager()
    until(lambda: escrow.value(live) < count, within=60, what="the first are settled")
    unresolved, signed = escrow.value(live), escrow.value(live + " AND state = 'signed'")
    manager.kill()
    killed = time.time()
    manager = escrow.manager()
    with escrow.connect() as connection:
        until(lambda: connection.execute(
            "SELECT FROM charges"
            " WHERE ended_at > to_timestamp(%s) LIMIT 1", (killed,)).fetchall(),
            within=60, what="the first charge after the kill", every=0.01)
    first = time.time() - killed
    escrow.wait_until_settled(within=300)
    manager.stop()
    return Figure(
        "kill -9 to first settled charge", first, 5, "s",
        note=f"{unresolved:,.0f} without outcome, {signed:,.0f} of them signed",
        failures=[] if unresolved >= in_flight else [f"{in_flight:,} were to be in flight"],
    ), copies, count


def _following(escrow: EscrowStage, wire: str, database: str, events: int) -> Figure:
    """From taking the lead to the last booking: looking at the node, reading, booking. The copy
    counts as the database that was charged from, so that no fence is measured besides."""
    identity = f"identity-{wire}"
    with escrow.connect(database) as connection:
        [[named]] = connection.execute("SELECT leader_identity()").fetchall()
    (escrow.directory / identity).write_text(f"fenced {named}\n")
    manager = escrow.manager(wire, database, identity)
    escrow.wait_until_settled(within=300, database=database)
    done = time.time()
    began = manager.said("leading")
    manager.stop()
    return Figure(f"follower, {wire}", events / (done - began), 5000, "events per second",
                  is_floor=True, note=f"{events:,} outcomes of charges that this database had "
                                      f"planned, {done - began:.1f} s")


def _fits(escrow: EscrowStage) -> Figure:
    """What all of this has left, compared with the chain."""
    began = time.monotonic()
    result = escrow.reconcile()
    spent = time.monotonic() - began
    return Figure("chain, ledger and charges fit", spent, None, "s",
                  failures=[] if result.code == 0 else [result.text[-400:]],
                  note=f"events of the chain read again, {result.megabytes:.0f} MB")
