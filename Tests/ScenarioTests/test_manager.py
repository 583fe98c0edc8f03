"""What `sluice manager` refuses to start with, what it says of itself, and how it ends."""

import json
import os
import re
import signal
from http.client import HTTPConnection
from pathlib import Path

import pytest

from support.altered_node import AlteredNode, is_about
from support.binary import json_lines
from support.charger import private_key
from support.gateway import Fleet
from support.manager_stage import Managers, managers  # noqa: F401
from support.waiting import until


def get(port: int, path: str, method: str = "GET") -> tuple[int, str] | None:
    connection = HTTPConnection("127.0.0.1", port, timeout=6)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except OSError:
        return None
    finally:
        connection.close()


def written(path: Path, content: str, mode: int = 0o600) -> str:
    path.write_text(content)
    path.chmod(mode)
    return str(path)


@pytest.mark.parametrize(("changes", "words"), [
    ({"SLUICE_CHARGER_KEY_FILE": None}, "SLUICE_CHARGER_KEY_FILE"),
    ({"SLUICE_CHARGER_KEY_FILE": "/nowhere/key"}, "cannot be opened"),
    ({"SLUICE_CHARGER_KEY_FILE": "/etc"}, "not a regular file"),
    ({"SLUICE_MANAGER_LISTEN": "0.0.0.0:3001"}, "of this machine alone"),
    ({"SLUICE_MANAGER_LISTEN": "3001"}, "is not address:port"),
    ({"SLUICE_CHARGE_CAP_SINGLE": "0"}, "SLUICE_CHARGE_CAP_SINGLE"),
    ({"SLUICE_CHARGE_CAP_HOUR": "1.5"}, "SLUICE_CHARGE_CAP_HOUR"),
    ({"SLUICE_ESCROW_FIRST_CHECKPOINT": "-1"}, "SLUICE_ESCROW_FIRST_CHECKPOINT"),
    ({"SUI_GRAPHQL_URLS": None}, "SUI_GRAPHQL_URLS"),
    ({"SLUICE_ESCROW_PACKAGE": None, "SLUICE_ESCROW_OPERATOR": None, "SLUICE_ESCROW_COIN": None},
     "SLUICE_ESCROW_PACKAGE"),
    ({"SLUICE_ESCROW_OPERATOR": "0x6"}, "is no operator of the package"),
    ({"SLUICE_CHAIN_IDENTIFIER": "4btiuiMPvEENsttpZC7CZ53DruC3MAgfznDbASZ7DR6S"},
     "another network"),
])
def test_a_manager_that_could_do_harm_does_not_start(
    managers: Managers, changes: dict[str, str | None], words: str
) -> None:
    process, _ = managers.start(**changes)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 1, output
    assert words in output


@pytest.mark.parametrize(("content", "mode", "words"), [
    (private_key(bytes(range(32))), 0o644, "can be read by others"),
    (private_key(bytes(range(32))), 0o600, "may not charge"),
    (private_key(bytes(range(32)))[:-1] + "q", 0o600, "holds no Ed25519 key"),
    ("", 0o600, "holds no Ed25519 key"),
])
def test_a_key_that_is_not_the_chargers_alone_is_refused_and_never_shown(
    managers: Managers, fleet: Fleet, content: str, mode: int, words: str
) -> None:
    path = written(fleet.directory / "other.key", content + "\n", mode)
    process, _ = managers.start(SLUICE_CHARGER_KEY_FILE=path)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 1, output
    assert words in output
    assert not content or content[12:40] not in output


def test_it_tells_what_it_does_and_what_it_lacks_and_ends_when_asked(managers: Managers) -> None:
    process, port = managers.start()

    def leads() -> dict | None:
        answer = get(port, "/ready")
        told = json.loads(answer[1]) if answer else {}
        return told if told.get("role") == "leading" and "gas" in told["reasons"] else None
    ready = until(leads, within=20, what="it leads, and wants gas")
    assert ready["status"] == "degraded"
    assert ready["checks"]["database"] == "ok" and ready["checks"]["gas"] == "degraded"
    assert "SUI to 0x" in ready["reasons"]["gas"]
    assert get(port, "/ready")[0] == 200
    assert get(port, "/health")[0] == 200
    metrics = get(port, "/metrics")[1]
    assert "sluice_manager_leading 1" in metrics
    missing = re.search(r"^sluice_engine_wallet_missing_mist (\d+)$", metrics, re.MULTILINE)
    assert missing and int(missing[1]) >= 1_000_000_000, "SUI for every lane"
    assert get(port, "/elsewhere")[0] == 303, "to the page for signing in"
    assert get(port, "/ready", "POST")[0] == 405
    os.kill(process.pid, signal.SIGTERM)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    lines = json_lines(output)
    assert [line for line in lines if line["message"] == "manager stopped"]
    said = [line["reason"] for line in lines if line.get("kind") == "wallet_empty"]
    assert said == [ready["reasons"]["gas"]], "the log says once what to send where"


