"""What holds in every state, whoever died, lied or was late."""

STRANGER = 99


def wrong(state):
    """In words; None where everything holds."""
    return _money(state) or _books(state)


def _money(state):
    paid = [ob for _, ob in state.settled]
    if len(paid) != len(set(paid)):
        return "an obligation was settled twice"
    if {uid for uid, _ in state.settled + state.refunded} & set(state.given_up):
        return "what was given up happened"
    back = [ob for _, ob in state.refunded]
    if len(back) != len(set(back)) or set(back) - set(paid):
        return "more was refunded than charged"
    return None


def _books(state):
    truth = {uid for uid, _ in state.settled + state.refunded}
    settled = {row.uid for row in state.db.rows if row.state == "settled"}
    if settled - truth - {STRANGER}:
        return "booked as settled, and is not"
    if state.unbooked:
        return None
    for mirror, account in zip(state.db.mirrors, state.accounts):
        if mirror[:2] != account[:2]:
            return "the mirror is not the chain"
    if state.armed and truth - settled:
        return "settled on chain, and unknown"
    return None


def rests(state):
    """Everything has come to an end."""
    return state.armed and not state.unbooked and not any(row.live for row in state.db.rows)
