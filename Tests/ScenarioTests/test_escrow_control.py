"""The control of the crash tests: with a protection left out, the same checks find it."""

import contextlib
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.cluster import Cluster
from support.charging import Escrow, wire_of
from support.invariants import Check
from support.manager import Manager
from support.waiting import until

BALANCE = 1_000_000
AMOUNT = 50_000
# So rare that the engine has heard nothing before the follower sees anything.
CHECKPOINTS = ("--checkpoint-ms", "500", "--index-lag", "0")
SOUND, PLANTED = 40.0, 5.0  # How long outcomes are waited for.


class Trial:
    """A scenario on a chain of its own, with the bug or without."""

    def __init__(self, escrow: Escrow, bug: str, wire: str) -> None:
        self.escrow, self.wire = escrow, wire
        self.changes = {"SLUICE_PLANTED_BUG": bug} if bug else {}
        self.bound = PLANTED if bug else SOUND
        self.findings: list[str] = []
        self.accounts = [escrow.open(BALANCE) for _ in range(3)]
        self.manager = self.start()
        escrow.known(self.accounts)
        escrow.has_lanes()

    def start(self, **changes: str) -> Manager:
        return self.escrow.manager(self.wire, **{**self.changes, **changes})

    def charge(self, times: int = 1) -> list[str]:
        made = [self.escrow.charge(account, AMOUNT) for account in self.accounts * times]
        return [one for one in made if one]

    def end(self) -> list[str]:
        """What does not hold, once all has an outcome or the time is over."""
        with contextlib.suppress(AssertionError):  # Then it says so itself.
            until(lambda: not self.escrow.unresolved(self.accounts), within=self.bound,
                  what="all end", every=0.05)
        try:
            return self.findings + Check(self.escrow, self.accounts).run()
        except AssertionError as error:
            return [*self.findings, str(error)]

    def settled(self) -> None:
        until(lambda: not self.escrow.unresolved(self.accounts), within=SOUND, what="all end")


@contextlib.contextmanager
def silence(trial: Trial) -> Iterator[None]:
    """What is executed is not said."""
    trial.escrow.node.fail({"fault": "answer_lost", "method": "execute", "count": 12})
    yield
    until(lambda: trial.manager.output().count("connectionLost") >= 2, within=SOUND,
          what="the engine has heard nothing")


def answers_lost(trial: Trial) -> None:
    with silence(trial):
        trial.charge(2)


def declined(trial: Trial) -> None:
    """What was answered is not what was decided: a withdrawal came between."""
    trial.escrow.node.fail(
        {"fault": "timeout_before", "method": "execute", "count": 4, "amount": 200})
    trial.charge()
    for account in trial.accounts:
        trial.escrow.withdraw(account, BALANCE)


def killed_between(trial: Trial) -> None:
    trial.manager.kill()
    trial.manager.start(SLUICE_FAIL_POINT="planted.mark_first:1")
    trial.charge()
    until(lambda: not trial.manager.is_running or not trial.escrow.unresolved(trial.accounts),
          within=SOUND, what="the manager has booked, or died of it")
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
    escrow = trial.escrow
    escrow.node.fail({"fault": "timeout_before", "method": "execute", "amount": 100})
    trial.charge()
    accounts = [account.raw for account in trial.accounts]
    query = "SELECT reference FROM charges WHERE account_id = ANY(%s) AND state = 'signed'"
    until(lambda: len(escrow.ask(query, accounts)) == 3, within=SOUND, what="all are signed")
    references = [reference for (reference,) in escrow.ask(query, accounts)]
    trial.manager.freeze()
    escrow.node.fail()
    stranger = escrow.forge(AMOUNT, references)
    escrow.node.fail({"fault": "timeout_before", "method": "execute", "amount": 100})
    trial.manager.wake()
    until(lambda: escrow.value(
        "SELECT count(*) FROM escrow_transactions WHERE account_id = %s AND kind = 'charged'",
        stranger.raw) == 3, within=SOUND, what="the forged events are seen")
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
    until(lambda: not escrow.unresolved(trial.accounts), within=SOUND, what="all end")
    if escrow.states(given_up) != {"abandoned"}:
        trial.findings.append("what was given up happened")


BUGS: dict[str, Callable[[Trial], None]] = {
    "new_sequence": answers_lost,
    "booked_from_answer": declined,
    "mark_first": killed_between,
    "given_up_on_silence": answers_lost,
    "refunded_anew": refunds_unanswered,
    "unguarded_leader": leader_wakes,
    "matched_by_reference": forged,
    "unguarded_restore": restored,
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found_and_nothing_else(
    cluster: Cluster, template: str, tmp_path: Path, bug: str
) -> None:
    number = list(BUGS).index(bug)
    assert find(cluster, template, tmp_path / "sound", BUGS[bug], "", wire_of(number)) == []
    found = find(cluster, template, tmp_path / "planted", BUGS[bug], bug, wire_of(number))
    print(bug, *found[:8], sep="\n")
    assert found


def find(
    cluster: Cluster, template: str, directory: Path, scenario: Callable[[Trial], None], bug: str,
    wire: str,
) -> list[str]:
    directory.mkdir()
    escrow = Escrow(directory, cluster, template, options=CHECKPOINTS)
    try:
        trial = Trial(escrow, bug, wire)
        scenario(trial)
        return trial.end()
    finally:
        escrow.close()
