"""What a manager makes of its nodes: one that lies about its tip, and one that is not needed yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.altered_node import AlteredNode, is_about
from support.charging import WIRES, Escrow
from support.invariants import check
from support.manager import Manager
from support.simulated_node import SimulatedNode
from support.waiting import until

BALANCE, AMOUNT = 1_000_000, 20_000
CLAIMED = 1_000_000_000


@pytest.fixture
def node(escrow: Escrow) -> Iterator[AlteredNode]:
    node = AlteredNode(escrow.node.url)
    yield node
    node.close()


def claiming(escrow: Escrow, question: dict, answer: dict) -> dict:
    """The tip is far beyond what there is; asked for it, the node shows its newest checkpoint."""
    if is_about(question, "serviceConfig"):
        answer["data"]["checkpoint"]["sequenceNumber"] = CLAIMED
    elif is_about(question, "sui_getLatestCheckpointSequenceNumber"):
        answer["result"] = str(CLAIMED)
    elif is_about(question, "sui_getCheckpoint") and question["params"] == [str(CLAIMED)]:
        newest = escrow.node.rpc("sui_getLatestCheckpointSequenceNumber")
        told = escrow.node.rpc("sui_getCheckpoint", [newest])
        return {"jsonrpc": "2.0", "id": question["id"],
                "result": {**told, "sequenceNumber": str(CLAIMED)}}
    return answer


@pytest.mark.parametrize("wire", WIRES)
def test_a_tip_that_cannot_be_is_told_and_keeps_nothing_from_being_charged(
    escrow: Escrow, node: AlteredNode, wire: str
) -> None:
    account = escrow.open(BALANCE)
    manager = escrow.manager(wire)
    escrow.known([account])
    escrow.charge(account, AMOUNT)
    until(lambda: not escrow.unresolved([account]), within=30, what="it settles")
    manager.kill()
    planned = escrow.charge(account, AMOUNT)
    escrow.restore(escrow.dump())  # So that the engine has to find the tip before it charges.

    node.alter = lambda question, answer: claiming(escrow, question, answer)
    manager = Manager(escrow.directory, node.settings(escrow.environment(wire)))
    escrow._managers.append(manager.start())
    lie = "sluice_follower_impossible_tip"
    until(lambda: manager.metric(lie) == 1, within=30, what="the lie is seen")
    told = until(lambda: manager.ready()["reasons"].get("follower"), within=20, what="it is told")
    assert f"checkpoint {CLAIMED}" in told
    until(lambda: [line for line in manager.log_lines() if line["message"].startswith("a node lies")
                   and line["tip"] == CLAIMED and line["level"] == "error"],
          within=20, what="it is logged")
    until(lambda: escrow.states([planned]) == {"abandoned"}, within=30, what="it is armed")
    made = escrow.charge(account, AMOUNT)
    until(lambda: escrow.states([made]) == {"settled"}, within=30, what="new charges settle")
    assert manager.ready()["checks"]["follower"] == "degraded"

    node.alter = lambda question, answer: answer
    until(lambda: manager.metric(lie) == 0, within=15, what="it lies no more")
    until(lambda: manager.ready()["checks"]["follower"] == "ok", within=15, what="all is well")
    check(escrow, [account])


@pytest.mark.parametrize("wire", WIRES)
def test_a_node_that_is_not_needed_is_known_to_be_well_or_away(
    escrow: Escrow, wire: str, tmp_path: Path
) -> None:
    """Asked in their order, the second is never needed while the first is well."""
    folder = tmp_path / "second"
    folder.mkdir()
    second = SimulatedNode(folder, "--seed", "1").start()
    second.wallet()  # So that it has come to a checkpoint to tell of.
    name = "SUI_GRAPHQL_URLS" if wire == "graphql" else "SUI_JSON_RPC_URLS"
    environment = escrow.environment(wire)
    environment[name] += f",{second.url}" + ("/graphql" if wire == "graphql" else "")
    manager = Manager(escrow.directory, environment)
    escrow._managers.append(manager.start())
    labels = f'{{endpoint="{second.url.removeprefix("http://")}",wire="{wire.replace("-", "")}"}}'
    healthy = "sluice_node_endpoint_healthy" + labels
    until(lambda: manager.metric("sluice_node_tip" + labels), within=20, what="it was looked at")
    assert manager.metric(healthy) == 1
    second.stop()
    until(lambda: manager.metric(healthy) == 0, within=20, what="it is seen to be away")
    assert manager.ready()["checks"]["node"] == "ok"
