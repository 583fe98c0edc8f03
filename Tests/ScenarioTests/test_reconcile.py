"""`sluice reconcile` and `sluice charge show`: what does not fit is found, told and, where it can
be derived, put right."""

import csv
import io
import json
import os
import pty
import subprocess
from collections.abc import Iterator

import pytest

from support.binary import bare_environment, run, sluice
from support.charging import WIRES, Escrow
from support.cluster import Cluster
from support.gateway import empty_env_file
from support.transactions import base58
from support.waiting import until


@pytest.fixture(params=WIRES)
def escrow(
    request: pytest.FixtureRequest, cluster: Cluster, template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Escrow]:
    """With an account that was charged once, and a manager that has stopped."""
    escrow = Escrow(tmp_path_factory.mktemp("escrow"), cluster, template)
    escrow.wire = request.param
    escrow.account = escrow.open(1_000_000)
    manager = escrow.manager(request.param)
    escrow.known([escrow.account])
    escrow.settled = escrow.charge(escrow.account, 400_000)
    until(lambda: not escrow.unresolved([escrow.account]), within=30, what="the charge settled")
    until(lambda: escrow.value("SELECT count(*) FROM ledger_entries") >= 3, within=10,
          what="it is booked")
    manager.stop()
    yield escrow
    escrow.close()


def command(escrow: Escrow, *words: str) -> subprocess.CompletedProcess[str]:
    return run(*words, "--env-file", str(empty_env_file(escrow.directory)),
               environment=escrow.environment(escrow.wire), timeout=120)


def found(escrow: Escrow, *options: str) -> tuple[int, dict]:
    result = command(escrow, "reconcile", "--format", "json", *options)
    assert result.stderr == ""
    return result.returncode, json.loads(result.stdout)


def classes_of(answer: dict) -> set[str]:
    return {one["class"] for one in answer["discrepancies"]}


