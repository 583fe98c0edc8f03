"""The command line: help, typos, exit codes, and verdicts that match the vectors."""

import base64
import json
import re
from pathlib import Path

import psycopg
import pytest

from support.binary import REPOSITORY, bare_environment, run
from support.gateway import Fleet
from support.node import CannedNode
from support.wallet import Ed25519Wallet, Wallet, ZkLoginWallet, wallets

COMMANDS = ["gateway", "dev", "migrate", "verify", "keys", "config", "doctor", "version"]


@pytest.fixture
def plain(tmp_path: Path) -> dict[str, str]:
    return bare_environment(tmp_path)


def verify(environment: dict[str, str], *arguments: str, input: str | None = None):
    return run("verify", *arguments, environment=environment, input=input)


def test_help_lists_every_command_and_each_explains_itself(plain: dict[str, str]) -> None:
    overview = run("--help", environment=plain)
    assert overview.returncode == 0
    for command in COMMANDS:
        assert re.search(rf"\b{command}\b", overview.stdout)
        own = run(command, "--help", environment=plain)
        assert own.returncode == 0 and command in own.stdout and len(own.stdout) > 80


@pytest.mark.parametrize("typed, meant", [
    (["gatway"], "gateway"), (["migrat"], "migrate"), (["dev", "--state-dri", "x"], "--state-dir"),
    (["keys", "rotat"], "rotate"), (["verify", "mesage"], "message")])
def test_a_typo_is_usage_error_two_with_a_suggestion(
    plain: dict[str, str], typed: list[str], meant: str
) -> None:
    result = run(*typed, environment=plain)
    assert result.returncode == 2 and meant in result.stderr and result.stdout == ""


@pytest.mark.parametrize("arguments", [
    [], ["verify"], ["verify", "message"], ["verify", "message", "--address"], ["keys"],
    ["dev", "--gateway-port", "x"], ["dev", "--gateway-port", "70000"], ["version", "extra"]])
def test_what_cannot_be_understood_is_exit_two(
    plain: dict[str, str], arguments: list[str]
) -> None:
    result = run(*arguments, environment=plain)
    assert result.returncode == 2 and result.stderr


def test_version_names_itself(plain: dict[str, str]) -> None:
    result = run("version", environment=plain)
    assert result.returncode == 0 and re.search(r"sluice \d+\.\d+", result.stdout)


@pytest.mark.parametrize("wallet", wallets(), ids=lambda wallet: (
    f"{wallet.scheme}-{type(wallet).__name__}"))
def test_verify_message_knows_each_scheme(plain: dict[str, str], wallet: Wallet) -> None:
    message = b"a message \xff\x00 of bytes"
    arguments = ["message", "--address", wallet.address,
                 "--message-base64", base64.b64encode(message).decode(),
                 "--signature", wallet.sign(message)]

    good = verify(plain, *arguments)
    assert good.returncode == 0, good.stdout + good.stderr
    assert json.loads(good.stdout) == {
        "valid": True, "scheme": wallet.scheme, "address": wallet.address}

    arguments[4] = base64.b64encode(message + b"!").decode()
    bad = verify(plain, *arguments)
    assert bad.returncode == 1
    verdict = json.loads(bad.stdout)
    assert verdict["valid"] is False and re.fullmatch(r"[a-z0-9_]+", verdict["reason"])


def test_a_message_signature_is_no_transaction_signature(plain: dict[str, str]) -> None:
    wallet = Ed25519Wallet()
    content = base64.b64encode(b"tx").decode()
    result = verify(plain, "transaction", "--address", wallet.address, "--tx-base64", content,
                    "--signature", wallet.sign(b"tx"))
    assert result.returncode == 1 and json.loads(result.stdout)["valid"] is False


def cases(kind: str) -> list[dict]:
    """Every vector of that kind, from whichever file holds it."""
    found = []
    for path in sorted((REPOSITORY / "Vectors").rglob("*.json")):
        document = json.loads(path.read_text())
        listed = document.get("cases", []) if isinstance(document, dict) else document
        for case in listed:
            if isinstance(case, dict) and {
                "id", "address", kind, "signature_base64", "valid"} <= set(case):
                found.append({**case, "id": f"{path.stem}/{case['id']}"})
    return found


@pytest.mark.parametrize("command, member", [
    ("message", "message_base64"), ("transaction", "tx_base64")])
