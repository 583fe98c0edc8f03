"""Signs what is planned, and builds anew what cannot run any more; may lose its turn meanwhile."""
from .world import Op, Tx, ended, spend


class Leader:
    def __init__(self, scope, rules):
        self.scope, self.rules = scope, rules

    def steps(self, state):
        if not state.armed and not state.unbooked and not state.db.orphaned and not any(
                frozen for _, _, frozen in state.db.mirrors):
            yield "own", dict(do="arm"), state._replace(armed=True)
        if state.armed:
            yield from self.signatures(state)
            yield from self.rebuilds(state)
        yield from self.sleeper(state)

    # What it knows

    @staticmethod
    def dead(state, tx):
        """As far as was booked: consumed by something, or expired with all before it booked."""
        return state.db.gas[tx.gas] > tx.version or tx.life < 0 and not state.unbooked

    def free_gas(self, state):
        taken = {tx.gas for row in state.db.rows if row.state == "signed"
                 for tx in (row.tx, row.cancel) if tx and not self.dead(state, tx)}
        return [gas for gas in range(self.scope.gas_coins) if gas not in taken]

    @staticmethod
    def signable(state):
        """The first planned operation of each account that has none under way."""
        busy = {row.account for row in state.db.rows if row.state == "signed"}
        first, found = set(), []
        for row in state.db.rows:
            if row.state != "planned" or row.account in first:
                continue
            first.add(row.account)
            if row.account not in busy and not state.db.mirrors[row.account][2]:
                found.append(row)
        return found

    # What it writes

    @staticmethod
    def built(state, rows, gas, version, cancel=False, seq=None):
        ops = []
        for row in rows:
            number = row.seq if row.seq is not None else state.db.mirrors[row.account][1] + 1
            ops.append(Op("cancel" if cancel else row.kind, row.account, seq or number,
                          row.uid, row.mark if cancel else row.ob))
        return Tx(gas, version, 1, tuple(ops))

    @staticmethod
    def stored(state, tx, cancel=False):
        rows = list(state.db.rows)
        for op in tx.ops:
            place = next(i for i, row in enumerate(rows) if row.uid == op.uid)
            change = {"cancel": tx} if cancel else {"tx": tx}
            rows[place] = rows[place]._replace(state="signed", seq=op.seq, **change)
        return state._replace(
            db=state.db._replace(rows=tuple(rows)), pool=state.pool + (tx,))

    @staticmethod
    def told(what, tx):
        return dict(do=what, gas=tx.gas, ops=[dict(uid=op.uid, seq=op.seq) for op in tx.ops])

    # First bytes

    def signatures(self, state):
        ready = self.signable(state)
        groups = [(row,) for row in ready]
        if self.scope.batch > 1:
            groups += [(a, b) for i, a in enumerate(ready) for b in ready[i + 1:]
                       if not (a.fenced or b.fenced) and a.kind == b.kind == "charge"]
        for group in groups:
            for gas in self.free_gas(state):
                cancel = group[0].fenced
                tx = self.built(state, group, gas, state.db.gas[gas], cancel)
                yield ("own", self.told("cancel" if cancel else "sign", tx),
                       self.stored(state, tx, cancel))
                spent = spend(state, "freezes")
                if spent and not state.sleeper and not cancel:
                    yield "fault", dict(do="sleep"), spent._replace(sleeper=tx)

    # Bytes in the place of others

    def rebuilds(self, state):
        seen = set()
        for place, row in enumerate(state.db.rows):
            if row.state != "signed":
                continue
            if not self.rules.silence_is_no_outcome:
                yield "own", dict(do="withdraw", uid=row.uid), ended(state, place, row)
            if row.tx and row.tx not in seen:
                seen.add(row.tx)
                yield from self.rebuild(state, row.tx)
            yield from self.cancellation(state, row)

    def cancellation(self, state, row):
        spent = state if row.cancel else spend(state, "cancels")
        if spent and (row.cancel is None or self.dead(state, row.cancel)):
            for gas in self.free_gas(state):
                tx = self.built(state, (row,), gas, state.db.gas[gas], cancel=True)
                kind = "own" if row.cancel else "fault"
                yield kind, self.told("cancel", tx), self.stored(spent, tx, cancel=True)

    def rebuild(self, state, old):
        group = tuple(row for row in state.db.rows if row.state == "signed" and row.tx == old)
        if not self.rules.same_facts_on_rebuild:
            yield from self.under_new_sequences(state, group)
        if not self.dead(state, old):
            if old.life < 1 and state.db.gas[old.gas] == old.version:
                tx = self.built(state, group, old.gas, old.version)
                yield "own", self.told("rebuild", tx), self.stored(state, tx)
            yield from self.release(state, old, group)
            if self.rules.same_gas_until_dead:
                return
        for part in {group} | ({(row,) for row in group} if len(group) > 1 else set()):
            for gas in self.free_gas(state):
                tx = self.built(state, part, gas, state.db.gas[gas])
                yield "own", self.told("rebuild", tx), self.stored(state, tx)

    def release(self, state, old, group):
        """Nodes refuse the bytes again and again, so their version of the coin is spent on nothing.
        Which of the two ran, if any, is for the follower to see: until then they are not dead."""
        spent = spend(state, "releases")
        if not spent:
            return
        nothing = Tx(old.gas, old.version, 1, ())
        # The claim lasts as long as the longest-lived of its transactions.
        life = nothing.life if self.rules.released_once_seen else -1
        spent = spent._replace(
            pool=spent.pool + (nothing,), db=spent.db._replace(rows=tuple(
                row._replace(tx=row.tx._replace(life=life)) if row in group else row
                for row in spent.db.rows)))
        if not self.rules.release_is_no_outcome:
            for place, row in enumerate(spent.db.rows):
                if row.uid in [one.uid for one in group]:
                    spent = ended(spent, place, row)
        yield "fault", dict(do="release", ops=[dict(uid=row.uid) for row in group]), spent

    def under_new_sequences(self, state, group):
        for gas in self.free_gas(state):
            for row in group:
                number = state.db.mirrors[row.account][1] + 1
                fresh = number if number != row.seq else number + 1
                tx = self.built(state, (row,), gas, state.db.gas[gas], seq=fresh)
                yield "own", self.told("rebuild", tx), self.stored(state, tx)

    # A turn that is over

    def sleeper(self, state):
        """A leader that lost its turn writes what it had decided, if nothing stops it."""
        if not state.sleeper:
            return
        awake = state._replace(sleeper=None)
        known = [row.uid for row in state.db.rows]
        if self.rules.leader_is_guarded or any(op.uid not in known for op in state.sleeper.ops):
            yield "fault", dict(do="wake"), awake
        else:
            yield "fault", dict(do="wake", writes=True), self.stored(awake, state.sleeper)
