"""The manager's tasks: killed in the middle, run by one of two, and loud when they fail."""

import hashlib
import json
import signal
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from support.binary import REPOSITORY, json_lines
from support.cluster import Cluster
from support.manager_stage import Managers, managers, metric, ready  # noqa: F401
from support.moved_clock import DAY, MovedClock
from support.waiting import until


BOOK = REPOSITORY / "Config" / "pricebook.json"


@dataclass(frozen=True)
class Work:
    """What a task needs to get on with, a table that it writes to, and what is true afterwards."""

    prepare: str
    table: str
    question: str
    answer: list[tuple]
    needs_prices: bool = False


CUSTOMER = """
    INSERT INTO customers (customer_id, wallet_address, created_at)
    VALUES (7, sha256('7'), now());
    """
SERVED = CUSTOMER + """
    INSERT INTO service_instances (customer_id, service_type, state, tier, has_burst, seal_keys,
        packages_per_key, api_keys, paid_month, paid_price_version, paid_tier, paid_has_burst,
        paid_seal_keys, paid_packages_per_key, paid_api_keys, created_at, changed_at)
    VALUES (7, 'seal', 'enabled', 'starter', false, 1, 3, 1,
        date_trunc('month', now() AT TIME ZONE 'UTC')::date, 1, 'starter', false, 1, 3, 1, now(),
        now());
    """


def used(requests: int) -> str:
    """Use that is metered and on no invoice; a request is 100 micro-USDC, an invoice 5 USDC."""
    return f"""
        INSERT INTO usage_records (hour, customer_id, service_type, tier, requests, successful,
            bytes_in, bytes_out)
        VALUES (date_trunc('hour', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', 7, 'seal',
            'starter', {requests}, {requests}, 1, 1);
        INSERT INTO billing_accounts (customer_id, used_from, is_stale, stale_since)
        VALUES (7, now(), true, now())
        """


WORK = {
    "meter": Work(
        CUSTOMER + """
        SELECT haproxy_logs_make_days(current_date, current_date);
        INSERT INTO log_batches (batch_id, source, received_at, line_count, first_at, last_at)
        VALUES (1, 'tcp', now(), 500, date_trunc('second', now()), date_trunc('second', now()));
        INSERT INTO haproxy_logs (at, edge, line_id, batch_id, customer_id, service_type, method,
            status, bytes_in, bytes_out)
        SELECT date_trunc('second', now()), 'e', gen_random_uuid(), 1, 7, 'seal', 'GET', 200, 1, 1
          FROM generate_series(1, 500)
        """, "usage_records",
        "SELECT sum(requests)::bigint, sum(successful)::bigint FROM usage_records", [(500, 500)]),
    "overspend": Work(
        SERVED + used(10_001), "audit_log",
        """
        SELECT state, (SELECT count(*) FROM audit_log WHERE action = 'service_suspended')
          FROM service_instances
        """, [("suspended_no_payment", 1)], needs_prices=True),
    "bill": Work(
        SERVED + used(50_000), "billing_line_parts",
        """
        SELECT count(*), sum(total_micro_usdc)::bigint,
            (SELECT sum(invoiced)::bigint FROM usage_records),
            (SELECT sum(through_request - from_request)::bigint FROM billing_line_parts)
          FROM billing_records
        """, [(1, 5_000_000, 50_000, 50_000)]),
    "vault": Work(
        SERVED + """
        INSERT INTO api_keys (api_key_id, customer_id, service_type, key_hash, hint, sealed_key,
            vault_key, created_at, changed_at)
        SELECT gen_random_uuid(), 7, 'seal', sha256(n::text::bytea), 'slk_s_', 'A:B:C',
            'AAAA:BB:CC=', now(), now() FROM generate_series(1, 3) AS n
        """, "vault_versions",
        "SELECT count(*), max(key_count) FROM vault_versions WHERE published_at IS NOT NULL",
        [(1, 3)], needs_prices=True),
    "cleanup": Work(
        """
        INSERT INTO log_quarantine (quarantine_id, received_at, source, code, raw)
        SELECT gen_random_uuid(), now() - interval '200 days', 'tcp', 'x', ''
          FROM generate_series(1, 12000)
        """, "log_quarantine", "SELECT count(*) FROM log_quarantine", [(0,)]),
    # An account that the chain does not know.
    "reconcile": Work(
        CUSTOMER + """
        INSERT INTO escrow_accounts (account_id, owner, operator_id, tracker_id, is_primary,
            spending_limit_micro_usdc, period_start, opened_at, checkpoint)
        VALUES (sha256('account'), sha256('7'), sha256('operator'), sha256('tracker'), true, 0, now(), now(), 1)
        """, "reconciliation_breaks",
        """
        SELECT count(*) > 0, count(*) = count(DISTINCT (class, what)) FROM reconciliation_breaks
         WHERE resolved_at IS NULL
        """, [(True, True)]),
}


