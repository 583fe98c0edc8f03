"""Looks at every state of a world, breadth first, so that the way to a fault is shortest."""
from collections import deque
from typing import NamedTuple

from .chain import Chain
from .follower import Follower
from .leader import Leader
from .others import Operators, Outsiders, Services
from .promises import rests, wrong
from .sameness import tidy
from .world import Rules, start


class Model:
    def __init__(self, scope, rules=Rules()):
        self.scope = scope
        self.actors = (Chain(rules), Outsiders(scope), Operators(rules), Services(scope, rules),
                       Follower(rules), Leader(scope, rules))

    def next(self, state):
        """Every step that can be taken from here."""
        for actor in self.actors:
            for kind, action, after in actor.steps(state):
                yield kind, action, tidy(after)

    def explore(self, limit=3_000_000):
        """A state from which leader, follower and time alone cannot bring everything to an end is
        a fault too."""
        first = tidy(start(self.scope))
        number, parents, states = {first: 0}, [None], [first]
        backwards, ends, todo = [[]], [], deque([0])
        while todo:
            here = todo.popleft()
            state = states[here]
            fault = wrong(state)
            if fault:
                return Result(states, parents, fault, here, True)
            if rests(state):
                ends.append(here)
            for kind, action, after in self.next(state):
                there = number.get(after)
                if there is None:
                    if len(states) >= limit:
                        return Result(states, parents, None, None, False)
                    there = number[after] = len(states)
                    states.append(after)
                    parents.append((here, action))
                    backwards.append([])
                    todo.append(there)
                if kind != "fault":
                    backwards[there].append(here)
        stuck = _stuck(backwards, ends)
        fault = None if stuck is None else "no way to an end"
        return Result(states, parents, fault, stuck, True)


def _stuck(backwards, ends):
    """The first state that no end can be reached from."""
    reached = bytearray(len(backwards))
    for end in ends:
        reached[end] = 1
    while ends:
        for before in backwards[ends.pop()]:
            if not reached[before]:
                reached[before] = 1
                ends.append(before)
    return next((place for place, is_reached in enumerate(reached) if not is_reached), None)


class Result(NamedTuple):
    states: list
    parents: list
    fault: object
    place: object
    complete: bool

    def steps(self, place):
        """The (action, state) pairs from the start."""
        found = []
        while self.parents[place]:
            before, action = self.parents[place]
            found.append((action, self.states[place]))
            place = before
        return found[::-1]
