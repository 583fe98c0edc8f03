"""The contract, and what the network does with bytes: run them, fail them, let them expire."""
from .world import spend, swap


def emit(state, gas, version, events):
    """To be booked; and to be booked again by a database from before."""
    entry = (gas, version, tuple(events))
    snapshot = state.snapshot and (state.snapshot[0], state.snapshot[1] + (entry,))
    return state._replace(unbooked=state.unbooked + (entry,), snapshot=snapshot)


class Chain:
    def __init__(self, rules):
        self.rules = rules

    def steps(self, state):
        for tx in state.pool:
            yield "time", dict(do="run"), self.run(state, tx)
            spent = spend(state, "failures")
            if spent:
                yield "fault", dict(do="run", fails=True), self.run(spent, tx, fails=True)
        waiting = [tx for row in state.db.rows for tx in (row.tx, row.cancel)
                   if tx and row.state == "signed" and tx.life >= 0]
        if waiting or state.pool:
            yield "time", dict(do="epoch"), self.next_epoch(state)

    def run(self, state, tx, fails=False):
        """All operations of a transaction, or none; its gas is spent in any case."""
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
            return emit(state, tx.gas, version, ())
        state = state._replace(
            accounts=tuple(accounts), settled=tuple(sorted(settled, key=repr)),
            refunded=tuple(sorted(refunded, key=repr)))
        return emit(state, tx.gas, version, events)

    @staticmethod
    def next_epoch(state):
        def older(tx):
            return tx and tx._replace(life=max(-1, tx.life - 1))

        def aged(db):
            return db._replace(rows=tuple(
                row._replace(tx=older(row.tx), cancel=older(row.cancel)) for row in db.rows))
        return state._replace(
            pool=tuple(map(older, state.pool)), db=aged(state.db),
            snapshot=state.snapshot and (aged(state.snapshot[0]), state.snapshot[1]))
