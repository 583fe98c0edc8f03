"""Runs under load in which processes die, nodes lie and the database restarts, drawn by seed.

SEED=N replays one run; SEEDS=N makes so many, each with CHARGES charges.
"""

import os
import re
from collections.abc import Iterator

import pytest

from support.binary import REPOSITORY
from support.chaos import Plan, Run
from support.cluster import Cluster
from support.charging import Escrow

USUAL = 40
SEEDS = ([int(os.environ["SEED"])] if "SEED" in os.environ
         else list(range(1, int(os.environ.get("SEEDS", USUAL)) + 1)))
CHARGES = int(os.environ.get("CHARGES", "30"))
RUNS_OF_A_CHAIN = 20  # The whole chain is compared after each run.


class Chains:
    """The chain of now; a new one after so many runs."""

    def __init__(
        self, cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        self._make = lambda: Escrow(tmp_path_factory.mktemp("escrow"), cluster, template)
        self._escrow: Escrow | None = None
        self._runs = 0

    def one(self) -> Escrow:
        if self._escrow is None or self._runs == RUNS_OF_A_CHAIN:
            self.close()
            self._escrow, self._runs = self._make(), 0
        self._runs += 1
        return self._escrow

    def close(self) -> None:
        """Also after a run that failed: what it left would be found again by the next."""
        if self._escrow is not None:
            self._escrow.close()
            self._escrow = None


@pytest.fixture(scope="module")
def chains(
    cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Chains]:
    chains = Chains(cluster, template, tmp_path_factory)
    yield chains
    chains.close()


def test_every_fault_that_a_node_can_have_is_in_the_usual_runs() -> None:
    source = (REPOSITORY / "Sources/MockSuiNode/Faults/Fault.swift").read_text()
    cases = re.findall(r'^    case (\w+)(?: = "(\w+)")?$', source, re.MULTILINE)
    plans = [Plan.of(seed, CHARGES, Run.ACCOUNTS) for seed in range(1, USUAL + 1)]
    assert {one["fault"] for plan in plans for one in plan.faults} == {
        name or case for case, name in cases}


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_lost_or_done_twice(chains: Chains, seed: int) -> None:
    plan = Plan.of(seed, CHARGES, Run.ACCOUNTS)
    print(plan)
    run = Run(chains.one(), plan)
    try:
        findings = run.carry_out()
        print(f"{len(run.planned)} charges")
        assert run.planned, "nothing was charged"
        assert not findings, "\n".join([str(plan), *findings[:30], run.output()[-2000:]])
    except BaseException:
        chains.close()
        raise
