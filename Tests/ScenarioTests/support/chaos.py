"""One seeded run: charges under load while processes die, the node lies and the database restarts.

All that is left to chance is drawn from the seed before the run begins, so that the same seed plans
the same run; which of it meets which is the machine's.
"""

import random
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from support.charging import WIRES, Account, Escrow
from support.invariants import Check
from support.manager import Manager, steps
from support.waiting import elapsed, until

UNIT = 10_000
HOUR = 3_600_000
# Where a run kills: reached in any run of some length.
COMMON = ("engine.before_sign", "engine.after_sign", "engine.before_send", "engine.after_send",
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


@dataclass
class Plan:
    """Everything that a seed decides."""

    seed: int
    charges: int
    wire: str = ""
    faults: list[dict] = field(default_factory=list)
    deaths: list[tuple[str, float]] = field(default_factory=list)
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
        for _ in range(draw.randint(1, 3)):
            step = draw.choice((*COMMON, "anywhere"))
            passes = draw.randint(1, 3 if step.startswith("engine") else 8)
            plan.deaths.append(("", draw.uniform(0.1, 0.8)) if step == "anywhere"
                               else (f"{step}:{passes}", draw.uniform(0.5, 1.5)))
        plan.restarts_database = draw.random() < 0.2
        plan.threads = draw.choice((1, 2, 3))
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

    def has(self, fault: str) -> bool:
        return any(one["fault"] == fault for one in self.faults)

    @property
    def halt(self) -> int:
        """Milliseconds of the chain's clock that a halt lasts."""
        return max((one["amount"] for one in self.faults if one["fault"] == "halt"), default=0)

    def __str__(self) -> str:
        faults = ", ".join(
            f"{one['fault']}@{one.get('method', 'all')}" for one in self.faults)
        deaths = ", ".join(step or "anywhere" for step, _ in self.deaths)
        return (f"SEED={self.seed}: {self.wire}; {faults}; killed at {deaths}; {self.threads} at a time"
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
            with ThreadPoolExecutor(plan.threads) as pool:
                work = [pool.submit(self._work, thread) for thread in range(plan.threads)]
                self._die_and_live()
                self._live_on(work)
            escrow.node.fail()
            return self._ends() or Check(escrow, self.accounts).run()
        finally:
            escrow.node.fail()
            self._manager.kill()

    def output(self) -> str:
        return self._manager.output() if self._manager else ""

    def _work(self, thread: int) -> None:
        """Does what customers and services do, at a pace that lets things overlap; what is done on
        one account, one after the other."""
        for deed, index, amount in self.plan.deeds:
            if index % self.plan.threads != thread:
                continue
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
            until(elapsed(0.004), within=1, what="the next is due", every=0.004)

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
            is_due = elapsed(seconds)
            if self.plan.restarts_database and number == 0:
                self.escrow.cluster.crash()
                self.escrow.cluster.start()
            until(lambda: is_due() or not manager.is_running, within=seconds + 10,
                  what="the manager is dead, or to be killed", every=0.01)
            manager.kill()
            self._let_hours_pass()
        self._start()

    def _live_on(self, work: list[Future]) -> None:
        """Until customers and services have done what they meant to."""
        def is_done() -> bool:
            self._let_hours_pass()
            self._revive()
            return all(one.done() for one in work)
        until(is_done, within=90, what="customers and services are done", every=0.2)
        for one in work:
            one.result()

    def _let_hours_pass(self) -> None:
        """A halt of hours is one on the chain's own clock."""
        if self.plan.halt:
            self.escrow.node.control("advanceClock", milliseconds=self.plan.halt)

    def _start(self, **point: str) -> Manager:
        assert self._manager is not None
        return self._manager.start(**self.changes, **point)

    def _revive(self) -> None:
        """What a supervisor does: a node of another chain at its start ends a manager."""
        assert self._manager is not None
        if self.plan.has("wrong_chain") and self._manager.exit_code == 1:
            self._start()

    def _ends(self) -> list[str]:
        """All that was planned has an outcome, in time."""
        def is_over() -> bool:
            self._revive()
            return not self.escrow.unresolved(self.accounts)
        try:
            until(is_over, within=self.BOUND, what="all have an outcome", every=0.03)
        except AssertionError:
            left = self.escrow.ask(
                "SELECT charge_id::text, kind, state, attempts, last_error FROM charges "
                "WHERE account_id = ANY(%s) AND state IN ('planned', 'signed') LIMIT 5",
                [one.raw for one in self.accounts])
            return [f"lost: no outcome within {self.BOUND} s: {left}"]
        return []
