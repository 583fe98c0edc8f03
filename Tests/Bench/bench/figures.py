"""What was measured, and what was wanted."""

import statistics
from dataclasses import dataclass, field


@dataclass
class Figure:
    """One line of the table. `limit` is a floor for ratios and a ceiling for the rest; without
    one the line only informs. `taken` says of what the value is the median, the worst or all."""

    name: str
    value: float
    limit: float | None
    unit: str = ""
    is_floor: bool = False
    note: str = ""
    taken: str = "once"
    failures: list[str] = field(default_factory=list)

    @property
    def is_met(self) -> bool:
        if self.limit is None:
            return not self.failures
        good = self.value >= self.limit if self.is_floor else self.value <= self.limit
        return good and not self.failures

    def row(self) -> tuple[str, str, str, str, str, str]:
        form = "{:.2f}" if self.is_floor else "{:.1f}"
        unit = f" {self.unit}" if self.unit else ""
        sign = "≥" if self.is_floor else "≤"
        target = "" if self.limit is None else f"{sign} {self.limit:g}{unit}"
        word = "MISSED" if not self.is_met else "met" if self.limit is not None else "–"
        return (
            self.name, form.format(self.value) + unit, self.taken, target, word,
            "; ".join([*self.failures, self.note]).strip("; "))


def ratio(
    name: str, ours: list[float], base: list[float], limit: float | None, what: str,
    seconds: float | None = None,
) -> Figure:
    """The median of the ratios of neighbouring runs; the note has the medians themselves.
    `seconds` is how long each run was, where that was said beforehand."""
    value = statistics.median(a / b for a, b in zip(ours, base, strict=True))
    note = f"{statistics.median(ours):,.0f} against {statistics.median(base):,.0f} {what}"
    each = "" if seconds is None else f" × {seconds:g} s"
    return Figure(name, value, limit, is_floor=True, note=note,
                  taken=f"median of {len(ours)}{each} in turns")


def table(figures: list[Figure]) -> str:
    head = ("figure", "measured", "taken", "target", "", "")
    rows = [head, *(figure.row() for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths)), row[5]]).rstrip()
        for row in rows)
