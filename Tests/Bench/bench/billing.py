"""Billing everybody on the first of a month: use and fees of all, invoiced and charged."""

from .escrow_stage import EscrowStage
from .figures import Figure
from .metering import done
from .stage import HERE, Stage

CUSTOMERS = 100_000
HOURS = 5
FILL = (HERE / "billing_customers.sql").read_text()


def billing(stage: Stage, scale: float = 1) -> list[Figure]:
    customers = round(CUSTOMERS * scale)
    escrow = EscrowStage(stage, "billing", 0)
    try:
        with escrow.connect() as connection:
            connection.execute("SET synchronous_commit = off")
            for statement in FILL.split(";\n"):
                if statement.strip():
                    connection.execute(statement, {"customers": customers, "hours": HOURS})
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")
        done(escrow, "bill")
        return [Figure(
            f"billing {customers:,} customers",
            escrow.value("SELECT sum(busy_milliseconds) FROM worker_runs WHERE task = 'bill'"
                         ) / 1000,
            60, "s", failures=_faults(escrow, customers),
            note=f"use of {HOURS} hours and a month's fee each, on one invoice, charge planned")]
    finally:
        escrow.close()


def _faults(escrow: EscrowStage, customers: int) -> list[str]:
    counts = {
        "invoices under way": ("SELECT count(*) FROM billing_records WHERE state = 'charging'", 1),
        "lines": ("SELECT count(*) FROM billing_lines", 2),
        "hours": ("SELECT count(*) FROM billing_line_parts", HOURS),
        "charges planned": ("SELECT count(*) FROM charges WHERE state = 'planned'", 1),
        "hours invoiced": ("SELECT count(*) FROM usage_records WHERE invoiced = successful", HOURS),
    }
    found = {name: (escrow.value(query), each * customers)
             for name, (query, each) in counts.items()}
    return [f"{count:.0f} {name} of {wanted}"
            for name, (count, wanted) in found.items() if count != wanted]
