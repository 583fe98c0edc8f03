"""One seeded run: charges under load while processes die or stop, the node lies and the database
restarts. `Plan` says what happens."""

from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from secrets import token_hex

from support.charged_chain import Account
from support.charging import Escrow
from support.findings import Finding, Kind
from support.invariants import Check
from support.manager import Manager
from support.plan import FROZEN, UNIT, End, Plan
from support.waiting import elapsed, until


class Shift:
    """The managers of a run: who leads, who waits, and who was frozen."""

    TAKEN_OVER = 8.0  # Seconds; a leader counts as dead after three.

    def __init__(self, escrow: Escrow, plan: Plan, changes: dict[str, str]) -> None:
        self._escrow, self._plan, self._changes = escrow, plan, changes
        self._machines: list[Manager] = []
        self.takeovers = 0

    def start(self, end: End | None = None, besides: Manager | None = None) -> Manager:
        """On the first machine that runs none, and is not that of `besides`, whose turn it is; it
        dies where `end` says."""
        idle = [one for one in self._machines if not one.is_running and one is not besides]
        machine = idle[0] if idle else self._machine()
        step = {"SLUICE_FAIL_POINT": end.step} if end and end.step else {}
        return machine.start(**self._changes, **step)

    def _machine(self) -> Manager:
        number = len(self._machines)
        identity = {"SLUICE_MANAGER_IDENTITY_FILE": f"{self._escrow.identity}-{number}"}
        self._machines.append(self._escrow.machine(
            self._plan.wire, **(identity if number and self._plan.is_elsewhere else {})))
        return self._machines[-1]

    def lead(self, end: End | None) -> Manager:
        """Starts one that takes the lead, unless the node's lies end it."""
        generation = self._escrow.generation()
        manager = self.start(end)
        until(lambda: self._escrow.generation() > generation or not manager.is_running,
              within=20, what="a manager leads")
        return manager

    def freeze(self, leader: Manager, seconds: float) -> None:
        """For a while; where another waits, until that one leads."""
        if not leader.is_running:
            return
        generation = self._escrow.generation()
        is_due = elapsed(self.TAKEN_OVER if self._plan.has_standby else seconds)
        leader.freeze()

        def is_over() -> bool:
            self.revive()
            return self._escrow.generation() > generation or is_due()
        until(is_over, within=60, what="another leads", every=0.05)
        self.takeovers += self._escrow.generation() > generation
        leader.wake()

    def revive(self) -> None:
        """What a supervisor does: a node of another chain at its start ends a manager."""
        for machine in self._machines:
            if self._plan.has("wrong_chain") and machine.exit_code == 1:
                machine.start(**self._changes)

    def kill(self) -> None:
        for machine in self._machines:
            machine.kill()

    def output(self) -> str:
        return "\n".join(machine.output()[-2000:] for machine in self._machines)


@dataclass
class Asked:
    """A request that was accepted, to be repeated word by word."""

    target: str
    body: dict
    key: str
    made: str