def tamper(escrow: Escrow, table: str, statement: str) -> None:
    escrow.rows.execute(
        f"ALTER TABLE {table} DISABLE TRIGGER USER; {statement}; "
        f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_what_fits_is_said_to_fit_in_every_format(escrow: Escrow) -> None:
    plain = command(escrow, "reconcile")
    assert plain.returncode == 0, plain.stdout + plain.stderr
    assert "No discrepancies." in plain.stdout and "read again from the chain" in plain.stdout
    status, answer = found(escrow, "--from-start")
    assert status == 0 and answer["discrepancies"] == []
    summary = answer["summary"]
    assert summary["clean"] and summary["accounts"] == summary["objects"] == 1
    assert summary["entries"] == 2 and summary["chainTo"] == summary["checkpoint"]
    table = list(csv.reader(io.StringIO(command(escrow, "reconcile", "--format", "csv").stdout)))
    assert len(table) == 1 and table[0][0] == "class"


def test_an_invoice_that_does_not_fit_to_its_charge_is_told_in_every_format(
    escrow: Escrow,
) -> None:
    """Paid by a charge that was made for something else."""
    invoice = "01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a68"
    escrow.rows.execute(
        "INSERT INTO billing_records (invoice_id, customer_id, state, reason, total_micro_usdc,"
        " price_version, obligation_mark, charge_id, opened_at, closed_at, ended_at)"
        f" SELECT '{invoice}', customer_id, 'paid', 'threshold', amount_micro_usdc, 1,"
        f" uuid_send('{invoice}'), charge_id, now(), now(), now() FROM charges")
    status, answer = found(escrow, "--no-chain")
    assert status == 1 and answer["summary"]["invoices"] == 1
    [one] = answer["discrepancies"]
    assert one["class"] == "invoice_unsettled" and one["what"] == f"invoice {invoice}"
    assert one["charge"] and one["account"] == escrow.account.identifier and one["nextStep"]
    table = command(escrow, "reconcile", "--format", "csv", "--no-chain")
    [row] = list(csv.DictReader(io.StringIO(table.stdout)))
    assert row["class"] == "invoice_unsettled" and row["next_step"] == one["nextStep"]
    plain = command(escrow, "reconcile", "--no-chain")
    assert plain.returncode == 1 and "invoice_unsettled: 1;" in plain.stdout


def test_what_does_not_fit_is_exit_one_with_its_class_and_next_step(escrow: Escrow) -> None:
    tamper(escrow, "escrow_accounts", "UPDATE escrow_accounts SET balance_micro_usdc = 7")
    tamper(escrow, "charges", "UPDATE charges SET outcome_sequence = 9")
    status, answer = found(escrow)
    assert status == 1
    classes = classes_of(answer)
    assert classes == {"amount", "state"}
    assert all(one["nextStep"] and one["account"] == escrow.account.identifier
               for one in answer["discrepancies"])
    plain = command(escrow, "reconcile")
    assert plain.returncode == 1 and "mirrored balance" in plain.stdout
    rows = list(csv.DictReader(
        io.StringIO(command(escrow, "reconcile", "--format", "csv").stdout)))
    assert {row["class"] for row in rows} == classes
    status, answer = found(escrow, "--customer", str(escrow.account.customer))
    assert status == 1 and answer["discrepancies"]
    assert classes_of(found(escrow, "--since", "1h")[1]) == classes
    # The charge is another transaction's; the account's balance is looked at with any of them.
    opened = base58(bytes(escrow.value(
        "SELECT digest FROM escrow_transactions WHERE kind = 'opened'")))
    assert classes_of(found(escrow, "--digest", opened)[1]) == {"amount"}


def test_repair_rebuilds_what_follows_from_the_chain_and_says_so(escrow: Escrow) -> None:
    tamper(escrow, "escrow_accounts", "UPDATE escrow_accounts SET balance_micro_usdc = 7")
    tamper(escrow, "ledger_entries", "DELETE FROM ledger_entries WHERE purpose = 'charge'")
    result = command(escrow, "reconcile", "--repair")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "mirror_rebuilt" in result.stdout and "entries_added" in result.stdout
    assert escrow.value("SELECT balance_micro_usdc FROM escrow_accounts") == 600_000
    assert escrow.value("SELECT count(*) FROM audit_log WHERE action = 'escrow_repaired'") == 2
    assert found(escrow)[0] == 0


def test_an_event_that_was_lost_is_booked_again_from_the_chain(escrow: Escrow) -> None:
    manager = escrow.manager(escrow.wire)
    assert escrow.deposit(escrow.account, 50_000)
    until(lambda: escrow.balance(escrow.account) == 650_000, within=20, what="it is booked")
    manager.stop()
    tamper(escrow, "ledger_entries",
           "DELETE FROM ledger_entries WHERE purpose = 'deposit' AND amount_micro_usdc = 50000")
    tamper(escrow, "escrow_transactions", "DELETE FROM escrow_transactions "
           "WHERE kind = 'deposited' AND amount_micro_usdc = 50000")
    status, answer = found(escrow, "--from-start")
    assert status == 1
    assert "missing_in_ledger" in {one["class"] for one in answer["discrepancies"]}
    status, answer = found(escrow, "--repair")
    assert status == 0, answer
    assert [one["kind"] for one in answer["repaired"]] == ["event_booked"]
    assert escrow.balance(escrow.account) == 650_000


def test_nothing_is_repaired_while_a_manager_leads(escrow: Escrow) -> None:
    tamper(escrow, "escrow_accounts", "UPDATE escrow_accounts SET spending_limit_micro_usdc = 7")
    before = escrow.generation()
    escrow.manager(escrow.wire)
    until(lambda: escrow.generation() > before, within=20, what="the manager leads")
    result = command(escrow, "reconcile", "--repair")
    assert result.returncode == 75 and "a manager leads" in result.stderr
    assert escrow.value("SELECT spending_limit_micro_usdc FROM escrow_accounts") == 7


def test_a_node_that_is_away_is_exit_75(escrow: Escrow) -> None:
    escrow.node.stop()
    result = command(escrow, "reconcile")
    assert result.returncode == 75 and "no node answers" in result.stderr
    assert command(escrow, "reconcile", "--no-chain").returncode == 0


@pytest.mark.parametrize("options", [
    ["--since", "yesterday"], ["--customer", "0"], ["--digest", "x"], ["--format", "xml"]])
def test_options_that_mean_nothing_are_usage_errors(
    tmp_path_factory: pytest.TempPathFactory, options: list[str]
) -> None:
    home = tmp_path_factory.mktemp("home")
    result = run("reconcile", *options, environment=bare_environment(home))
    assert result.returncode == 2 and options[0] in result.stderr


def test_progress_is_shown_on_a_terminal_and_nowhere_else(escrow: Escrow) -> None:
    assert command(escrow, "reconcile").stderr == ""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sluice(), "reconcile", "--from-start", "--env-file",
         str(empty_env_file(escrow.directory))],
        env=escrow.environment(escrow.wire), stdout=subprocess.PIPE, stderr=theirs)
    output = process.communicate(timeout=60)[0]
    os.close(theirs)
    shown = os.read(ours, 1 << 16)
    os.close(ours)
    assert process.returncode == 0 and b"No discrepancies." in output
    assert b"events: 4 of 4, 100 %" in shown and b"chain: " in shown


