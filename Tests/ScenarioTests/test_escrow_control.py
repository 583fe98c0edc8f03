"""The control of the crash tests: with a protection left out, the same checks find just that."""

import contextlib
import re
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.binary import REPOSITORY
from support.chain import Chain
from support.charging import Escrow, wire_of
from support.cluster import Cluster
from support.findings import MONEY, Finding, Kind, names
from support.invariants import Check
from support.manager import Manager
from support.waiting import until

BALANCE = 1_000_000
AMOUNT = 50_000
# So rare that the engine has heard nothing before the follower sees anything.
CHECKPOINTS = ("--checkpoint-ms", "500", "--index-lag", "0")
WITHIN = 40.0  # Everything is waited for as long as this, with a bug and without.
AT_ONCE = 4  # Trials mostly wait.


class Trial:
    """A scenario on a chain of its own, with the bug or without."""

    def __init__(self, escrow: Escrow, bug: str, wire: str) -> None:
        self.escrow, self.wire = escrow, wire
        self.changes = {"SLUICE_PLANTED_BUG": bug} if bug else {}
        self.findings: list[Finding] = []
        self.accounts = [escrow.open(BALANCE) for _ in range(3)]
        self.manager = self.start()
        escrow.known(self.accounts)
        escrow.has_lanes()

    def start(self, **changes: str) -> Manager:
        return self.escrow.manager(self.wire, **{**self.changes, **changes})

    def charge(self, times: int = 1) -> list[str]:
        made = [self.escrow.charge(account, AMOUNT) for account in self.accounts * times]
        return [one for one in made if one]

    def settled(self) -> None:
        """Until all have an outcome, or one certainly never will: it is on chain, and the follower
        is beyond it."""
        until(lambda: not self.escrow.unresolved(self.accounts) or self._is_lost(),
              within=WITHIN, what="all end", every=0.1)

    def _is_lost(self) -> bool:
        chain = Chain.read(self.escrow)
        rows = self.escrow.ask(
            """
            SELECT p.checkpoint, c.account_id, c.reference
              FROM charges AS c, processing_state AS p
             WHERE c.state IN ('planned', 'signed') AND p.name = 'follower'
            """)
        return chain.is_whole and any(
            mark >= chain.checkpoint and chain.has_ended(account, reference)
            for mark, account, reference in rows)

    def end(self) -> list[Finding]:
        """What does not hold, once all has an outcome or the time is over."""
        with contextlib.suppress(AssertionError):  # Then it is found to be lost.
            self.settled()
        return self.findings + Check(self.escrow, self.accounts, reconciles_anyway=True).run()


@contextlib.contextmanager
def silence(trial: Trial) -> Iterator[None]:
    """What is executed is not said."""
    trial.escrow.node.fail({"fault": "answer_lost", "method": "execute", "count": 12})
    yield
    until(lambda: trial.manager.output().count("connectionLost") >= 2, within=WITHIN,
          what="the engine has heard nothing")


def answers_lost(trial: Trial) -> None:
    with silence(trial):
        trial.charge(2)


def signed_and_frozen(trial: Trial) -> list[bytes]:
    """Charges have bytes that did not run, and nobody to send them again; their references."""
    escrow = trial.escrow
    escrow.node.fail({"fault": "timeout_before", "method": "execute", "amount": 100})
    trial.charge()
    accounts = [account.raw for account in trial.accounts]
    query = "SELECT reference FROM charges WHERE account_id = ANY(%s) AND state = 'signed'"
    until(lambda: len(escrow.ask(query, accounts)) == 3, within=WITHIN, what="all are signed")
    trial.manager.freeze()
    # What it sent before meets the fault, too, and does not run once that is over.
    until(escrow.node.has_read_all, within=WITHIN, what="the node has read all")
    escrow.node.control("info")
    escrow.node.fail()
    return [reference for (reference,) in escrow.ask(query, accounts)]


def declined(trial: Trial) -> None:
    """What was answered is not what was decided: a withdrawal came between."""
    signed_and_frozen(trial)
    for account in trial.accounts:
        assert trial.escrow.withdraw(account, BALANCE)
    trial.manager.wake()


def killed_between(trial: Trial) -> None:
    trial.manager.kill()
    trial.manager.start(SLUICE_FAIL_POINT="planted.mark_first:1")
    trial.charge()
    until(lambda: not trial.manager.is_running or not trial.escrow.unresolved(trial.accounts),
          within=WITHIN, what="the manager has booked, or died of it")
    if not trial.manager.is_running:
        assert trial.manager.exit_code == -signal.SIGKILL
        trial.manager.start()


