"""What can be wrong once everything has ended, each with a name that tests of tests look for."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    # Money
    LOST = "lost"  # No outcome, or one that nobody knows of.
    DOUBLE = "double"  # Charged or given back more than once for one obligation.
    INVENTED = "invented"  # Booked as an outcome that the chain does not have.
    FOREIGN = "foreign"  # Booked from an event on another account.
    DENIED = "denied"  # Told as not happening, and happened.
    UNASKED = "unasked"  # No service asked for it.
    AMOUNT = "amount"
    DEPOSED = "deposed"  # Signed by a leader whose turn was over.
    # Books
    UNWARRANTED = "unwarranted"  # Given up for a reason that only a fault brings about.
    SEQUENCE = "sequence"
    LEDGER = "ledger"  # Not what the chain has, or not balanced.
    HELD = "held"
    MIRROR = "mirror"
    UNBOOKED = "unbooked"  # An event on chain that no book knows.
    BREAK = "break"
    RECONCILED = "reconciled"  # `sluice reconcile` finds it.


MONEY = frozenset({
    Kind.LOST, Kind.DOUBLE, Kind.INVENTED, Kind.FOREIGN, Kind.DENIED, Kind.UNASKED, Kind.AMOUNT,
    Kind.DEPOSED})


@dataclass(frozen=True)
class Finding:
    """`what` narrows the kind where there are several: a break's class, say."""

    kind: Kind
    words: str
    what: str = ""

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.what}" if self.what else str(self.kind)

    def __str__(self) -> str:
        return f"{self.name}: {self.words}"


def names(findings: list[Finding]) -> set[str]:
    return {finding.name for finding in findings}
