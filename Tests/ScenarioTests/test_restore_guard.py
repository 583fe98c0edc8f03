"""Which database is charged from: none that was set back, and the same one from another machine."""

import time

import pytest

from support.charged_chain import Account
from support.charging import WIRES, Escrow
from support.invariants import check
from support.leading import BALANCE, TAKEN_OVER, charged, settled
from support.manager import Manager
from support.waiting import elapsed, until

ALARM = "this database is not the one"


class Host:
    """A machine with a manager and a state folder of its own."""

    def __init__(self, escrow: Escrow, name: str, wire: str) -> None:
        folder = escrow.directory / name
        folder.mkdir()
        self.file = folder / "identity"
        environment = escrow.environment(wire)
        environment["SLUICE_MANAGER_IDENTITY_FILE"] = str(self.file)
        self.manager = Manager(folder, environment)
        escrow._managers.append(self.manager)

    @property
    def said(self) -> list[str]:
        """The words of the file: how it stands, the database, a generation and a checkpoint."""
        return self.file.read_text().split() if self.file.exists() else ["nothing", "", "0", "-1"]

    def stands(self, word: str, generation: int, within: float = 15) -> None:
        until(lambda: self.said[0] == word and int(self.said[2]) >= generation, within=within,
              what=f"the file says {word} of generation {generation}")

    def waits(self) -> "Host":
        self.manager.start()
        until(lambda: "another process leads" in self.manager.output(), within=15,
              what="it stands by")
        return self

    @property
    def has_alarmed(self) -> bool:
        return ALARM in self.manager.output()


def give_up(escrow: Escrow, charges: list[str]) -> None:
    assert len(escrow.ask(
        "UPDATE charges SET cancel_asked_at = now() WHERE charge_id = ANY(%s::uuid[]) "
        "AND state = 'planned' RETURNING charge_id", charges)) == len(charges)


def live_sessions(escrow: Escrow) -> int:
    return escrow.value("SELECT count(*) FROM sessions WHERE ended_at IS NULL")


def booked(escrow: Escrow) -> int:
    return escrow.value(
        "SELECT coalesce(max(checkpoint), -1) FROM processing_state WHERE name = 'follower'")


def at_work(escrow: Escrow, host: Host, count: int) -> list[Account]:
    """Customers whose accounts are known, after a charge of each."""
    accounts = [escrow.open(BALANCE) for _ in range(count)]
    host.manager.start()
    escrow.known(accounts)
    escrow.has_lanes()
    charged(escrow, accounts)
    settled(escrow, accounts)
    return accounts


def set_back(escrow: Escrow, host: Host, *, runs_on: bool, bug: str = "") -> tuple[list[str], ...]:
    """A charge is given up and another settles after a copy of the files, which is put back."""
    accounts = at_work(escrow, host, 3)
    host.manager.kill()
    given_up, kept = charged(escrow, accounts[:2]), charged(escrow, accounts[2:])
    copy = escrow.cluster.copy_files()
    at = booked(escrow)
    give_up(escrow, given_up)
    host.manager.start(**({"SLUICE_PLANTED_BUG": bug} if bug else {}))
    settled(escrow, accounts)
    assert (escrow.states(given_up), escrow.states(kept)) == ({"abandoned"}, {"settled"})
    until(lambda: int(host.said[3]) > at, within=15, what="the file knows that it went on")
    if not runs_on:
        host.manager.kill()
    escrow.cluster.put_back(copy)
    if not runs_on:
        host.manager.start(**({"SLUICE_PLANTED_BUG": bug} if bug else {}))
    settled(escrow, accounts)
    if not bug:
        check(escrow, accounts)
    return given_up, kept


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("runs_on", [False, True], ids=["stopped", "running"])
def test_a_copy_of_the_files_that_is_put_back_is_not_charged_from(
    escrow: Escrow, wire: str, runs_on: bool
) -> None:
    host = Host(escrow, "one", wire)
    given_up, kept = set_back(escrow, host, runs_on=runs_on)
    assert escrow.states(given_up) == {"abandoned"}
    assert escrow.states(kept) == {"settled"}
    assert host.has_alarmed
    assert live_sessions(escrow) == 0


def test_without_its_guard_the_copy_is_charged_from(escrow: Escrow) -> None:
    host = Host(escrow, "one", WIRES[0])
    given_up, _ = set_back(escrow, host, runs_on=False, bug="unguarded_restore")
    assert escrow.states(given_up) == {"settled"}