def vault_settings(folder: Path) -> dict[str, str]:
    key = folder / "vault.key"
    if not key.exists():
        key.write_text(hashlib.sha256(b"signs").hexdigest())
        key.chmod(0o600)
        (folder / "vault").mkdir()
    return {"SLUICE_VAULT_DIRECTORY": str(folder / "vault"), "SLUICE_VAULT_KEY_FILE": str(key),
            "VAULT_KEY": hashlib.sha256(b"seals").hexdigest()}


@pytest.mark.parametrize("task", WORK)
def test_killed_in_the_middle_of_a_task_the_next_manager_does_it_once(
    managers: Managers, task: str
) -> None:
    work = WORK[task]
    changes = vault_settings(managers.fleet.directory) if task == "vault" else {}
    if work.needs_prices:
        assert managers.once("--task", "bill").returncode == 0
    if task == "reconcile":
        process, _ = managers.leading("--task", "cleanup")
        until(lambda: managers.rows("SELECT 1 FROM processing_state"), within=20,
              what="something is booked that can be compared")
        process.kill()
    managers.rows(work.prepare)
    with psycopg.connect(managers.fleet.database_url) as lock:
        lock.execute(f"LOCK TABLE {work.table} IN SHARE MODE")  # It reads, and waits to write.
        managers.rows("INSERT INTO worker_requests (task, asked_at, asked_by) "
                      f"VALUES ('{task}', now(), 'alice')")
        process, _ = managers.start("--task", task, **changes)
        running = f"SELECT 1 FROM worker_runs WHERE task = '{task}' AND outcome = 'running'"
        until(lambda: managers.rows(running) and managers.rows(
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ "
            f"'{work.table}'"), within=20, what="the task is in the middle of its work")
        process.send_signal(signal.SIGKILL)
        process.communicate()
    managers.leading("--task", task, "--interval", "1", **changes)
    until(lambda: managers.rows(work.question) == work.answer, within=30,
          what="the next one does it")
    assert managers.rows(
        f"SELECT outcome FROM worker_runs WHERE task = '{task}' ORDER BY run_id LIMIT 1"
    ) == [("interrupted",)]
    managers.rows("INSERT INTO worker_requests (task, asked_at, asked_by) "
                  f"VALUES ('{task}', now(), 'alice') ON CONFLICT DO NOTHING")
    until(lambda: managers.rows(
        f"SELECT 1 FROM worker_runs WHERE task = '{task}' AND asked_by = 'alice'"
        " AND outcome IN ('done', 'finding')"), within=20, what="it is run once more")
    assert managers.rows(work.question) == work.answer, "and nothing is done twice"
    if task == "vault":
        folder = managers.fleet.directory / "vault"
        manifest = json.loads((folder / "current" / "manifest.json").read_text())
        assert manifest["keys"] == 3
        assert managers.rows("SELECT max(version) FROM vault_versions") == [(manifest["version"],)]


BILLED_ONCE = """
    SELECT requests BETWEEN 50000 AND 50500, paid = requests * 100, parts = requests
      FROM (SELECT sum(invoiced)::bigint AS requests FROM usage_records) AS r,
        (SELECT sum(total_micro_usdc)::bigint AS paid FROM billing_records) AS i,
        (SELECT sum(through_request - from_request)::bigint AS parts FROM billing_line_parts) AS p
    """