def test_the_verdicts_are_those_of_the_vectors(
    plain: dict[str, str], command: str, member: str
) -> None:
    vectors = cases(member)
    assert len(vectors) >= (100 if command == "message" else 1)
    lines = "".join(
        json.dumps({name: case[name] for name in ("id", "address", member, "signature_base64")})
        + "\n" for case in vectors)

    result = verify(plain, command, "--jsonl", input=lines)

    verdicts = [json.loads(line) for line in result.stdout.splitlines()]
    assert [verdict["id"] for verdict in verdicts] == [case["id"] for case in vectors]
    # Where the vectors end with "ask a node", no node is configured here.
    expected = [
        (case["id"], case["valid"], "verifier_unavailable"
         if case["reason"] == "needs_node" else case["reason"]) for case in vectors]
    seen = [(verdict["id"], verdict["valid"], verdict["reason"]) for verdict in verdicts]
    assert [pair for pair in zip(expected, seen, strict=True) if pair[0] != pair[1]] == []
    assert result.returncode == (0 if all(case["valid"] for case in vectors) else 1)


@pytest.mark.parametrize("answer, code, verdict", [
    (CannedNode.VALID, 0, {"valid": True, "scheme": "zklogin"}),
    (CannedNode.INVALID, 1, {"valid": False, "reason": "signature_mismatch"}),
    ({"data": {}}, 75, {"valid": False, "reason": "verifier_unavailable"}),
    (None, 75, {"valid": False, "reason": "verifier_unavailable"}),
])
def test_zklogin_is_asked_of_a_node_and_silence_is_no_verdict(
    plain: dict[str, str], answer: dict | None, code: int, verdict: dict
) -> None:
    wallet, node = ZkLoginWallet(), CannedNode()
    node.answer = answer or {}
    options = ["--node-url", node.url] if answer else []
    result = verify(
        plain, "message", "--address", wallet.address, "--message-base64",
        base64.b64encode(b"hi").decode(), "--signature", wallet.sign(b"hi"), *options)
    node.close()
    assert result.returncode == code, result.stdout + result.stderr
    assert verdict.items() <= json.loads(result.stdout).items()
    assert len(node.asked) == (1 if answer else 0)


def test_a_bad_line_costs_only_itself(plain: dict[str, str]) -> None:
    wallet = Ed25519Wallet()
    good = json.dumps({
        "id": "good", "address": wallet.address,
        "message_base64": base64.b64encode(b"hi").decode(), "signature_base64": wallet.sign(b"hi")})
    result = verify(
        plain, "message", "--jsonl", input=f'{{"id":"half"\n[]\n{good}\n{{"id":"bare"}}\n')
    verdicts = [json.loads(line) for line in result.stdout.splitlines()]
    assert [verdict["valid"] for verdict in verdicts] == [False, False, True, False]
    assert verdicts[2]["id"] == "good" and verdicts[3]["id"] == "bare"


def test_migrate_twice_changes_nothing_and_status_says_so(fleet: Fleet, commands) -> None:
    again = commands("migrate")
    assert again.returncode == 0
    status = commands("migrate", "--status")
    assert status.returncode == 0 and "0001" in status.stdout


def test_status_of_an_empty_database_is_a_finding(cluster, commands) -> None:
    name = cluster.create_database()
    try:
        status = commands("migrate", "--status", DATABASE_URL=cluster.url(name))
        assert status.returncode == 1 and "0001" in status.stdout
    finally:
        cluster.drop_database(name)


def test_a_service_key_is_made_once_and_its_secret_is_not_in_the_database(
    fleet: Fleet, commands
) -> None:
    result = commands("keys", "service", "add", "--name", "billing", "--scopes",
                      "charges,refunds", "--json")
    assert result.returncode == 0, result.stderr
    made = json.loads(result.stdout)
    assert made["id"] and len(made["secret"]) >= 32
    with psycopg.connect(fleet.database_url) as connection:
        stored = str(connection.execute("SELECT s::text FROM service_key_secrets s").fetchall())
        trail = str(connection.execute("SELECT a::text FROM audit_log a").fetchall())
    assert made["secret"] not in stored + trail and made["id"] in trail
    again = commands("keys", "service", "add", "--name", "billing", "--scopes", "charges")
    assert again.returncode == 1
    unknown = commands("keys", "service", "add", "--name", "other", "--scopes", "everything")
    assert unknown.returncode in (1, 2)


def test_doctor_finds_a_healthy_machine_healthy(commands) -> None:
    result = commands("doctor")
    assert result.returncode == 0, result.stdout + result.stderr
    ill = commands("doctor", DATABASE_URL="postgresql://sluice@127.0.0.1:1/none")
    assert ill.returncode == 1 and "database" in (ill.stdout + ill.stderr).lower()