def test_another_machine_knows_of_a_copy_what_the_leader_knew(escrow: Escrow) -> None:
    """Who waited takes over after the files were put back, and the leader is gone."""
    first, second = (Host(escrow, name, wire) for name, wire in zip(("one", "two"), WIRES))
    accounts = at_work(escrow, first, 2)
    second.waits()
    first.manager.kill()
    second.stands("armed", escrow.generation())
    until(lambda: second.said[2] == str(escrow.generation()), within=15, what="the other leads")
    second.manager.kill()

    given_up = charged(escrow, accounts)
    copy = escrow.cluster.copy_files()
    give_up(escrow, given_up)
    first.manager.start()
    settled(escrow, accounts)
    assert escrow.states(given_up) == {"abandoned"}
    generation = escrow.generation()
    second.manager.start()
    second.stands("armed", generation)
    first.manager.kill()
    second.manager.kill()
    escrow.cluster.put_back(copy)
    second.manager.start()
    settled(escrow, accounts)
    assert second.has_alarmed and escrow.states(given_up) == {"abandoned"}
    check(escrow, accounts)


@pytest.mark.parametrize("wire", WIRES)
def test_a_standby_elsewhere_takes_over_and_ends_nothing(escrow: Escrow, wire: str) -> None:
    leader, standby = Host(escrow, "one", wire), Host(escrow, "two", wire)
    accounts = at_work(escrow, leader, 3)
    standby.waits()
    generation = escrow.generation()
    standby.stands("armed", generation)
    sessions = live_sessions(escrow)
    assert sessions == len(accounts)

    leader.manager.freeze()  # So that what is asked for now is planned when it dies.
    made = charged(escrow, accounts)
    assert escrow.states(made) == {"planned"}
    leader.manager.kill()
    died = time.monotonic()
    until(lambda: escrow.generation() > generation, within=TAKEN_OVER, what="the standby leads")
    settled(escrow, accounts)
    assert time.monotonic() - died < 2 * TAKEN_OVER
    assert escrow.states(made) == {"settled"}
    assert live_sessions(escrow) == sessions
    assert not standby.has_alarmed
    check(escrow, accounts)

    # The one that died comes back knowing less, and learns what the other knows.
    generation = escrow.generation()
    leader.manager.start()
    leader.stands("armed", generation)
    standby.manager.kill()
    made = charged(escrow, accounts)
    settled(escrow, accounts)
    assert escrow.states(made) == {"settled"} and not leader.has_alarmed


@pytest.mark.parametrize("wire", WIRES)
def test_nothing_is_learned_from_a_leader_that_is_fencing(escrow: Escrow, wire: str) -> None:
    leader, standby = (Host(escrow, name, wire) for name in ("one", "two"))
    accounts = at_work(escrow, leader, 2)
    leader.manager.kill()
    made = charged(escrow, accounts)
    copy = escrow.dump()
    leader.manager.start()
    settled(escrow, accounts)
    leader.manager.kill()
    escrow.restore(copy)
    escrow.node.fail({"fault": "halt"})  # Nothing comes after the restore.
    leader.manager.start()
    leader.stands("fenced", 1)
    standby.waits()
    until(elapsed(2), within=3, what="it had the time to learn something")
    assert (standby.said[0], leader.said[0]) == ("nothing", "fenced")
    generation = escrow.generation()
    leader.manager.kill()
    until(lambda: escrow.generation() > generation, within=TAKEN_OVER, what="the standby leads")
    until(lambda: standby.has_alarmed, within=15, what="it fences, knowing nothing")
    standby.stands("fenced", generation + 1)

    # The other learns once nothing stands against charging, and goes on from there.
    generation = escrow.generation()
    leader.manager.start()
    escrow.node.fail()
    standby.stands("armed", generation)
    leader.stands("armed", generation)
    settled(escrow, accounts)
    assert escrow.states(made) == {"settled"}  # By what was sent before.
    alarms = leader.manager.output().count(ALARM)
    standby.manager.kill()
    made = charged(escrow, accounts)
    settled(escrow, accounts)
    assert escrow.states(made) == {"settled"}
    assert leader.manager.output().count(ALARM) == alarms
    check(escrow, accounts)


def test_no_death_of_manager_or_database_is_taken_for_a_copy(escrow: Escrow) -> None:
    """Where commits do not wait for the disk, a dying server takes the newest back."""
    escrow.rows.execute(f'ALTER DATABASE "{escrow.database}" SET synchronous_commit = off')
    with escrow.cluster.connect("postgres") as connection:
        connection.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
        connection.execute("SELECT pg_reload_conf()")
    try:
        host = Host(escrow, "one", WIRES[0])
        accounts = at_work(escrow, host, 2)
        for number in range(8):
            made = charged(escrow, accounts)
            known = int(host.said[3])
            until(lambda: int(host.said[3]) > known, within=15, what="the file goes on")
            if number % 2:
                host.manager.kill()
                escrow.cluster.crash()
                escrow.cluster.start()
                host.manager.start()
            else:
                escrow.cluster.crash()
                escrow.cluster.start()
            settled(escrow, accounts)
            assert escrow.states(made) == {"settled"}
        assert not host.has_alarmed
        assert live_sessions(escrow) == len(accounts)
        check(escrow, accounts)
    finally:
        with escrow.cluster.connect("postgres") as connection:
            connection.execute("ALTER SYSTEM RESET wal_writer_delay")
            connection.execute("SELECT pg_reload_conf()")