def test_postgresql_frozen_in_the_middle_of_tasks_is_told_and_they_are_done_once_afterwards(
    managers: Managers, cluster: Cluster
) -> None:
    tasks = ("meter", "bill", "vault")
    assert managers.once("--task", "bill").returncode == 0
    managers.rows(WORK["bill"].prepare)
    for task in ("meter", "vault"):
        managers.rows(WORK[task].prepare.replace(SERVED, "").replace(CUSTOMER, ""))
    with psycopg.connect(managers.fleet.database_url) as lock:
        for task in tasks:
            lock.execute(f"LOCK TABLE {WORK[task].table} IN SHARE MODE")
        process, port = managers.leading(
            "--interval", "1", **vault_settings(managers.fleet.directory))
        # Bill waits for its own table, or for rows of accounts behind the others.
        until(lambda: managers.rows(
            "SELECT (SELECT count(DISTINCT relation) FROM pg_locks WHERE NOT granted"
            " AND relation IN ('usage_records'::regclass, 'vault_versions'::regclass)),"
            " (SELECT count(*) FROM worker_runs WHERE task = 'bill' AND outcome = 'running')"
        ) == [(2, 1)], within=60, what="all three are in the middle of their work")
        cluster.freeze()
        try:
            told = until(lambda: (found := ready(port)).get("status") == "unavailable" and found,
                         within=60, what="/ready says so in time")
            assert told["checks"]["database"] == "unavailable"
            until(lambda: metric(port, 'sluice_task_failing{task="vault"} 1'), within=60,
                  what="a task fails in its time")
        finally:
            cluster.thaw()
        lock.rollback()
    until(lambda: ready(port).get("role") == "leading" and not [
        name for name, state in ready(port)["checks"].items()
        if name.startswith("task_") and state != "ok"], within=60, what="all is well again")
    # Bill may have come before the lines were metered: what they cost is then on no invoice yet.
    once = {WORK["meter"].question: [(50_500, 50_500)], WORK["vault"].question: [(1, 3)],
            BILLED_ONCE: [(True, True, True)]}
    for question, answer in once.items():
        until(lambda: managers.rows(question) == answer, within=60, what=f"done: {question}")
    managers.rows(
        "INSERT INTO worker_requests (task, asked_at, asked_by) SELECT t, now(), 'alice'"
        " FROM unnest(ARRAY['meter', 'bill', 'vault']) AS t ON CONFLICT DO NOTHING")
    until(lambda: managers.rows("SELECT count(*) FROM worker_runs WHERE asked_by = 'alice'"
                                " AND outcome = 'done'") == [(3,)], within=60, what="once more")
    assert {question: managers.rows(question) for question in once} == once
    process.kill()
    failed = {line["task"] for line in json_lines(process.communicate()[0])
              if line["message"] == "task failed" and line["level"] == "error"}
    assert "vault" in failed


def test_a_manager_whose_clock_is_a_day_off_adds_use_to_the_hour_it_was_of(
    managers: Managers, tmp_path: Path
) -> None:
    clock = MovedClock(tmp_path)
    managers.rows(WORK["meter"].prepare)
    clock.move(DAY)
    assert managers.once("--task", "meter", **clock.environment).returncode == 0
    managers.rows(
        """
        INSERT INTO log_batches (batch_id, source, received_at, line_count, first_at, last_at)
        SELECT 2, source, received_at, 1, first_at, last_at FROM log_batches;
        INSERT INTO haproxy_logs (at, edge, line_id, batch_id, customer_id, service_type, method,
            status, bytes_in, bytes_out)
        SELECT first_at, 'e', gen_random_uuid(), 2, 7, 'seal', 'GET', 200, 1, 1
          FROM log_batches WHERE batch_id = 2
        """)
    clock.move(-DAY)
    assert managers.once("--task", "meter", **clock.environment).returncode == 0

    assert managers.rows(
        """
        SELECT hour = (SELECT date_trunc('hour', first_at) FROM log_batches WHERE batch_id = 1),
            requests FROM usage_records
        """) == [(True, 501)]


@pytest.mark.parametrize("task", ["bill", "overspend"])
def test_by_a_clock_that_is_a_day_off_nobody_is_billed(
    managers: Managers, tmp_path: Path, task: str
) -> None:
    clock, work = MovedClock(tmp_path), WORK[task]
    if work.needs_prices:
        assert managers.once("--task", "bill").returncode == 0
    managers.rows(work.prepare)
    for seconds in (DAY, -DAY):
        clock.move(seconds)
        done = managers.once("--task", task, **clock.environment)
        assert done.returncode == 1 and "clocks_disagree" in done.stdout, done.stdout
    assert managers.rows("SELECT count(*) FROM billing_records") == [(0,)]
    # Who owes too much is stopped by any clock.
    state = "suspended_no_payment" if task == "overspend" else "enabled"
    assert managers.rows("SELECT state FROM service_instances") == [(state,)]

    clock.move(60)
    assert managers.once("--task", task, **clock.environment).returncode == 0
    assert managers.rows(work.question) == work.answer


