"""Books what the chain says, each entry once and in order; nothing else ends an operation."""
from .world import Row, swap

OUTCOMES = {"charged": "settled", "refunded": "settled", "declined": "declined",
            "cancelled": "abandoned"}
# What an event says it was; a cancellation may have been of either.
KINDS = {"charged": "charge", "declined": "charge", "refunded": "refund"}


class Follower:
    def __init__(self, rules):
        self.rules = rules

    def steps(self, state):
        if state.unbooked:
            gas, _, events = state.unbooked[0]
            yield "own", dict(do="book", gas=gas, events=list(events)), self.book(state)

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
        if what == "forged":
            return self.forged(db, uid), set()
        balance, known, frozen = db.mirrors[account]
        if what in ("deposited", "withdrawn", "stale"):
            return db._replace(mirrors=swap(db.mirrors, account, (after, known, frozen))), set()
        uses = not (what == "declined" and not self.rules.sequence_used_by_decline
                    or what == "refunded" and not self.rules.refunds_are_operations)
        db = db._replace(mirrors=swap(db.mirrors, account, (
            after, seq if uses else known, frozen)))
        rows, is_known, gone = self.end(db.rows, what, account, seq, uid)
        asked = KINDS.get(what)
        kin = ob is not None and any(
            (row.mark == ob if asked is None else (row.ob, row.kind) == (ob, asked))
            and row.account == account for row in rows)
        if not is_known and self.rules.adopt_what_was_lost and (
                ob is not None or what in ("charged", "declined", "refunded")):
            if what != "cancelled" and uid not in [row.uid for row in rows]:
                gone |= self.adopt(rows, what, account, uid, ob)
        db = db._replace(rows=tuple(rows))
        if (what == "cancelled" and uid not in [row.uid for row in rows] and kin
                and not self.rules.lost_cancellation_fits):
            db = db._replace(orphaned=True)
        if not is_known and not kin:
            db, more = self.freeze(db, account)
            gone |= more
        return db, gone

    def forged(self, db, uid):
        """On an account that is none of ours, with a reference that is."""
        if self.rules.match_account_and_sequence:
            return db
        return db._replace(rows=tuple(
            row._replace(state="settled") if row.uid == uid and row.live else row
            for row in db.rows))

    def end(self, rows, what, account, seq, uid):
        """The operation that is named, and the one that had counted on its sequence."""
        ended, is_known, gone = [], False, set()
        for row in rows:
            named = row.uid == uid and (
                row.state == "signed" or row.state == "planned" and self.rules.adopt_what_was_lost)
            if named:
                is_known = True
                row = row._replace(state=OUTCOMES[what])
                if row.state != "settled":
                    gone.add(uid)
            elif (row.state == "signed" and row.account == account and row.seq == seq
                    and row.uid != uid and self.rules.displaced_is_over):
                row = row._replace(state="abandoned")
                gone.add(row.uid)
            ended.append(row)
        return ended, is_known, gone

    @staticmethod
    def adopt(rows, what, account, uid, ob):
        """A row for what the database had lost, in the place of what was planned for the same."""
        kind, gone = KINDS[what], set()
        if OUTCOMES[what] == "settled":
            for place, row in enumerate(rows):
                if row.ob == ob and row.kind == kind and row.state == "planned":
                    rows[place] = row._replace(state="abandoned")
                    gone.add(row.uid)
        rows.append(Row(uid, kind, account, ob, OUTCOMES[what]))
        return gone

    @staticmethod
    def freeze(db, account):
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
