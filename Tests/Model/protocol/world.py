"""What there is: rules, limits, and the values that a state is made of."""
from typing import NamedTuple


class Rules(NamedTuple):
    """What `Docs/ChargeStates.md` and the contract promise. False plants a bug."""
    silence_is_no_outcome: bool = True
    same_facts_on_rebuild: bool = True
    same_gas_until_dead: bool = True
    released_once_seen: bool = True
    release_is_no_outcome: bool = True
    match_account_and_sequence: bool = True
    one_live_per_obligation: bool = True
    refunds_are_operations: bool = True
    adopt_what_was_lost: bool = True
    displaced_is_over: bool = True
    fence_after_restore: bool = True
    leader_is_guarded: bool = True
    sequence_used_by_decline: bool = True
    lost_cancellation_fits: bool = True


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
    releases: int = 0
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
    """Signed bytes. With no operations they only spend their version of the gas coin."""
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
    def mark(self):
        """What its reference says it is for: a refund is for a request of its own, the same one if
        that is repeated. A cancellation names it and says not of which kind it was."""
        return -1 - self.ob if self.kind == "refund" and self.ob is not None else self.ob

    @property
    def live(self):
        return self.state in ("planned", "signed")


class Database(NamedTuple):
    rows: tuple
    mirrors: tuple  # (balance, seq, frozen)
    gas: tuple      # Booked versions.
    orphaned: bool = False  # Reconciliation knows of an outcome that no row and no break explains.


class State(NamedTuple):
    accounts: tuple  # On chain: (balance, seq, limited)
    gas: tuple
    pool: tuple      # Bytes that may still run, or never do, however often they were sent.
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


BUDGETS = ("plans", "refunds", "withdraws", "cancels", "releases", "failures", "gas_thefts",
           "deposits", "takings", "limits", "strangers", "forgeries", "freezes", "snapshots")


def start(scope):
    accounts = tuple((balance, 0, False) for balance in scope.balances)
    coins = (0,) * scope.gas_coins
    left = tuple(getattr(scope, name) for name in BUDGETS)
    return State(accounts, coins, (), (), Database((), accounts, coins), None, True, False, None,
                 left, 1, (), (), ())


def swap(items, place, value):
    return items[:place] + (value,) + items[place + 1:]


def spend(state, name):
    """The state with one less of a budget; None where nothing is left of it."""
    place = BUDGETS.index(name)
    if state.left[place] == 0:
        return None
    return state._replace(left=swap(state.left, place, state.left[place] - 1))


def ended(state, place, row):
    """The row is given up, and a service is told so."""
    rows = swap(state.db.rows, place, row._replace(state="abandoned"))
    return state._replace(db=state.db._replace(rows=rows),
                          given_up=tuple(sorted(set(state.given_up) | {row.uid})))