def test_of_two_managers_one_runs_the_tasks_and_the_other_takes_over(managers: Managers) -> None:
    first, one = managers.leading("--interval", "1")
    second, two = managers.start("--interval", "1")
    until(lambda: ready(two).get("role") == "standby", within=20, what="the second waits")

    def generations() -> set[int]:
        return {row[0] for row in managers.rows(
            "SELECT DISTINCT generation FROM worker_runs WHERE task = 'cleanup'")}
    until(lambda: managers.rows(
        "SELECT 1 FROM worker_runs WHERE task = 'cleanup' HAVING count(*) >= 3"),
        within=30, what="three runs")
    assert len(generations()) == 1
    first.kill()
    until(lambda: ready(two).get("role") == "leading", within=20, what="the second leads")
    until(lambda: len(generations()) == 2, within=20, what="the second runs them")
    overlapping = managers.rows(
        """
        SELECT a.run_id FROM worker_runs AS a JOIN worker_runs AS b
            ON a.task = b.task AND a.run_id < b.run_id AND a.ended_at > b.started_at
         WHERE a.outcome <> 'interrupted'
        """)
    assert overlapping == []
    # A run begins an interval after the end of the one before it, whatever the other manager does.
    assert managers.rows(
        """
        SELECT run_id FROM (
            SELECT run_id, started_at - lag(ended_at) OVER (
                PARTITION BY task, generation ORDER BY run_id) AS rest
              FROM worker_runs WHERE task IN ('cleanup', 'reconcile') AND outcome = 'done') AS r
         WHERE rest < interval '0.95 s'
        """) == []


def test_asked_to_stop_the_task_in_hand_is_finished_first(managers: Managers) -> None:
    process, port = managers.leading("--task", "cleanup")
    with psycopg.connect(managers.fleet.database_url) as lock:
        lock.execute("LOCK TABLE log_quarantine IN ACCESS EXCLUSIVE MODE")
        managers.rows(
            "INSERT INTO worker_requests (task, asked_at, asked_by) VALUES ('cleanup', now(), 'a')")
        until(lambda: managers.rows("SELECT 1 FROM worker_runs WHERE outcome = 'running'"),
              within=20, what="it runs")
        process.send_signal(signal.SIGTERM)
        until(lambda: ready(port).get("status") == "unavailable", within=10, what="it drains")
        assert process.poll() is None, "it waits for the task in hand"
        until(lambda: ready(port).get("role") == "standby", within=20,
              what="the lead does not wait for it")
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert managers.rows(
        "SELECT outcome FROM worker_runs ORDER BY run_id DESC LIMIT 1") == [("done",)]


def test_a_task_that_fails_is_loud_and_stops_no_other(managers: Managers) -> None:
    process, port = managers.leading("--interval", "1")
    until(lambda: managers.rows("SELECT 1 FROM worker_runs WHERE task = 'cleanup'"),
          within=20, what="it runs")
    managers.rows("ALTER TABLE log_quarantine RENAME TO elsewhere")
    told = until(lambda: (found := ready(port))["checks"].get("task_cleanup") == "degraded"
                 and found, within=20, what="/ready says so")
    assert "storage_refused" in told["reasons"]["task_cleanup"]
    assert told["checks"]["task_reconcile"] == "ok"
    assert metric(port, 'sluice_task_failing{task="cleanup"} 1')
    [[before]] = managers.rows(
        "SELECT coalesce(max(run_id), 0) FROM worker_runs WHERE task = 'reconcile'")
    until(lambda: managers.rows(
        f"SELECT 1 FROM worker_runs WHERE task = 'reconcile' AND run_id > {before + 3}"),
        within=20, what="the others go on")
    managers.rows("ALTER TABLE elsewhere RENAME TO log_quarantine")
    until(lambda: ready(port)["checks"]["task_cleanup"] == "ok", within=60, what="well again")
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=30)
    lines = json_lines(output)
    assert [line for line in lines if line["message"] == "task failed"
            and line["task"] == "cleanup" and line["code"] == "storage_refused"]
    assert [line for line in lines if line["message"] == "task is well again"]


