"""The worlds that are searched, and the bugs that must be found in them."""
from protocol.world import Rules, Scope

SCOPES = {
    "one": Scope(plans=2, deposits=1, takings=1, cancels=1, failures=1, gas_thefts=1),
    "two": Scope(obligations=(0, 0), plans=2, deposits=1, takings=1, cancels=1),
    "limit": Scope(plans=2, takings=1, deposits=1, limits=2, cancels=1),
    "decline": Scope(plans=2, takings=1, limits=1),
    "withdraw": Scope(plans=2, withdraws=1, cancels=1, takings=1),
    "batch": Scope(balances=(1, 1), obligations=(0, 1), plans=2, batch=2, takings=1, cancels=1,
                   failures=1),
    "batch_theft": Scope(balances=(1, 0), obligations=(0, 1), plans=2, batch=2, deposits=1,
                         gas_thefts=1, failures=1),
    "release": Scope(balances=(1, 1), obligations=(0, 1), plans=2, batch=2, releases=1, takings=1),
    "release_limit": Scope(plans=2, releases=1, takings=1, deposits=1, limits=2, cancels=1),
    "release_refund": Scope(plans=1, refunds=2, releases=1, failures=1, cancels=1),
    "refund": Scope(plans=1, refunds=2, cancels=1, failures=1, takings=1),
    "leaders": Scope(balances=(2,), obligations=(0, 0), plans=2, freezes=1, takings=1),
    "forged": Scope(balances=(1, 1), obligations=(0, 1), plans=2, batch=2, forgeries=1,
                    strangers=1),
    "stranger": Scope(balances=(2,), plans=1, strangers=1, cancels=1),
    "restore": Scope(plans=2, deposits=1, takings=1, withdraws=1, cancels=1, snapshots=1),
    "restore_cancelled": Scope(plans=2, cancels=1, snapshots=1),
    "restore_two": Scope(balances=(2,), obligations=(0, 0), plans=2, cancels=1, snapshots=1),
    "restore_batch": Scope(balances=(1, 1), obligations=(0, 1), plans=3, batch=2, snapshots=1),
    "restore_refund": Scope(plans=1, refunds=2, cancels=1, snapshots=1),
}

# Searched in every run of the tests; `--all` searches the rest.
QUICK = ("decline", "withdraw", "release", "refund", "leaders", "forged", "stranger")

# Protections that are switched off together, and a world that shows why they are there.
PLANTED = [
    ("limit", "silence_is_no_outcome"),
    ("limit", "one_live_per_obligation"),
    ("withdraw", "same_facts_on_rebuild"),
    ("release", "release_is_no_outcome"),
    ("refund", "refunds_are_operations"),
    ("leaders", "leader_is_guarded"),
    ("forged", "match_account_and_sequence"),
    ("stranger", "displaced_is_over"),
    ("restore_refund", "adopt_what_was_lost"),
    ("restore", "fence_after_restore"),
    ("restore_cancelled", "lost_cancellation_fits"),
    # Either of these saves the money when the other is missing.
    ("limit", "same_gas_until_dead", "sequence_used_by_decline"),
    ("release_limit", "released_once_seen", "sequence_used_by_decline"),
]


def without(*names):
    return Rules()._replace(**dict.fromkeys(names, False))
