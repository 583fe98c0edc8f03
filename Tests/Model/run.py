"""Searches the worlds of `scopes.py`; writes and checks the traces that EscrowTests replays.

    run.py            the small worlds and the planted bugs
    run.py --all      every world
    run.py --traces   write traces.json anew
    run.py --check    see that traces.json is what the model gives
"""
import argparse
import gc
import json
import sys
import time
from multiprocessing import Pool
from pathlib import Path

from protocol.leader import Leader
from protocol.search import Model
from scopes import PLANTED, QUICK, SCOPES, without

TRACES = Path(__file__).with_name("traces.json")
PER_WORLD = 60
TRACED = QUICK + ("restore_refund",)


def search(name):
    began = time.monotonic()
    result = Model(SCOPES[name]).explore()
    seconds = time.monotonic() - began
    verdict = result.fault or ("holds" if result.complete else "too large")
    print(f"model: {name:16} {len(result.states):8} states {seconds:6.1f} s  {verdict}", flush=True)
    if result.fault:
        for action, _ in result.steps(result.place):
            print("    ", json.dumps(action))
    return verdict == "holds"


def hunt(name, *rules):
    result = Model(SCOPES[name], without(*rules)).explore()
    steps = len(result.steps(result.place)) if result.fault else 0
    rule = " and ".join(rules)
    print(f"model: without {rule} in {name}: {result.fault or 'NOTHING FOUND'} ({steps} steps)", flush=True)
    return result.fault is not None


def seen(state):
    rows = [dict(uid=r.uid, kind=r.kind, account=r.account, ob=r.ob, state=r.state,
                 fenced=r.fenced, seq=r.seq) for r in state.db.rows]
    accounts = [dict(balance=b, seq=s, frozen=f) for b, s, f in state.db.mirrors]
    signed = [r for r in state.db.rows if r.state == "signed"]
    return dict(
        rows=rows, accounts=accounts, idle=not state.unbooked,
        signable=[r.uid for r in Leader.signable(state)],
        dead=[r.uid for r in signed if r.tx and Leader.dead(state, r.tx)],
        uncancelled=[r.uid for r in signed if r.cancel and Leader.dead(state, r.cancel)])


def signature(action, before, after):
    """What a step changed, without the names: one trace for each way of changing."""
    old = {r.uid: r for r in before.db.rows}
    changes = sorted(
        (r.kind, old[r.uid].state if r.uid in old else "", r.state, r.fenced)
        for r in after.db.rows if old.get(r.uid) != r)
    frozen = tuple(m[2] for m in after.db.mirrors) != tuple(m[2] for m in before.db.mirrors)
    events = tuple(e[0] for e in action.get("events", ()))
    return json.dumps([action["do"], changes, frozen, events])


def traces():
    found = []
    for name in TRACED:
        result = Model(SCOPES[name]).explore()
        ways = {}
        for place, parent in enumerate(result.parents):
            if parent:
                before, action = parent
                way = signature(action, result.states[before], result.states[place])
                ways.setdefault(way, place)
        for place in list(ways.values())[:PER_WORLD]:
            steps = [dict(action, after=seen(state)) for action, state in result.steps(place)]
            steps = [s for s in steps if s["do"] not in (
                "run", "theft", "limit", "sleep", "wake", "deposited", "withdrawn",
                "stranger", "forge", "arm")]
            found.append(dict(world=name, balances=SCOPES[name].balances, steps=steps))
    unique = {json.dumps(t, sort_keys=True): t for t in found if t["steps"]}
    lines = ",\n".join(sorted(unique))
    return f"[\n{lines}\n]\n"


def unburdened():
    """There is no cycle among all those values, and looking for one takes most of the time."""
    gc.disable()


def main():
    unburdened()
    parser = argparse.ArgumentParser()
    for option in ("--all", "--traces", "--check"):
        parser.add_argument(option, action="store_true")
    options = parser.parse_args()
    if options.traces:
        TRACES.write_text(traces())
        return 0
    if options.check:
        same = TRACES.read_text() == traces()
        print("model: traces.json is " + ("what the model gives" if same else "not what the model gives"))
        return 0 if same else 1
    # A process for each world: its millions of values go with it.
    with Pool(2, unburdened, maxtasksperchild=1) as pool:
        good = pool.map(search, SCOPES if options.all else QUICK, chunksize=1)
        good += pool.starmap(hunt, PLANTED, chunksize=1)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