def test_one_without_its_identity_file_leaves_the_lead_to_one_that_has_it(
    managers: Managers, fleet: Fleet
) -> None:
    spoilt = written(fleet.directory / "spoilt", "rubbish")
    process, bad = managers.start(SLUICE_MANAGER_IDENTITY_FILE=spoilt)
    until(lambda: role(bad) == "leading", within=20, what="it leads")

    def why() -> str | None:
        answer = get(bad, "/ready")
        told = json.loads(answer[1]) if answer else {}
        return told.get("role") == "standby" and told["reasons"].get("lead")
    until(why, within=20, what="it leads no more, and says so")
    assert spoilt in why()
    _, good = managers.start(SLUICE_MANAGER_IDENTITY_FILE=str(fleet.directory / "sound"))
    until(lambda: role(good) == "leading" and json.loads(get(good, "/ready")[1])["checks"].get(
        "follower") == "ok", within=20, what="the other leads and follows")
    process.kill()
    assert [line for line in json_lines(process.communicate(timeout=20)[0])
            if line["level"] == "error" and spoilt in line.get("reason", "")]


# MOCK_ESCROW: package, operator and coin are asked of the simulated node where none are configured

def mocked(node: AlteredNode, wire: str = "graphql") -> dict[str, str | None]:
    urls = {"SUI_GRAPHQL_URLS": node.url + "/graphql"} if wire == "graphql" else {
        "SUI_GRAPHQL_URLS": None, "SUI_JSON_RPC_URLS": node.url}
    return {
        "MOCK_ESCROW": "true", "SLUICE_CHAIN": None, "SLUICE_CHAIN_IDENTIFIER": None,
        "SLUICE_ESCROW_PACKAGE": None, "SLUICE_ESCROW_OPERATOR": None, "SLUICE_ESCROW_COIN": None,
        **urls}


def role(port: int) -> str | None:
    answer = get(port, "/ready")
    return json.loads(answer[1]).get("role") if answer else None


@pytest.mark.parametrize("wire", ["graphql", "json-rpc"])
def test_with_a_simulated_escrow_it_asks_for_package_operator_and_coin(
    managers: Managers, node: AlteredNode, wire: str
) -> None:
    process, port = managers.start(**mocked(node, wire))
    until(lambda: role(port) == "leading", within=20, what="it leads")
    assert node.asked_for("mock_info")
    os.kill(process.pid, signal.SIGTERM)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 0, output
    assert "MOCK_ESCROW" in output, "a warning says that escrow is simulated"


@pytest.mark.parametrize("answer", [
    {"error": {"code": -32601, "message": "Method not found"}}, {"result": {}}, {"result": None},
    {"result": {"chain": "x", "escrowPackage": "0x2", "usdcType": "u", "operatorId": "0x3",
                "charger": "0x4", "treasury": "0x5"}},
])
def test_it_waits_for_a_simulated_node_that_does_not_tell_and_then_leads(
    managers: Managers, node: AlteredNode, answer: dict
) -> None:
    tells = False
    node.alter = lambda question, true: (
        true if tells or not is_about(question, "mock_info") else {
            "jsonrpc": "2.0", "id": 1, **answer})
    _, port = managers.start(**mocked(node))
    until(lambda: len(node.asked_for("mock_info")) >= 2, within=20, what="it asks again")
    assert get(port, "/health") is None, "it does not serve before it knows its contract"
    tells = True
    until(lambda: role(port) == "leading", within=20, what="it leads")


def test_asked_to_end_while_it_waits_for_the_simulated_node_it_ends_well(
    managers: Managers, node: AlteredNode
) -> None:
    node.alter = lambda question, true: (
        {"jsonrpc": "2.0", "id": 1, "result": {}} if is_about(question, "mock_info") else true)
    process, _ = managers.start(**mocked(node))
    until(lambda: node.asked_for("mock_info"), within=20, what="it asks")
    os.kill(process.pid, signal.SIGTERM)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 0, output
    assert "not set" not in output


def test_an_operator_that_is_not_the_chargers_is_refused_when_simulated_too(
    managers: Managers, node: AlteredNode
) -> None:
    node.alter = lambda question, true: (
        {**true, "result": {**true["result"], "operatorId": "0x6"}}
        if is_about(question, "mock_info") else true)
    process, _ = managers.start(**mocked(node))
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 1 and "is no operator of the package" in output