class Run:
    """Carries a plan out. `changes` go into the managers' environment."""

    ACCOUNTS = 6
    BALANCE = 60 * UNIT
    BOUND = 40.0
    PATIENCE = 1.0

    def __init__(self, escrow: Escrow, plan: Plan, **changes: str) -> None:
        self.escrow, self.plan = escrow, plan
        self.accounts: list[Account] = []
        self.planned: list[str] = []
        self.effects: Counter[str] = Counter()
        self._asked: dict[int, Asked] = {}
        self._shift = Shift(escrow, plan, changes)

    def carry_out(self) -> list[Finding]:
        """What did not hold in the end."""
        escrow, plan = self.escrow, self.plan
        self.accounts = [escrow.open(self.BALANCE) for _ in range(self.ACCOUNTS)]
        try:
            self._shift.start()
            escrow.known(self.accounts)
            self._shift.kill()
            escrow.node.fail(*plan.faults, seed=plan.seed)
            with ThreadPoolExecutor(plan.threads) as pool:
                work = [pool.submit(self._work, thread) for thread in range(plan.threads)]
                self._end_and_go_on()
                self._live_on(work)
            escrow.node.fail()
            self._let_hours_pass()  # A halt that began last is over as well.
            return self._ends() or Check(escrow, self.accounts).run()
        finally:
            escrow.node.fail()
            self._shift.kill()
            self._count()

    def output(self) -> str:
        return self._shift.output()

    # Customers and services

    def _work(self, thread: int) -> None:
        """Does what they do, at a pace that lets things overlap; what is done on one account, one
        after the other."""
        mine = [one for one in self.plan.deeds if one[1] % self.plan.threads == thread]
        for deed, index, amount in mine:
            is_done = self._do(deed, index, amount)
            self.effects[deed if is_done else f"{deed} in vain"] += 1
            until(elapsed(0.004), within=1, what="the next is due", every=0.004)

    def _do(self, deed: str, index: int, amount: int) -> bool:
        account = self.accounts[index]
        match deed:
            case "charge": return self._charge(index, amount)
            case "refund": return self._refund(index, amount)
            case "repeat": return self._repeat(index)
            case "cancel": return self._cancel(account)
            case "deposit": return self.escrow.deposit(account, amount)
            case "withdraw": return self.escrow.withdraw(account, amount)
            case "limit" | "unlimit": return self.escrow.limit(account, amount)
        raise ValueError(deed)

    def _charge(self, index: int, amount: int) -> bool:
        body = {"customerId": self.accounts[index].customer, "amountMicroUsdc": str(amount),
                "description": "use"}
        made = self._ask(index, "/v1/charges", body, "chargeId", (402,))
        self.planned += [made] if made else []
        return made is not None

    def _refund(self, index: int, amount: int) -> bool:
        """Of the account's first charge that settles soon; managers may be busy dying."""
        is_late = elapsed(self.PATIENCE)

        def first() -> list[tuple]:
            return self.escrow.ask(
                "SELECT charge_id::text, state FROM charges WHERE account_id = %s "
                "AND kind = 'charge' AND state NOT IN ('declined', 'abandoned') "
                "ORDER BY state = 'settled' DESC, charge_id LIMIT 1", self.accounts[index].raw)

        def is_known() -> bool:
            found = first()
            return not found or found[0][1] == "settled" or is_late()
        until(is_known, within=60, what="a charge settles", every=0.05)
        found = first()
        if not found or found[0][1] != "settled":
            return False
        body = {"chargeId": found[0][0], "amountMicroUsdc": str(amount), "reason": "late"}
        return self._ask(index, "/v1/refunds", body, "refundId", (409, 422)) is not None

    def _ask(
        self, index: int, target: str, body: dict, name: str, refusals: tuple[int, ...]
    ) -> str | None:
        key = token_hex(8)
        answer = self.escrow.post(target, body, key)
        if answer.status in refusals:
            return None
        made = answer.expect(202).body[name]
        self._asked[index] = Asked(target, body, key, made)
        return made

    def _repeat(self, index: int) -> bool:
        """The account's last request once more: nothing new comes of it, whatever became of what
        it made."""
        asked = self._asked.get(index)
        if asked is None:
            return False
        answer = self.escrow.post(asked.target, asked.body, asked.key).expect(202)
        assert asked.made in answer.body.values(), f"{asked.made} became {answer.body}"
        another = {**asked.body, "amountMicroUsdc": "1"}
        self.escrow.post(asked.target, another, asked.key).expect(422, "idempotency_key_reused")
        return True

    def _cancel(self, account: Account) -> bool:
        """What is signed already, if anything is; the chain may be quicker."""
        live = self.escrow.ask(
            "SELECT charge_id::text FROM charges WHERE account_id = %s "
            "AND state IN ('planned', 'signed') ORDER BY state DESC, charge_id DESC LIMIT 1",
            account.raw)
        return bool(live) and self.escrow.cancel(live[0][0])

    # Managers

    def _end_and_go_on(self) -> None:
        """Each turn ends in its way; who comes after waits already, or comes then."""
        ends = [*self.plan.ends, None]
        manager = self._shift.lead(ends[0]) if self.plan.has_standby else self._shift.start(ends[0])
        for number, end in enumerate(self.plan.ends):
            following = ends[number + 1]
            heir = self._shift.start(following, manager) if self.plan.has_standby else None
            self._await(end, manager, restarts=self.plan.restarts_database and number == 0)
            if end.how == FROZEN:
                self._shift.freeze(manager, end.seconds)
                self.effects[FROZEN] += 1
            else:
                manager.kill()
                self.effects["killed"] += 1
            self._let_hours_pass()
            if heir or end.how != FROZEN:
                manager = heir or self._shift.start(following)

    def _await(self, end: End, manager: Manager, *, restarts: bool) -> None:
        is_due = elapsed(end.seconds)
        if restarts:
            self.escrow.cluster.crash()
            self.escrow.cluster.start()
        until(lambda: is_due() or not manager.is_running, within=end.seconds + 10,
              what="the manager is dead, or its time is over", every=0.01)

    def _live_on(self, work: list[Future]) -> None:
        """Until customers and services have done what they meant to."""
        def is_done() -> bool:
            self._let_hours_pass()
            self._shift.revive()
            return all(one.done() for one in work)
        until(is_done, within=90, what="customers and services are done", every=0.2)
        for one in work:
            one.result()

    def _let_hours_pass(self) -> None:
        """A halt of hours is one on the chain's own clock."""
        if self.plan.halt:
            self.escrow.node.control("advanceClock", milliseconds=self.plan.halt)

    # The end

    def _ends(self) -> list[Finding]:
        """All that was planned has an outcome, in time."""
        def is_over() -> bool:
            self._shift.revive()
            return not self.escrow.unresolved(self.accounts)
        try:
            until(is_over, within=self.BOUND, what="all have an outcome", every=0.03)
        except AssertionError:
            left = self.escrow.ask(
                "SELECT charge_id::text, kind, state, attempts, last_error FROM charges "
                "WHERE account_id = ANY(%s) AND state IN ('planned', 'signed') LIMIT 5",
                [one.raw for one in self.accounts])
            return [Finding(Kind.LOST, f"no outcome within {self.BOUND} s: {left}")]
        return []

    def _count(self) -> None:
        """What became of everything."""
        self.effects["taken over"] += self._shift.takeovers
        for kind, state, cause, declined, count in self.escrow.ask(
                "SELECT kind, state, abandon_reason, decline_reason, count(*) FROM charges "
                "WHERE account_id = ANY(%s) GROUP BY 1, 2, 3, 4",
                [one.raw for one in self.accounts]):
            self.effects[" ".join(
                str(word) for word in (kind, state, cause, declined) if word)] += count
