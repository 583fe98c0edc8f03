"""`sluice manager --once`: each task once, for cron, and an exit status that says how it went."""

from pathlib import Path

from support.binary import json_lines
from support.manager_stage import Managers, managers  # noqa: F401
from support.waiting import until


def test_once_runs_each_task_and_ends(managers: Managers) -> None:
    managers.leading()[0].kill()
    done = managers.once()
    assert done.returncode == 0, done.stdout
    ran = {row[0] for row in managers.rows(
        "SELECT task FROM worker_runs"
        " WHERE generation = (SELECT counter FROM leader_generation) AND outcome = 'done'")}
    assert {"bill", "cleanup", "reconcile"} <= ran


def test_once_with_one_task_runs_that_alone(managers: Managers) -> None:
    done = managers.once("--task", "cleanup")
    assert done.returncode == 0, done.stdout
    assert managers.rows("SELECT task, outcome FROM worker_runs") == [("cleanup", "done")]


def test_once_says_with_1_that_a_task_failed_and_runs_the_others(managers: Managers) -> None:
    managers.rows("ALTER TABLE log_quarantine RENAME TO elsewhere")
    done = managers.once()
    assert done.returncode == 1, done.stdout
    outcomes = dict(managers.rows("SELECT task, outcome FROM worker_runs"))
    assert outcomes["cleanup"] == "failed" and outcomes["reconcile"] == "done"


def test_once_without_its_identity_file_ends_with_75_and_says_which(managers: Managers) -> None:
    folder = managers.fleet.directory / "folder"
    folder.mkdir()
    done = managers.once(SLUICE_MANAGER_IDENTITY_FILE=str(folder))
    assert done.returncode == 75, done.stdout
    assert [line for line in json_lines(done.stdout)
            if line["level"] == "error" and str(folder) in line.get("reason", "")]
    assert managers.rows("SELECT 1 FROM worker_runs") == []
    assert managers.once("--task", "cleanup").returncode == 0, "the lead was given back"


def test_once_says_with_75_that_another_leads(managers: Managers) -> None:
    managers.leading("--task", "reconcile")
    done = managers.once("--task", "cleanup")
    assert done.returncode == 75, done.stdout
    assert managers.rows("SELECT 1 FROM worker_runs WHERE task = 'cleanup'") == []


def test_once_after_a_restore_is_found_out_before_anything_is_run(
    managers: Managers, tmp_path: Path
) -> None:
    process, _ = managers.leading("--task", "cleanup")
    identity = Path(managers.environment()["SLUICE_CHARGER_KEY_FILE"] + ".database")
    until(identity.exists, within=20, what="the identity file")
    process.kill()
    process.communicate()
    identity.write_text(identity.read_text().replace("/", "0/", 1))
    done = managers.once("--task", "cleanup")
    assert "this database is not the one that was charged from" in done.stdout, done.stdout