def test_a_price_book_with_an_error_is_refused_whole_and_the_old_one_stays_in_force(
    managers: Managers, tmp_path: Path
) -> None:
    path, good = tmp_path / "prices.json", BOOK.read_text()
    path.write_text(good)
    process, port = managers.leading("--interval", "1", SLUICE_PRICE_BOOK=str(path))
    until(lambda: ready(port)["checks"].get("task_bill") == "ok", within=30, what="it bills")

    dearer = json.loads(good)
    dearer["versions"].append(
        dearer["versions"][0] | {"version": 2, "effectiveFrom": "2090-01-01", "note": "dearer"})
    text = json.dumps(dearer, indent=1)
    line = text[:text.index('"note"')].count("\n") + 1
    path.write_text(text)
    told = until(lambda: (found := ready(port))["checks"]["task_bill"] == "degraded" and found,
                 within=20, what="/ready says so")
    assert f"price_book_refused: line {line}, versions[1].note: " in told["reasons"]["task_bill"]
    managers.rows(WORK["bill"].prepare)
    until(lambda: managers.rows(WORK["bill"].question) == WORK["bill"].answer, within=30,
          what="it bills at the old prices")
    [[before]] = managers.rows("SELECT max(run_id) FROM worker_runs WHERE task = 'reconcile'")
    until(lambda: managers.rows(
        f"SELECT 1 FROM worker_runs WHERE task = 'reconcile' AND run_id > {before}"),
        within=20, what="the others go on")
    assert ready(port)["checks"]["task_bill"] == "degraded"
    books = "SELECT convert_from(content, 'UTF8') FROM price_books ORDER BY loaded_at"
    assert managers.rows(books) == [(good,)]

    del dearer["versions"][1]["note"]
    path.write_text(json.dumps(dearer))
    until(lambda: ready(port)["checks"]["task_bill"] == "ok", within=60, what="well again")
    assert managers.rows(books) == [(good,), (json.dumps(dearer),)]
    process.kill()
    path.write_text(text)
    done = managers.once("--task", "bill", SLUICE_PRICE_BOOK=str(path))
    assert done.returncode == 1 and f"line {line}" in done.stdout, done.stdout


LEADER = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()"


def test_a_leader_that_loses_its_connection_in_a_slow_task_follows_on(managers: Managers) -> None:
    process, port = managers.leading("--task", "cleanup")
    with psycopg.connect(managers.fleet.database_url) as lock:
        lock.execute("LOCK TABLE log_quarantine IN ACCESS EXCLUSIVE MODE")
        managers.rows(
            "INSERT INTO worker_requests (task, asked_at, asked_by) VALUES ('cleanup', now(), 'a')")
        until(lambda: managers.rows("SELECT 1 FROM worker_runs WHERE outcome = 'running'"),
              within=20, what="it runs")
        before = managers.rows("SELECT counter FROM leader_generation")
        managers.rows(f"SELECT pg_terminate_backend(pid) FROM ({LEADER}) AS leader")
        until(lambda: managers.rows("SELECT counter FROM leader_generation") > before
              and ready(port).get("checks", {}).get("follower") == "ok",
              within=20, what="it leads again, and books")


@pytest.mark.parametrize(("options", "words"), [
    (["--task", "rob"], "one of meter"), (["--task"], "needs a value"),
    (["--interval", "0"], "from 1 to 86400"), (["--interval", "1.5"], "from 1 to 86400"),
    (["--once", "--interval", "5"], "cannot stand beside"),
    (["--once", "--once"], "given twice"),
])
def test_a_command_line_that_makes_no_sense_is_refused(
    managers: Managers, options: list[str], words: str
) -> None:
    process, _ = managers.start(*options)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 2 and words in output


@pytest.mark.parametrize(("content", "words"), [
    ("{}", "line 1: challengeMinutes is missing"), ("[", "line 1: "),
    ('{\n"logDays": 3\n}', "line 1: challengeMinutes is missing"), (None, "cannot be read"),
])
def test_a_retention_file_with_an_error_stops_the_start(
    managers: Managers, tmp_path: Path, content: str | None, words: str
) -> None:
    path = tmp_path / "retention.json"
    if content is not None:
        path.write_text(content)
    process, _ = managers.start(SLUICE_RETENTION=str(path))
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 1 and words in output