def refunds_unanswered(trial: Trial) -> None:
    charges = trial.charge()
    trial.settled()
    with silence(trial):
        for charge in charges:
            assert trial.escrow.refund(charge, AMOUNT // 5)


def leader_wakes(trial: Trial) -> None:
    """The old leader was frozen; the new one has none of its faults."""
    before = trial.escrow.generation()
    trial.manager.freeze()
    trial.changes = {}
    trial.start()
    until(lambda: trial.escrow.generation() > before, within=15, what="the standby leads")
    trial.charge()
    trial.settled()
    trial.manager.wake()
    for _ in range(8):
        trial.charge()
        trial.settled()


def forged(trial: Trial) -> None:
    """A stranger's operator tells of our charges before they run."""
    references = signed_and_frozen(trial)
    escrow = trial.escrow
    stranger = escrow.forge(AMOUNT, references)
    escrow.node.fail({"fault": "timeout_before", "method": "execute", "amount": 100})
    trial.manager.wake()
    until(lambda: escrow.value(
        "SELECT count(*) FROM escrow_transactions WHERE account_id = %s AND kind = 'charged'",
        stranger.raw) == 3, within=WITHIN, what="the forged events are seen")
    escrow.node.fail()


def restored(trial: Trial) -> None:
    """Given up after the copy was made: it must not be charged from the copy."""
    escrow = trial.escrow
    trial.manager.kill()
    given_up = trial.charge()
    copy = escrow.dump()
    escrow.rows.execute("UPDATE charges SET cancel_asked_at = now()")
    trial.manager.start()
    trial.settled()
    trial.manager.kill()
    assert escrow.states(given_up) == {"abandoned"}
    escrow.restore(copy)
    trial.manager.start()
    until(lambda: not escrow.unresolved(trial.accounts), within=WITHIN, what="all end")
    if escrow.states(given_up) != {"abandoned"}:
        trial.findings.append(Finding(Kind.DENIED, "what was given up before the copy's end ran"))


@dataclass
class Bug:
    """A protection that is left out, what shows it, and what must then be found.

    Of what concerns money, exactly that must be found, but for what follows from it at times; of
    what books and `sluice reconcile` say, at least that.
    """

    shown_by: Callable[[Trial], None]
    money: set[Kind]
    books: set[str]
    at_times: frozenset[Kind] = frozenset()


BUGS = {
    "new_sequence": Bug(
        answers_lost, {Kind.DOUBLE}, {"break:unexpected_outcome", "reconciled:state"}),
    "booked_from_answer": Bug(
        declined, {Kind.INVENTED}, {"break:unexpected_outcome", "reconciled:state"},
        frozenset({Kind.DENIED})),
    "mark_first": Bug(
        killed_between, {Kind.LOST}, {"unbooked", "mirror", "reconciled:missing_in_ledger"}),
    "given_up_on_silence": Bug(
        answers_lost, {Kind.DENIED}, {"break:unexpected_outcome", "reconciled:state"}),
    "refunded_anew": Bug(refunds_unanswered, {Kind.DOUBLE, Kind.UNASKED}, set()),
    "unguarded_leader": Bug(leader_wakes, {Kind.DEPOSED}, set()),
    "matched_by_reference": Bug(
        forged, {Kind.FOREIGN}, {"ledger", "held", "reconciled:account"},
        frozenset({Kind.INVENTED})),
    "unguarded_restore": Bug(restored, {Kind.DENIED}, set()),
}


class Trials:
    """Each bug's scenario with it and without, some at once."""

    def __init__(
        self, bugs: list[str], cluster: Cluster, template: str, directory: Path
    ) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._found: dict[tuple[str, bool], Future[list[Finding]]] = {
            (bug, is_planted): self._pool.submit(
                find, cluster, template, directory / f"{bug}-{is_planted}", bug, is_planted)
            for bug in bugs for is_planted in (False, True)}

    def found(self, bug: str, is_planted: bool) -> list[Finding]:
        return self._found[bug, is_planted].result()

    def end(self) -> None:
        self._pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="module")
def trials(
    request: pytest.FixtureRequest, cluster: Cluster, template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Trials]:
    """Of the bugs that are asked for."""
    bugs = [item.callspec.params["bug"] for item in request.session.items
            if item.path == Path(__file__) and hasattr(item, "callspec")]
    trials = Trials(bugs, cluster, template, tmp_path_factory.mktemp("control"))
    yield trials
    trials.end()


def test_every_bug_that_can_be_planted_is() -> None:
    source = (REPOSITORY / "Sources/Escrow/Proving/PlantedBug.swift").read_text()
    assert set(re.findall(r'^    case \w+ = "(\w+)"$', source, re.MULTILINE)) == set(BUGS)


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found_as_what_it_is(trials: Trials, bug: str) -> None:
    sound = trials.found(bug, False)
    assert not sound, "\n".join(map(str, sound))
    found = trials.found(bug, True)
    told = "\n".join(map(str, found))
    print(bug, sorted(names(found)), told, sep="\n")
    money = {finding.kind for finding in found} & MONEY
    assert money - BUGS[bug].at_times == BUGS[bug].money, told
    assert BUGS[bug].books <= names(found), told


def find(
    cluster: Cluster, template: str, directory: Path, bug: str, is_planted: bool
) -> list[Finding]:
    directory.mkdir()
    escrow = Escrow(directory, cluster, template, options=CHECKPOINTS)
    try:
        trial = Trial(escrow, bug if is_planted else "", wire_of(list(BUGS).index(bug)))
        BUGS[bug].shown_by(trial)
        return trial.end()
    finally:
        escrow.close()
