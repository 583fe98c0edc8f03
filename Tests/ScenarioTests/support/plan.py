"""What a seed decides, all of it before the run begins, so that the same seed plans the same run;
which of it meets which is the machine's."""

import random
from dataclasses import dataclass, field

from support.charging import WIRES

UNIT = 10_000
HOUR = 3_600_000
# Where a run kills: reached in any run of some length.
STEPS = ("engine.before_sign", "engine.after_sign", "engine.before_send", "engine.after_send",
          "follower.read", "follower.booked", "follower.discovered")


def _faults(draw: random.Random) -> list[dict]:
    """What may be wrong with a node, each with how often and how much."""
    return [
        {"fault": "answer_lost", "method": "execute", "probability": draw.uniform(0.1, 0.6)},
        {"fault": "answer_lost", "probability": 0.1},
        {"fault": "answer_cut", "probability": 0.1},
        {"fault": "timeout_before", "method": "execute", "probability": 0.3,
         "amount": draw.randint(20, 400)},
        {"fault": "timeout_after", "method": "execute", "probability": 0.3,
         "amount": draw.randint(20, 400)},
        {"fault": "timeout_before", "probability": 0.05, "amount": 100},
        {"fault": "late_answer", "probability": 0.3, "amount": draw.randint(50, 300)},
        {"fault": "too_many_requests", "probability": 0.1, "count": 2},
        {"fault": "server_error", "probability": 0.15},
        {"fault": "html", "probability": 0.1},
        {"fault": "stale_reads", "probability": 0.3, "amount": draw.randint(1, 6)},
        {"fault": "index_lag", "probability": 0.3, "amount": draw.randint(1, 6)},
        {"fault": "duplicate_events", "probability": 0.4},
        {"fault": "shuffled_events", "probability": 0.4},
        {"fault": "not_found", "method": "transactions", "probability": 0.4},
        {"fault": "not_found", "probability": 0.1},
        {"fault": "epoch_change", "method": "execute", "probability": 0.3, "count": 2,
         "amount": draw.randint(1, 3)},
        {"fault": "gas_coin_taken", "method": "execute", "probability": 0.3, "count": 3},
        {"fault": "congestion", "method": "execute", "probability": draw.uniform(0.1, 0.5),
         "count": draw.randint(1, 5)},
        {"fault": "wrong_chain", "probability": draw.uniform(0.02, 0.2),
         "count": draw.randint(1, 3)},
        {"fault": "restart", "probability": 0.05, "count": 1, "amount": draw.randint(50, 500)},
        {"fault": "halt", "method": "execute", "probability": 0.2, "count": 1,
         "amount": draw.randint(100, 1000)},
        {"fault": "halt", "method": "execute", "probability": 0.2, "count": 1,
         "amount": draw.randint(1, 30) * HOUR},
    ]


# Other ways for a turn to end: killed at any moment; stopped for a while, and let go on.
KILLED, FROZEN = "killed", "frozen"
# What is done beside charging, how often after a charge, and with how much in units.
DEEDS = {
    "withdraw": (0.07, 5, 40), "deposit": (0.07, 5, 20), "refund": (0.09, 1, 5),
    "cancel": (0.06, 0, 0), "limit": (0.05, 15, 60), "unlimit": (0.03, 0, 0),
    "repeat": (0.09, 0, 0),
}


@dataclass(frozen=True)
class End:
    """How a manager's turn ends: at a step with its passes, ``KILLED`` or ``FROZEN``; in any case
    after so many seconds."""

    how: str
    seconds: float

    @staticmethod
    def drawn(draw: random.Random) -> "End":
        how = draw.choice((*STEPS, KILLED, FROZEN))
        if how in (KILLED, FROZEN):
            return End(how, draw.uniform(0.1, 0.8))
        passes = draw.randint(1, 3 if how.startswith("engine") else 8)
        return End(f"{how}:{passes}", draw.uniform(0.5, 1.5))

    @property
    def step(self) -> str:
        """As the manager is told; empty where it is ended from outside."""
        return self.how if ":" in self.how else ""


@dataclass
class Plan:
    """Everything that a seed decides."""

    seed: int
    charges: int
    wire: str = ""
    faults: list[dict] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)
    has_standby: bool = False
    is_elsewhere: bool = False  # The standby is on a machine of its own.
    restarts_database: bool = False
    threads: int = 1
    deeds: list[tuple[str, int, int]] = field(default_factory=list)

    @staticmethod
    def of(seed: int, charges: int, accounts: int) -> "Plan":
        draw = random.Random(seed)
        plan = Plan(seed, charges, wire=draw.choice(WIRES))
        faults = _faults(draw)
        first = faults.pop(seed % len(faults))  # So many seeds, and each fault has had its turn.
        plan.faults = [first, *draw.sample(faults, draw.randint(0, 3))]
        plan.ends = [End.drawn(draw) for _ in range(draw.randint(1, 3))]
        plan.has_standby = draw.random() < 0.4
        plan.is_elsewhere = plan.has_standby and draw.random() < 0.5
        plan.restarts_database = draw.random() < 0.2
        plan.threads = draw.choice((1, 2, 3))
        for _ in range(charges):
            plan.deeds.append(("charge", draw.randrange(accounts), draw.randint(1, 9) * UNIT))
            [other] = draw.choices(
                ("", *DEEDS), (1 - sum(often for often, _, _ in DEEDS.values()),
                               *(often for often, _, _ in DEEDS.values())))
            if other:
                _, least, most = DEEDS[other]
                plan.deeds.append(
                    (other, draw.randrange(accounts), draw.randint(least, most) * UNIT))
        return plan

    def has(self, fault: str) -> bool:
        return any(one["fault"] == fault for one in self.faults)

    @property
    def halt(self) -> int:
        """Milliseconds of the chain's clock that a halt lasts."""
        return max((one["amount"] for one in self.faults if one["fault"] == "halt"), default=0)

    @property
    def takeovers(self) -> int:
        """Leaders that are frozen until another leads."""
        return sum(end.how == FROZEN for end in self.ends) if self.has_standby else 0

    @property
    def replay(self) -> str:
        """The command that carries it out again."""
        return f"SEED={self.seed} CHARGES={self.charges} make test-seeds"

    def __str__(self) -> str:
        faults = ", ".join(
            f"{one['fault']}@{one.get('method', 'all')}" for one in self.faults)
        standby = "; a standby elsewhere" if self.is_elsewhere else "; a standby"
        return (f"{self.wire}; {faults}; ends: {', '.join(end.how for end in self.ends)}; "
                f"{self.threads} at a time" + (standby if self.has_standby else "")
                + ("; database restarted" if self.restarts_database else "")
                + f"\nagain: {self.replay}")
