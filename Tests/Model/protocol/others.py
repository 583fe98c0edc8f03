"""Everybody else: services, customers, strangers, thieves, and whoever restores a database."""
from .chain import emit
from .world import Row, ended, spend, swap


class Services:
    """They plan charges and refunds, and give up what is only planned."""

    def __init__(self, scope, rules):
        self.scope, self.rules = scope, rules

    def steps(self, state):
        yield from self.charges(state)
        if state.armed:
            yield from self.refunds(state)
            yield from self.withdrawals(state)

    def charges(self, state):
        spent = spend(state, "plans")
        for ob, account in enumerate(self.scope.obligations if spent else ()):
            mine = [row for row in state.db.rows if row.ob == ob and row.kind == "charge"]
            balance, _, frozen = state.db.mirrors[account]
            held = sum(row.live for row in state.db.rows
                       if row.account == account and row.kind == "charge")
            taken = any(row.live or row.state == "settled" for row in mine)
            if frozen or balance - held < 1 or taken and self.rules.one_live_per_obligation:
                continue
            yield self.planned(spent, Row(state.next_uid, "charge", account, ob))

    def refunds(self, state):
        spent = spend(state, "refunds")
        for row in state.db.rows if spent else ():
            others = [one for one in state.db.rows if one.kind == "refund" and one.ob == row.ob]
            if row.kind == "charge" and row.state == "settled" and row.ob is not None \
                    and not any(one.live or one.state == "settled" for one in others):
                yield self.planned(spent, Row(state.next_uid, "refund", row.account, row.ob))

    @staticmethod
    def planned(state, row):
        action = dict(do="plan", uid=row.uid, account=row.account, ob=row.ob, kind=row.kind)
        return "fault", action, state._replace(
            db=state.db._replace(rows=state.db.rows + (row,)), next_uid=state.next_uid + 1)

    @staticmethod
    def withdrawals(state):
        spent = spend(state, "withdraws")
        for place, row in enumerate(state.db.rows if spent else ()):
            if row.state == "planned" and not row.fenced:
                yield "fault", dict(do="withdraw", uid=row.uid), ended(spent, place, row)


class Outsiders:
    """They act on chain without asking anybody."""

    def __init__(self, scope):
        self.scope = scope

    def steps(self, state):
        yield from self.customers(state)
        yield from self.thieves(state)
        yield from self.strangers(state)

    @staticmethod
    def customers(state):
        for name, what, change in (("deposits", "deposited", 1), ("takings", "withdrawn", None)):
            spent = spend(state, name)
            for place, (balance, seq, limited) in enumerate(state.accounts if spent else ()):
                after = balance + 1 if change else 0
                if after == balance:
                    continue
                accounts = swap(state.accounts, place, (after, seq, limited))
                yield "fault", dict(do=what), emit(
                    spent._replace(accounts=accounts), None, 0,
                    ((what, place, 0, 0, None, after),))
        spent = spend(state, "limits")
        for place, (balance, seq, limited) in enumerate(state.accounts if spent else ()):
            yield "fault", dict(do="limit"), spent._replace(
                accounts=swap(state.accounts, place, (balance, seq, not limited)))

    def thieves(self, state):
        """They have the charger's key, and use its gas."""
        spent = spend(state, "gas_thefts")
        for gas in range(self.scope.gas_coins if spent else 0):
            version = state.gas[gas] + 1
            yield "fault", dict(do="theft"), emit(
                spent._replace(gas=swap(state.gas, gas, version)), gas, version, ())

    @staticmethod
    def strangers(state):
        spent = spend(state, "forgeries")
        for row in state.db.rows if spent else ():
            if row.live:
                yield "fault", dict(do="forge"), emit(
                    spent, None, 0, (("forged", row.account, row.seq or 1, row.uid, row.ob, 0),))
        spent = spend(state, "strangers")
        for place, (balance, seq, limited) in enumerate(state.accounts if spent else ()):
            if balance:
                event = ("charged", place, seq + 1, 99, None, balance - 1)
                accounts = swap(state.accounts, place, (balance - 1, seq + 1, limited))
                yield "fault", dict(do="stranger"), emit(
                    spent._replace(accounts=accounts), None, 0, (event,))


class Operators:
    """They restore a database from before, and let an account go on that was frozen."""

    def __init__(self, rules):
        self.rules = rules

    def steps(self, state):
        spent = spend(state, "snapshots")
        if spent and state.snapshot is None and not state.restored:
            yield "fault", dict(do="snapshot"), spent._replace(
                snapshot=(state.db, state.unbooked))
        if state.snapshot:
            yield "fault", dict(do="restore"), self.restored(state)
        for place, (balance, seq, frozen) in enumerate(state.db.mirrors):
            if frozen:
                mirrors = swap(state.db.mirrors, place, (balance, seq, False))
                yield ("own", dict(do="thaw", account=place),
                       state._replace(db=state.db._replace(mirrors=mirrors)))

    def restored(self, state):
        db, since = state.snapshot
        if self.rules.fence_after_restore:
            db = db._replace(rows=tuple(
                row._replace(fenced=True) if row.state == "planned" else row for row in db.rows))
        armed = not self.rules.fence_after_restore
        return state._replace(
            db=db, unbooked=since, snapshot=None, restored=True, armed=armed)
