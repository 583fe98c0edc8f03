"""The charge protocol as a finite machine: chain, database, leader and faults, every order of steps.

All amounts are one unit. `world.py` has what there is; each other file one who acts in it: the
chain, the follower, the leader, and everybody else. `promises.py` says what has to hold, and
`search.py` looks at every state there can be.

A step is `(kind, action, state)`: `own` for leader and follower, `time` for the network, `fault`
for what need not happen.
"""