def test_a_charge_tells_its_whole_story(escrow: Escrow) -> None:
    plain = command(escrow, "charge", "show", escrow.settled)
    assert plain.returncode == 0, plain.stderr
    for word in ["settled by", "0.4 USDC", "asked for by", "transactions", "Charged", "ledger",
                 "hold", escrow.account.identifier]:
        assert word in plain.stdout, plain.stdout
    story = json.loads(command(escrow, "charge", "show", escrow.settled, "--json").stdout)
    assert story["state"] == "settled" and story["amount"] == "400000"
    [attempt] = [one for one in story["transactions"] if one["purpose"] == "charge"]
    [event] = story["events"]
    assert attempt["digest"] == event["digest"] and attempt["bytes"] and attempt["words"]
    assert [one["purpose"] for one in story["postings"]] == ["hold", "charge"]
    assert len(story["intents"]) == 1
    decoded = run("decode", "transaction", attempt["bytes"],
                  environment=bare_environment(escrow.directory))
    assert json.loads(decoded.stdout)["digest"] == attempt["digest"]


def test_a_charge_that_was_built_again_tells_of_both_attempts(escrow: Escrow) -> None:
    # More than one: the first may be sent only to split the charger's coins.
    escrow.node.fail({"fault": "gas_coin_taken", "method": "execute", "count": 3})
    charge = escrow.charge(escrow.account, 100_000)
    escrow.manager(escrow.wire)
    until(lambda: not escrow.unresolved([escrow.account]), within=30, what="the charge settled")
    story = json.loads(command(escrow, "charge", "show", charge, "--json").stdout)
    attempts = [one for one in story["transactions"] if one["purpose"] == "charge"]
    assert len({one["digest"] for one in attempts}) == len(attempts) >= 2
    assert [one["ran"] for one in attempts] == [False] * (len(attempts) - 1) + [True]
    assert not attempts[-1]["dead"], "what ran is not what never will"
    [event] = story["events"]
    assert event["name"] == "Charged" and event["digest"] == attempts[-1]["digest"]
    assert [one["purpose"] for one in story["postings"]] == ["hold", "charge"]
    plain = command(escrow, "charge", "show", charge)
    assert all(one["digest"] in plain.stdout for one in attempts), plain.stdout


def test_a_charge_that_is_none_is_said_to_be_none(escrow: Escrow) -> None:
    unknown = "01936f0c-7d9a-7c3e-9b1a-5e0d7c2b4a68"
    assert command(escrow, "charge", "show", unknown).returncode == 1
    assert command(escrow, "charge", "show", "x").returncode == 2
