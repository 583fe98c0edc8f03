"""The charge protocol as a finite machine: chain, database, leader and faults, every order of steps.

All amounts are one unit. Bytes that were signed stay in `pool` as long as they are valid, so that
lost answers, late arrivals and repeated sending are every order in which they may run, or never do.
`Rules` has a switch for each protection; a switched-off one must be found out.
"""
from collections import deque
from typing import NamedTuple


class Rules(NamedTuple):
    """What `Docs/ChargeStates.md` and the contract promise. False plants a bug."""
    silence_is_no_outcome: bool = True
    same_facts_on_rebuild: bool = True
    same_gas_until_dead: bool = True
    match_account_and_sequence: bool = True
    one_live_per_obligation: bool = True
    refunds_are_operations: bool = True
    adopt_what_was_lost: bool = True
    displaced_is_over: bool = True
    fence_after_restore: bool = True
    leader_is_guarded: bool = True
    sequence_used_by_decline: bool = True


class Scope(NamedTuple):
    """How large the world is and how often each thing may happen in it."""
    balances: tuple = (1,)
    obligations: tuple = (0,)  # The account of each.
    gas_coins: int = 2
    batch: int = 1
    plans: int = 1
    refunds: int = 0
    withdraws: int = 0
    cancels: int = 0
    failures: int = 0
    gas_thefts: int = 0
    deposits: int = 0
    takings: int = 0
    limits: int = 0
    strangers: int = 0
    forgeries: int = 0
    freezes: int = 0
    snapshots: int = 0


class Tx(NamedTuple):
    gas: int
    version: int
    life: int  # Epochs it can still run in, after the present one; below zero: none.
    ops: tuple


class Op(NamedTuple):
    what: str  # charge, refund, cancel
    account: int
    seq: int
    uid: int
    ob: object


class Row(NamedTuple):
    uid: int
    kind: str
    account: int
    ob: object
    state: str = "planned"
    seq: object = None
    tx: object = None
    cancel: object = None
    fenced: bool = False

    @property
    def live(self):
        return self.state in ("planned", "signed")


class Database(NamedTuple):
    rows: tuple
    mirrors: tuple  # (balance, seq, frozen)
    gas: tuple      # Booked versions.


class State(NamedTuple):
    accounts: tuple  # On chain: (balance, seq, limited)
    gas: tuple
    pool: tuple
    unbooked: tuple
    db: Database
    snapshot: object    # (Database, events since)
    armed: bool
    restored: bool
    sleeper: object     # What a leader that lost its turn was about to write.
    left: tuple         # Of each budget.
    next_uid: int
    settled: tuple      # (uid, ob), the chain's truth.
    refunded: tuple
    given_up: tuple     # Told to a service as not happening.


BUDGETS = ("plans", "refunds", "withdraws", "cancels", "failures", "gas_thefts", "deposits",
           "takings", "limits", "strangers", "forgeries", "freezes", "snapshots")


def swap(items, place, value):
    return items[:place] + (value,) + items[place + 1:]


