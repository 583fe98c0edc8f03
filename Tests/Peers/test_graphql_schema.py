"""graphql-core holds every query of the node client to the published schema and its limits."""

import json
from pathlib import Path

import pytest
from graphql import (
    FieldNode, OperationDefinitionNode, build_schema, parse, validate, visit, Visitor,
)
from graphql.execution.values import get_variable_values

HERE = Path(__file__).resolve().parent
SCHEMA = build_schema(
    (HERE.parent.parent / "Vectors/published/schema.graphql").read_text())
REQUESTS: dict[str, dict] = json.loads((HERE / "graphql_requests.json").read_text())

# Docs/Sources.md#graphql
BYTES, FIELDS, LEVELS = 5000, 300, 20
# What a transaction or a signature takes has a limit of its own.
PAYLOADS = {"execute": ["bytes", "signatures"], "simulate": ["transaction"]}


class Measure(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.fields = self.levels = self._level = 0

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.fields += 1
        self._level += 1
        self.levels = max(self.levels, self._level)

    def leave_field(self, *_: object) -> None:
        self._level -= 1


@pytest.mark.parametrize("name", REQUESTS)
def test_a_query_is_one_of_the_published_schema(name: str) -> None:
    assert validate(SCHEMA, parse(REQUESTS[name]["query"])) == []


@pytest.mark.parametrize("name", REQUESTS)
def test_its_variables_have_the_types_that_are_asked_for(name: str) -> None:
    document = parse(REQUESTS[name]["query"])
    [operation] = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    values = get_variable_values(
        SCHEMA, operation.variable_definitions or (), REQUESTS[name]["variables"])
    assert not isinstance(values, list), f"refused: {values}"
    declared = {variable.variable.name.value for variable in operation.variable_definitions or ()}
    assert declared == set(REQUESTS[name]["variables"])


@pytest.mark.parametrize("name", REQUESTS)
def test_it_is_within_the_limits_of_the_service(name: str) -> None:
    request = json.loads(json.dumps(REQUESTS[name]))
    for variable in PAYLOADS.get(name, []):
        del request["variables"][variable]
    assert len(json.dumps(request, separators=(",", ":")).encode()) <= BYTES
    measure = Measure()
    visit(parse(request["query"]), measure)
    assert measure.fields <= FIELDS
    assert measure.levels <= LEVELS


@pytest.mark.parametrize("name", sorted(set(REQUESTS) - {"execute", "verify_signature"}))
def test_it_asks_for_the_chain_as_well(name: str) -> None:
    [operation] = parse(REQUESTS[name]["query"]).definitions
    fields = [field.name.value for field in operation.selection_set.selections]
    assert fields[0] == "chainIdentifier"


@pytest.mark.parametrize("wrong", [
    "query X { chainIdentifer }", "query X { object { address } }",
    "query X($a: Int) { object(address: $a) { address } }",
    "query X { events(filter: {types: \"a\"}) { nodes { sequenceNumber } } }",
    "query X { transactions { nodes } }", "query X($a: SuiAddress!) { chainIdentifier }",
])
def test_the_judge_refuses_what_is_wrong(wrong: str) -> None:
    assert validate(SCHEMA, parse(wrong)) != []
