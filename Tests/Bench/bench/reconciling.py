"""How long it takes to compare a large ledger with everything, and in how much memory."""

import hashlib
import os
import struct
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg

from support.binary import bare_environment, sluice
from support.gateway import empty_env_file

from .figures import Figure
from .stage import Stage

ACCOUNTS = 2000
ENTRIES = 1_000_000
MEBIBYTE = 1 << 20
OPERATOR = hashlib.sha256(b"operator").digest()
AT = "2026-11-01T00:00:00Z"
MILLISECONDS = 1_793_491_200_000
DEPOSIT = 1_000_000_000


def reconciling(stage: Stage, entries: int = ENTRIES) -> list[Figure]:
    database = stage.database()
    charges = (entries - ACCOUNTS) // 2
    _fill(database, charges)
    seconds, peak, shown = _reconcile(stage, database, entries)
    name = f"reconciling {entries:,} entries"
    return [
        Figure(name, seconds, 120, "s", failures=shown,
               note=f"{ACCOUNTS:,} accounts, {charges:,} settled charges"),
        Figure(f"{name}, peak memory", peak / MEBIBYTE, 150, "MB"),
    ]


def _reconcile(stage: Stage, database: str, entries: int) -> tuple[float, int, list[str]]:
    environment = {**bare_environment(stage.directory), "DATABASE_URL": database}
    command = [sluice(), "reconcile", "--no-chain", "--format", "json",
               "--env-file", str(empty_env_file(stage.directory))]
    with tempfile.TemporaryFile() as answer:
        started = time.monotonic()
        process = subprocess.Popen(command, env=environment, stdout=answer)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        answer.seek(0)
        text = answer.read()
    faults = [] if process.returncode == 0 else [f"exit status {process.returncode}"]
    if f'"entries":{entries // 2 + ACCOUNTS // 2}'.encode() not in text:
        faults.append(f"not everything was compared: {text[-300:]!r}")
    return seconds, usage.ru_maxrss * 1024, faults


# A history that fits: each account is opened, gets a deposit, and is charged again and again.


def _fill(database: str, charges: int) -> None:
    with psycopg.connect(database) as connection:
        accounts = [_hash("account", number) for number in range(ACCOUNTS)]
        each = [charges // ACCOUNTS + (number < charges % ACCOUNTS) for number in range(ACCOUNTS)]
        cursor = connection.cursor()
        _copy(cursor, "escrow_accounts (account_id, owner, operator_id, tracker_id, is_primary, "
              "initial_shared_version, balance_micro_usdc, spending_limit_micro_usdc, "
              "period_start, period_charged_micro_usdc, sequence, opened_at, checkpoint)",
              ((_bytea(account), _bytea(_hash("owner", number)), _bytea(OPERATOR),
                _bytea(_hash("tracker", number)), True, 1, DEPOSIT - count, 0, AT,
                count, count, AT, 1)
               for number, (account, count) in enumerate(zip(accounts, each, strict=True))))
        cursor.execute("INSERT INTO processing_state VALUES ('follower', 1000000, 1, now())")
        _copy(cursor, "charges (charge_id, kind, state, account_id, amount_micro_usdc, reference, "
              "obligation_mark, service, sequence, transaction_digest, outcome_digest, "
              "outcome_event_seq, outcome_sequence, outcome_checkpoint, attempts, planned_at, "
              "signed_at, ended_at)", _charges(accounts, each))
        _copy(cursor, "escrow_transactions (digest, event_seq, checkpoint, at, account_id, name, "
              "kind, standing, sequence, amount_micro_usdc, balance_micro_usdc, reference, bcs)",
              _events(accounts, each))
        _copy(cursor, "ledger_entries (at, purpose, account_id, charge_id, debit_account, "
              "credit_account, amount_micro_usdc, digest, event_seq, leg)",
              _entries(accounts, each))
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _operations(
    accounts: list[bytes], each: list[int]
) -> Iterator[tuple[bytes, int, str, bytes, bytes]]:
    """Account, sequence, id, reference and digest, one charge of 1 micro-USDC each."""
    for number, account in enumerate(accounts):
        for sequence in range(1, each[number] + 1):
            mark = _hash("mark", number, sequence)[:16]
            raw = bytearray(_hash("charge", number, sequence)[:16])
            raw[6], raw[8] = raw[6] & 0x0F | 0x70, raw[8] & 0x3F | 0x80
            yield (account, sequence, str(uuid.UUID(bytes=bytes(raw))), bytes(raw) + mark,
                   _hash("digest", number, sequence))


def _charges(accounts: list[bytes], each: list[int]) -> Iterator[tuple]:
    for account, sequence, identity, reference, digest in _operations(accounts, each):
        yield (identity, "charge", "settled", _bytea(account), 1, _bytea(reference),
               _bytea(reference[16:]), "bench", sequence, _bytea(digest), _bytea(digest), 0,
               sequence, sequence + 1, 1, AT, AT, AT)


def _events(accounts: list[bytes], each: list[int]) -> Iterator[tuple]:
    for number, account in enumerate(accounts):
        digest = _bytea(_hash("opening", number))
        opened = account + _hash("tracker", number) + _hash("owner", number) + OPERATOR
        yield (digest, 0, 1, AT, _bytea(account), "AccountOpened", "opened", "booked", None, None,
               None, None, _bytea(opened + struct.pack("<QQ", 0, MILLISECONDS)))
        paid = account + _hash("owner", number) + struct.pack("<QQ", DEPOSIT, DEPOSIT)
        yield (digest, 1, 1, AT, _bytea(account), "Deposited", "deposited", "booked", None,
               DEPOSIT, DEPOSIT, None, _bytea(paid))
    for account, sequence, _, reference, digest in _operations(accounts, each):
        after = DEPOSIT - sequence
        told = (account + struct.pack("<QQB", sequence, 1, 32) + reference
                + struct.pack("<QQQ", after, sequence, MILLISECONDS))
        yield (_bytea(digest), 0, sequence + 1, AT, _bytea(account), "Charged", "charged",
               "booked", sequence, 1, after, _bytea(reference), _bytea(told))


def _entries(accounts: list[bytes], each: list[int]) -> Iterator[tuple]:
    for number, account in enumerate(accounts):
        yield (AT, "deposit", _bytea(account), None, "chain", f"escrow/0x{account.hex()}",
               DEPOSIT, _bytea(_hash("opening", number)), 1, 0)
    for account, _, identity, _, digest in _operations(accounts, each):
        held = f"held/0x{account.hex()}"
        yield (AT, "hold", _bytea(account), identity, f"escrow/0x{account.hex()}", held, 1, None,
               None, None)
        yield (AT, "charge", _bytea(account), identity, held, "revenue", 1, _bytea(digest), 0, 0)


def _copy(cursor: psycopg.Cursor, target: str, rows: Iterator[tuple]) -> None:
    with cursor.copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _hash(*parts: object) -> bytes:
    return hashlib.sha256(" ".join(map(str, parts)).encode()).digest()


def _bytea(value: bytes) -> str:
    return "\\x" + value.hex()