class Model:
    def __init__(self, scope, rules=Rules()):
        self.scope, self.rules = scope, rules

    def start(self):
        scope = self.scope
        accounts = tuple((b, 0, False) for b in scope.balances)
        coins = (0,) * scope.gas_coins
        db = Database((), tuple((b, 0, False) for b in scope.balances), coins)
        left = tuple(getattr(scope, name) for name in BUDGETS)
        return State(accounts, coins, (), (), db, None, True, False, None, left, 1, (), (), ())

    # What anything costs

    @staticmethod
    def spend(state, name):
        place = BUDGETS.index(name)
        if state.left[place] == 0:
            return None
        return state._replace(left=swap(state.left, place, state.left[place] - 1))

    @staticmethod
    def tidy(state):
        """Bytes that can never run are no bytes; how long ago they died does not matter."""
        pool = {t for t in state.pool if t.life >= 0 and state.gas[t.gas] == t.version}
        state = state._replace(pool=tuple(sorted(pool, key=repr)))
        return Model.rebase(state)

    @staticmethod
    def rebase(state):
        """Counts gas versions from the oldest that still matters."""
        low = list(state.db.gas)
        bases = [state.db] + ([state.snapshot[0]] if state.snapshot else [])
        for base in bases:
            for gas, version in enumerate(base.gas):
                low[gas] = min(low[gas], version)

        def clamp(tx, booked):
            return tx and tx._replace(version=max(tx.version, booked[tx.gas] - 1), ops=())

        def settle(base):
            return base._replace(rows=tuple(
                r._replace(tx=clamp(r.tx, base.gas), cancel=clamp(r.cancel, base.gas))
                for r in base.rows))
        bases = [settle(base) for base in bases]
        for base in bases:
            for row in base.rows:
                for tx in (row.tx, row.cancel):
                    if tx:
                        low[tx.gas] = min(low[tx.gas], tx.version)
        if state.sleeper:
            low[state.sleeper.gas] = min(low[state.sleeper.gas], state.sleeper.version)
        if not any(low):
            snapshot = (bases[1], state.snapshot[1]) if state.snapshot else None
            return state._replace(db=bases[0], snapshot=snapshot)

        def less(tx):
            return tx and tx._replace(version=tx.version - low[tx.gas])

        def shift(base):
            return base._replace(
                gas=tuple(v - l for v, l in zip(base.gas, low)),
                rows=tuple(r._replace(tx=less(r.tx), cancel=less(r.cancel)) for r in base.rows))

        def lower(entry):
            gas, version, events = entry
            return entry if gas is None else (gas, version - low[gas], events)
        snapshot = None
        if state.snapshot:
            snapshot = (shift(bases[1]), tuple(map(lower, state.snapshot[1])))
        return state._replace(
            db=shift(bases[0]), snapshot=snapshot, gas=tuple(
                v - l for v, l in zip(state.gas, low)),
            pool=tuple(map(less, state.pool)), unbooked=tuple(map(lower, state.unbooked)),
            sleeper=less(state.sleeper))

    @staticmethod
    def emit(state, gas, version, events):
        entry = (gas, version, tuple(events))
        snapshot = state.snapshot and (state.snapshot[0], state.snapshot[1] + (entry,))
        return state._replace(unbooked=state.unbooked + (entry,), snapshot=snapshot)

    # The chain

    def run(self, state, tx, fails=False):
        accounts, events = list(state.accounts), []
        settled, refunded = list(state.settled), list(state.refunded)
        for op in tx.ops:
            balance, seq, limited = accounts[op.account]
            stale = op.seq != seq + 1
            fact = (op.account, op.seq, op.uid, op.ob)
            if op.what == "charge":
                if stale:
                    events.append(("stale",) + fact + (balance,))
                elif limited or balance < 1:
                    if self.rules.sequence_used_by_decline:
                        accounts[op.account] = (balance, op.seq, limited)
                    events.append(("declined",) + fact + (balance,))
                else:
                    accounts[op.account] = (balance - 1, op.seq, limited)
                    settled.append((op.uid, op.ob))
                    events.append(("charged",) + fact + (balance - 1,))
            elif stale and (op.what == "cancel" or self.rules.refunds_are_operations):
                fails = True
            elif op.what == "cancel":
                accounts[op.account] = (balance, op.seq, limited)
                events.append(("cancelled",) + fact + (balance,))
            else:
                after = op.seq if self.rules.refunds_are_operations else seq
                accounts[op.account] = (balance + 1, after, limited)
                refunded.append((op.uid, op.ob))
                events.append(("refunded",) + fact + (balance + 1,))
        version = state.gas[tx.gas] + 1
        state = state._replace(gas=swap(state.gas, tx.gas, version))
        if fails:
            return self.emit(state, tx.gas, version, ())
        state = state._replace(
            accounts=tuple(accounts), settled=tuple(sorted(settled, key=repr)),
            refunded=tuple(sorted(refunded, key=repr)))
        return self.emit(state, tx.gas, version, events)

    # The follower

    def book(self, state):
        gas, version, events = state.unbooked[0]
        db = state.db
        if gas is not None:
            db = db._replace(gas=swap(db.gas, gas, max(db.gas[gas], version)))
        gone = set(state.given_up)
        for event in events:
            db, more = self.book_event(db, event)
            gone |= more
        return state._replace(
            unbooked=state.unbooked[1:], db=db, given_up=tuple(sorted(gone)))

    def book_event(self, db, event):
        what, account, seq, uid, ob, after = event
        gone = set()
        if what == "forged":
            if not self.rules.match_account_and_sequence:
                db = db._replace(rows=tuple(
                    r._replace(state="settled") if r.uid == uid and r.live else r
                    for r in db.rows))
            return db, gone
        balance, known, frozen = db.mirrors[account]
        if what in ("deposited", "withdrawn", "stale"):
            return db._replace(mirrors=swap(db.mirrors, account, (after, known, frozen))), gone
        uses = not (what == "declined" and not self.rules.sequence_used_by_decline
                    or what == "refunded" and not self.rules.refunds_are_operations)
        db = db._replace(mirrors=swap(db.mirrors, account, (
            after, seq if uses else known, frozen)))
        outcome = {"charged": "settled", "refunded": "settled", "declined": "declined",
                   "cancelled": "abandoned"}[what]
        rows, is_known = [], False
        for row in db.rows:
            named = row.uid == uid and (
                row.state == "signed" or row.state == "planned" and self.rules.adopt_what_was_lost)
            if named:
                is_known = True
                row = row._replace(state=outcome)
                if outcome != "settled":
                    gone.add(uid)
            elif (row.state == "signed" and row.account == account and row.seq == seq
                    and row.uid != uid and self.rules.displaced_is_over):
                row = row._replace(state="abandoned")
                gone.add(row.uid)
            rows.append(row)
        kind = "refund" if what == "refunded" else "charge"
        kin = any(r.ob == ob and r.account == account for r in rows) and ob is not None
        if not is_known and self.rules.adopt_what_was_lost and (
                ob is not None or what in ("charged", "declined", "refunded")):
            if what != "cancelled" and uid not in [r.uid for r in rows]:
                if outcome == "settled":
                    for place, row in enumerate(rows):
                        if row.ob == ob and row.kind == kind and row.state == "planned":
                            rows[place] = row._replace(state="abandoned")
                            gone.add(row.uid)
                rows.append(Row(uid, kind, account, ob, outcome))
        db = db._replace(rows=tuple(rows))
        if not is_known and not kin:
            db, more = self.freeze(db, account)
            gone |= more
        return db, gone

    def freeze(self, db, account):
        balance, seq, frozen = db.mirrors[account]
        db = db._replace(mirrors=swap(db.mirrors, account, (balance, seq, True)))
        gone, rows = set(), []
        for row in db.rows:
            if (row.account == account and row.state == "planned" and not row.fenced
                    and not frozen):
                row = row._replace(state="abandoned")
                gone.add(row.uid)
            rows.append(row)
        return db._replace(rows=tuple(rows)), gone

    # The leader

    def dead(self, state, tx):
        """As far as was booked: consumed by something, or expired with all before it booked."""
        return state.db.gas[tx.gas] > tx.version or tx.life < 0 and not state.unbooked

    def free_gas(self, state):
        taken = {tx.gas for row in state.db.rows if row.state == "signed"
                 for tx in (row.tx, row.cancel) if tx and not self.dead(state, tx)}
        return [gas for gas in range(self.scope.gas_coins) if gas not in taken]

    def built(self, state, rows, gas, version, cancel=False, seq=None):
        ops = []
        for row in rows:
            number = row.seq if row.seq is not None else state.db.mirrors[row.account][1] + 1
            ops.append(Op("cancel" if cancel else row.kind, row.account, seq or number,
                          row.uid, row.ob))
        return Tx(gas, version, 1, tuple(ops))

    def stored(self, state, tx, cancel=False):
        rows = list(state.db.rows)
        for op in tx.ops:
            place = next(i for i, r in enumerate(rows) if r.uid == op.uid)
            change = {"cancel": tx} if cancel else {"tx": tx}
            rows[place] = rows[place]._replace(state="signed", seq=op.seq, **change)
        return state._replace(
            db=state.db._replace(rows=tuple(rows)), pool=state.pool + (tx,))

    def signable(self, state):
        busy = {r.account for r in state.db.rows if r.state == "signed"}
        first, found = set(), []
        for row in state.db.rows:
            if row.state != "planned" or row.account in first:
                continue
            first.add(row.account)
            if row.account not in busy and not state.db.mirrors[row.account][2]:
                found.append(row)
        return found

    def next(self, state):
        """All (kind, action, state) from here: `own` for leader and follower, `time` for the
        network, `fault` for what need not happen."""
        found = []

        def add(kind, action, after):
            found.append((kind, action, self.tidy(after)))
        self.add_network(state, add)
        self.add_outside(state, add)
        self.add_plans(state, add)
        if state.unbooked:
            entry = state.unbooked[0]
            add("own", dict(do="book", events=list(entry[2])), self.book(state))
        if not state.armed and not state.unbooked and not any(
                m[2] for m in state.db.mirrors):
            add("own", dict(do="arm"), state._replace(armed=True))
        for place, (balance, seq, frozen) in enumerate(state.db.mirrors):
            if frozen:
                mirrors = swap(state.db.mirrors, place, (balance, seq, False))
                add("own", dict(do="thaw", account=place),
                    state._replace(db=state.db._replace(mirrors=mirrors)))
        if state.armed:
            self.add_signatures(state, add)
            self.add_rebuilds(state, add)
        self.add_sleeper(state, add)
        return found

    def add_network(self, state, add):
        for tx in state.pool:
            add("time", dict(do="run"), self.run(state, tx))
            spent = self.spend(state, "failures")
            if spent:
                add("fault", dict(do="run", fails=True), self.run(spent, tx, fails=True))
        waiting = [tx for row in state.db.rows for tx in (row.tx, row.cancel)
                   if tx and row.state == "signed" and tx.life >= 0]
        if waiting or state.pool:
            def older(tx):
                return tx and tx._replace(life=max(-1, tx.life - 1))

            def aged(db):
                return db._replace(rows=tuple(
                    r._replace(tx=older(r.tx), cancel=older(r.cancel)) for r in db.rows))
            snapshot = state.snapshot and (aged(state.snapshot[0]), state.snapshot[1])
            add("time", dict(do="epoch"), state._replace(
                pool=tuple(map(older, state.pool)), db=aged(state.db), snapshot=snapshot))

    def add_outside(self, state, add):
        for name, what, change in (("deposits", "deposited", 1), ("takings", "withdrawn", None)):
            spent = self.spend(state, name)
            for place, (balance, seq, limited) in enumerate(state.accounts if spent else ()):
                after = balance + 1 if change else 0
                if after == balance:
                    continue
                accounts = swap(state.accounts, place, (after, seq, limited))
                add("fault", dict(do=what), self.emit(
                    spent._replace(accounts=accounts), None, 0,
                    ((what, place, 0, 0, None, after),)))
        spent = self.spend(state, "limits")
        for place, (balance, seq, limited) in enumerate(state.accounts if spent else ()):
            add("fault", dict(do="limit"), spent._replace(
                accounts=swap(state.accounts, place, (balance, seq, not limited))))
        spent = self.spend(state, "gas_thefts")
        for gas in range(self.scope.gas_coins if spent else 0):
            version = state.gas[gas] + 1
            add("fault", dict(do="theft"), self.emit(
                spent._replace(gas=swap(state.gas, gas, version)), gas, version, ()))
        spent = self.spend(state, "forgeries")
        for row in state.db.rows if spent else ():
            if row.live:
                add("fault", dict(do="forge"), self.emit(
                    spent, None, 0, (("forged", row.account, row.seq or 1, row.uid, row.ob, 0),)))
        spent = self.spend(state, "strangers")
        for place, (balance, seq, limited) in enumerate(state.accounts if spent else ()):
            if balance:
                event = ("charged", place, seq + 1, 99, None, balance - 1)
                accounts = swap(state.accounts, place, (balance - 1, seq + 1, limited))
                add("fault", dict(do="stranger"), self.emit(
                    spent._replace(accounts=accounts), None, 0, (event,)))
        spent = self.spend(state, "snapshots")
        if spent and state.snapshot is None and not state.restored:
            add("fault", dict(do="snapshot"), spent._replace(
                snapshot=(state.db, state.unbooked)))
        if state.snapshot:
            db, since = state.snapshot
            if self.rules.fence_after_restore:
                db = db._replace(rows=tuple(
                    r._replace(fenced=True) if r.state == "planned" else r for r in db.rows))
            armed = not self.rules.fence_after_restore
            add("fault", dict(do="restore"), state._replace(
                db=db, unbooked=since, snapshot=None, restored=True, armed=armed))

    def add_plans(self, state, add):
        spent = self.spend(state, "plans")
        for ob, account in enumerate(self.scope.obligations if spent else ()):
            mine = [r for r in state.db.rows if r.ob == ob and r.kind == "charge"]
            balance, _, frozen = state.db.mirrors[account]
            held = sum(r.live for r in state.db.rows
                       if r.account == account and r.kind == "charge")
            taken = any(r.live or r.state == "settled" for r in mine)
            if frozen or balance - held < 1 or taken and self.rules.one_live_per_obligation:
                continue
            row = Row(state.next_uid, "charge", account, ob)
            add("fault", dict(do="plan", uid=row.uid, account=account, ob=ob, kind="charge"),
                spent._replace(db=state.db._replace(rows=state.db.rows + (row,)),
                               next_uid=state.next_uid + 1))
        spent = self.spend(state, "refunds")
        for row in state.db.rows if spent and state.armed else ():
            others = [r for r in state.db.rows if r.kind == "refund" and r.ob == row.ob]
            if row.kind == "charge" and row.state == "settled" and row.ob is not None \
                    and not any(r.live or r.state == "settled" for r in others):
                refund = Row(state.next_uid, "refund", row.account, row.ob)
                add("fault", dict(do="plan", uid=refund.uid, account=row.account, ob=row.ob,
                                  kind="refund"),
                    spent._replace(db=state.db._replace(rows=state.db.rows + (refund,)),
                                   next_uid=state.next_uid + 1))
        spent = self.spend(state, "withdraws")
        for place, row in enumerate(state.db.rows if spent and state.armed else ()):
            if row.state == "planned" and not row.fenced:
                add("fault", dict(do="withdraw", uid=row.uid),
                    self.ended(spent, place, row))

    @staticmethod
    def ended(state, place, row):
        rows = swap(state.db.rows, place, row._replace(state="abandoned"))
        return state._replace(db=state.db._replace(rows=rows),
                              given_up=tuple(sorted(set(state.given_up) | {row.uid})))

    def add_signatures(self, state, add):
        ready = self.signable(state)
        groups = [(row,) for row in ready]
        if self.scope.batch > 1:
            groups += [(a, b) for i, a in enumerate(ready) for b in ready[i + 1:]
                       if not (a.fenced or b.fenced) and a.kind == b.kind == "charge"]
        for group in groups:
            for gas in self.free_gas(state):
                cancel = group[0].fenced
                tx = self.built(state, group, gas, state.db.gas[gas], cancel)
                add("own", self.told("cancel" if cancel else "sign", tx),
                    self.stored(state, tx, cancel))
                spent = self.spend(state, "freezes")
                if spent and not state.sleeper and not cancel:
                    add("fault", dict(do="sleep"), spent._replace(sleeper=tx))

    @staticmethod
    def told(what, tx):
        return dict(do=what, ops=[dict(uid=op.uid, seq=op.seq) for op in tx.ops])

    def add_rebuilds(self, state, add):
        seen = set()
        for place, row in enumerate(state.db.rows):
            if row.state != "signed":
                continue
            if not self.rules.silence_is_no_outcome:
                add("own", dict(do="withdraw", uid=row.uid), self.ended(state, place, row))
            if row.tx and row.tx not in seen:
                seen.add(row.tx)
                self.add_rebuild(state, row.tx, add)
            spent = state if row.cancel else self.spend(state, "cancels")
            if spent and (row.cancel is None or self.dead(state, row.cancel)):
                for gas in self.free_gas(state):
                    tx = self.built(state, (row,), gas, state.db.gas[gas], cancel=True)
                    kind = "own" if row.cancel else "fault"
                    add(kind, self.told("cancel", tx), self.stored(spent, tx, cancel=True))

    def add_rebuild(self, state, old, add):
        group = tuple(r for r in state.db.rows if r.state == "signed" and r.tx == old)
        if not self.rules.same_facts_on_rebuild:
            for gas in self.free_gas(state):
                for row in group:
                    number = state.db.mirrors[row.account][1] + 1
                    fresh = number if number != row.seq else number + 1
                    tx = self.built(state, (row,), gas, state.db.gas[gas], seq=fresh)
                    add("own", self.told("rebuild", tx), self.stored(state, tx))
        if not self.dead(state, old):
            if old.life < 1 and state.db.gas[old.gas] == old.version:
                tx = self.built(state, group, old.gas, old.version)
                add("own", self.told("rebuild", tx), self.stored(state, tx))
            if self.rules.same_gas_until_dead:
                return
        for part in {group} | ({(row,) for row in group} if len(group) > 1 else set()):
            for gas in self.free_gas(state):
                tx = self.built(state, part, gas, state.db.gas[gas])
                add("own", self.told("rebuild", tx), self.stored(state, tx))

    def add_sleeper(self, state, add):
        """A leader that lost its turn writes what it had decided, if nothing stops it."""
        if not state.sleeper:
            return
        awake = state._replace(sleeper=None)
        rows = {r.uid: r for r in state.db.rows}
        if self.rules.leader_is_guarded or any(op.uid not in rows for op in state.sleeper.ops):
            add("fault", dict(do="wake"), awake)
        else:
            add("fault", dict(do="wake", writes=True), self.stored(awake, state.sleeper))

    # What must hold

    def wrong(self, state):
        paid = [ob for _, ob in state.settled]
        if len(paid) != len(set(paid)):
            return "an obligation was settled twice"
        if {uid for uid, _ in state.settled + state.refunded} & set(state.given_up):
            return "what was given up happened"
        back = [ob for _, ob in state.refunded]
        if len(back) != len(set(back)) or set(back) - set(paid):
            return "more was refunded than charged"
        truth = {uid for uid, _ in state.settled + state.refunded} | {99}
        for row in state.db.rows:
            if row.state == "settled" and row.uid not in truth:
                return "booked as settled, and is not"
        if not state.unbooked:
            for mirror, account in zip(state.db.mirrors, state.accounts):
                if mirror[:2] != account[:2]:
                    return "the mirror is not the chain"
            known = {r.uid for r in state.db.rows if r.state == "settled"}
            if state.armed and truth - {99} - known:
                return "settled on chain, and unknown"
        return None

    @staticmethod
    def rests(state):
        return state.armed and not state.unbooked and not any(r.live for r in state.db.rows)

    def explore(self, limit=3_000_000):
        """Breadth first, so that the way to a fault is shortest. A state from which leader,
        follower and time alone cannot bring everything to an end is a fault too."""
        first = self.tidy(self.start())
        number, parents, states = {first: 0}, [None], [first]
        backwards, ends, todo = [[]], [], deque([0])
        while todo:
            here = todo.popleft()
            state = states[here]
            fault = self.wrong(state)
            if fault:
                return Result(self, states, parents, fault, here, True)
            if self.rests(state):
                ends.append(here)
            for kind, action, after in self.next(state):
                there = number.get(after)
                if there is None:
                    if len(states) >= limit:
                        return Result(self, states, parents, None, None, False)
                    there = number[after] = len(states)
                    states.append(after)
                    parents.append((here, action))
                    backwards.append([])
                    todo.append(there)
                if kind != "fault":
                    backwards[there].append(here)
        reached = bytearray(len(states))
        for end in ends:
            reached[end] = 1
        while ends:
            for before in backwards[ends.pop()]:
                if not reached[before]:
                    reached[before] = 1
                    ends.append(before)
        stuck = next((i for i, is_reached in enumerate(reached) if not is_reached), None)
        fault = None if stuck is None else "no way to an end"
        return Result(self, states, parents, fault, stuck, True)


class Result(NamedTuple):
    model: object
    states: list
    parents: list
    fault: object
    place: object
    complete: bool

    def steps(self, place):
        """The (action, state) pairs from the start."""
        found = []
        while self.parents[place]:
            before, action = self.parents[place]
            found.append((action, self.states[place]))
            place = before
        return found[::-1]
