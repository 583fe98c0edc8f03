"""One seeded run: charges under load while processes die, the node lies and the database restarts.

All that is left to chance is drawn from the seed before the run begins, so that the same seed plans
the same run; which of it meets which is the machine's.
"""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from support.charging import WIRES, Account, Escrow
from support.invariants import Check
from support.manager import Manager, steps
from support.waiting import until

UNIT = 10_000
# Where a run kills: reached in any run of some length.
COMMON = ("engine.before_sign", "engine.after_sign", "engine.before_send", "engine.after_send",
          "follower.read", "follower.booked", "follower.discovered")


def _some(draw: random.Random) -> list[dict]:
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
        {"fault": "restart", "probability": 0.05, "count": 1, "amount": draw.randint(50, 500)},
        {"fault": "halt", "method": "execute", "probability": 0.2, "count": 1,
         "amount": draw.randint(100, 1000)},
    ]


@dataclass
class Plan:
    """Everything that a seed decides."""

    seed: int
    charges: int
    wire: str = ""
    faults: list[dict] = field(default_factory=list)
    deaths: list[tuple[str, float]] = field(default_factory=list)
    restarts_database: bool = False
    deeds: list[tuple[str, int, int]] = field(default_factory=list)

    @staticmethod
    def of(seed: int, charges: int, accounts: int) -> "Plan":
        draw = random.Random(seed)
        plan = Plan(seed, charges, wire=draw.choice(WIRES))
        plan.faults = draw.sample(_some(draw), draw.randint(0, 4))
        for _ in range(draw.randint(1, 3)):
            step = draw.choice((*COMMON, "anywhere"))
            passes = draw.randint(1, 3 if step.startswith("engine") else 8)
            plan.deaths.append(("", draw.uniform(0.1, 0.8)) if step == "anywhere"
                               else (f"{step}:{passes}", draw.uniform(0.5, 1.5)))
        plan.restarts_database = draw.random() < 0.2
        for _ in range(charges):
            plan.deeds.append(("charge", draw.randrange(accounts), draw.randint(1, 9) * UNIT))
            other = draw.random()
            if other < 0.08:
                plan.deeds.append(
                    ("withdraw", draw.randrange(accounts), draw.randint(5, 40) * UNIT))
            elif other < 0.16:
                plan.deeds.append(
                    ("deposit", draw.randrange(accounts), draw.randint(5, 20) * UNIT))
            elif other < 0.24:
                plan.deeds.append(("refund", draw.randrange(accounts), draw.randint(1, 5) * UNIT))
        return plan

    def __str__(self) -> str:
        faults = ", ".join(
            f"{one['fault']}@{one.get('method', 'all')}" for one in self.faults) or "no faults"
        deaths = ", ".join(step or "anywhere" for step, _ in self.deaths)
        return (f"SEED={self.seed}: {self.wire}; {faults}; killed at {deaths}"
                + ("; database restarted" if self.restarts_database else ""))


class Run:
    """Carries a plan out. `changes` go into the managers' environment."""

    ACCOUNTS = 6
    BALANCE = 60 * UNIT
    BOUND = 40.0

    def __init__(self, escrow: Escrow, plan: Plan, **changes: str) -> None:
        self.escrow, self.plan, self.changes = escrow, plan, changes
        self.accounts: list[Account] = []
        self.planned: list[str] = []
        self._manager: Manager | None = None

    def carry_out(self) -> list[str]:
        """What did not hold in the end."""
        escrow, plan = self.escrow, self.plan
        self.accounts = [escrow.open(self.BALANCE) for _ in range(self.ACCOUNTS)]
        self._manager = escrow.manager(plan.wire, **self.changes)
        try:
            escrow.known(self.accounts)
            self._manager.kill()
            escrow.node.fail(*plan.faults, seed=plan.seed)
            with ThreadPoolExecutor(1) as pool:
                work = pool.submit(self._work)
                self._die_and_live()
                work.result()
            escrow.node.fail()
            return self._ends() or Check(escrow, self.accounts).run()
        finally:
            escrow.node.fail()
            self._manager.kill()

    def output(self) -> str:
        return self._manager.output() if self._manager else ""

    def _work(self) -> None:
        """Does what customers and services do, at a pace that lets things overlap."""
        for deed, index, amount in self.plan.deeds:
            account = self.accounts[index]
            if deed == "charge":
                made = self.escrow.charge(account, amount)
                self.planned += [made] if made else []
            elif deed == "refund":
                self._refund(account, amount)
            elif deed == "deposit":
                self.escrow.deposit(account, amount)
            else:
                self.escrow.withdraw(account, amount)
            time.sleep(0.004)

    def _refund(self, account: Account, amount: int) -> None:
        settled = self.escrow.ask(
            "SELECT charge_id::text FROM charges WHERE account_id = %s AND kind = 'charge' "
            "AND state = 'settled' ORDER BY charge_id LIMIT 1", account.raw)
        for (charge,) in settled:
            self.escrow.refund(charge, amount)

    def _die_and_live(self) -> None:
        """Each death in its turn; then a manager that is let live."""
        for number, (step, seconds) in enumerate(self.plan.deaths):
            point = {"SLUICE_FAIL_POINT": step} if step else {}
            manager = self._start(**point)
            end = time.monotonic() + seconds
            if self.plan.restarts_database and number == 0:
                self.escrow.cluster.crash()
                self.escrow.cluster.start()
            while manager.is_running and time.monotonic() < end:
                time.sleep(0.01)
            manager.kill()
        self._start()

    def _start(self, **point: str) -> Manager:
        assert self._manager is not None
        return self._manager.start(**self.changes, **point)

    def _ends(self) -> list[str]:
        """All that was planned has an outcome, in time."""
        end = time.monotonic() + self.BOUND
        while self.escrow.unresolved(self.accounts):
            if time.monotonic() > end:
                left = self.escrow.ask(
                    "SELECT charge_id::text, kind, state, attempts, last_error FROM charges "
                    "WHERE account_id = ANY(%s) AND state IN ('planned', 'signed') LIMIT 5",
                    [one.raw for one in self.accounts])
                return [f"lost: no outcome within {self.BOUND} s: {left}"]
            time.sleep(0.03)
        return []
