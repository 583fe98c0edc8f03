"""One form for states that nobody could tell apart: without it there would be no end of them."""


def tidy(state):
    """Bytes that can never run are no bytes; how long ago they died does not matter."""
    pool = {tx for tx in state.pool if tx.life >= 0 and state.gas[tx.gas] == tx.version}
    return _rebased(state._replace(pool=tuple(sorted(pool, key=repr))))


def _rebased(state):
    """Counts gas versions from the oldest that still matters."""
    bases = [_settled(state.db)] + ([_settled(state.snapshot[0])] if state.snapshot else [])
    low = [min(versions) for versions in zip(*(base.gas for base in bases))]
    for tx in _transactions(bases, state.sleeper):
        low[tx.gas] = min(low[tx.gas], tx.version)
    if not any(low):
        snapshot = (bases[1], state.snapshot[1]) if state.snapshot else None
        return state._replace(db=bases[0], snapshot=snapshot)

    def less(tx):
        return tx and tx._replace(version=tx.version - low[tx.gas])

    def shift(base):
        return base._replace(
            gas=tuple(version - least for version, least in zip(base.gas, low)),
            rows=tuple(row._replace(tx=less(row.tx), cancel=less(row.cancel))
                       for row in base.rows))

    def lower(entry):
        gas, version, events = entry
        return entry if gas is None else (gas, version - low[gas], events)

    return state._replace(
        db=shift(bases[0]),
        snapshot=(shift(bases[1]), tuple(map(lower, state.snapshot[1]))) if state.snapshot else None,
        gas=tuple(version - least for version, least in zip(state.gas, low)),
        pool=tuple(map(less, state.pool)), unbooked=tuple(map(lower, state.unbooked)),
        sleeper=less(state.sleeper))


def _settled(base):
    """Of a transaction in the database only its gas counts, and whether that is spent."""
    def clamp(tx):
        return tx and tx._replace(version=max(tx.version, base.gas[tx.gas] - 1), ops=())
    return base._replace(rows=tuple(
        row._replace(tx=clamp(row.tx), cancel=clamp(row.cancel)) for row in base.rows))


def _transactions(bases, sleeper):
    named = [tx for base in bases for row in base.rows for tx in (row.tx, row.cancel)]
    return [tx for tx in named + [sleeper] if tx]
