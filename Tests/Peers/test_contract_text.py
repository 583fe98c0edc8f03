"""The Move source, its unit tests and its document say what `Vectors/contract/escrow.json` says.

No Move compiler runs here, so this reads text: names, types, abilities, order, numbers. Whoever
encodes or decodes an event is held to the same file.
"""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "Sources" / "EscrowContract"
INTERFACE = json.loads((ROOT / "Vectors" / "contract/escrow.json").read_text())


def without_comments(text: str) -> str:
    return re.sub(r"//[^\n]*", "", text)


SOURCE = without_comments((PACKAGE / "sources" / "account.move").read_text())
UNIT_TESTS = "\n".join(
    without_comments(path.read_text()) for path in sorted((PACKAGE / "tests").glob("*.move")))
DOCUMENT = (ROOT / "Docs" / "Contract.md").read_text()


def pairs(text: str) -> list[dict[str, str]]:
    """`name: type` pairs between commas that are in no brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "<(") - (character in ">)")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    named = [part.split(":", 1) for part in parts if part.strip()]
    return [{"name": name.strip(), "type": " ".join(kind.split())} for name, kind in named]


def listed(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


STRUCTS = {
    match["name"]: {
        "type_parameters": listed(match["generic"]), "abilities": listed(match["abilities"]),
        "fields": pairs(match["fields"])}
    for match in re.finditer(
        r"struct (?P<name>\w+)(?:<(?P<generic>[^>]*)>)?(?: has (?P<abilities>[\w, ]+))?"
        r" \{(?P<fields>[^}]*)\}", SOURCE)}
FUNCTIONS = {
    match["name"]: {
        "visibility": (match["visibility"] or "").strip(),
        "type_parameters": listed(match["generic"]),
        "arguments": pairs(match["arguments"]), "returns": match["returns"]}
    for match in re.finditer(
        r"^(?P<visibility>[a-z() ]*?)fun (?P<name>\w+)(?:<(?P<generic>[^>]*)>)?"
        r"\((?P<arguments>[^)]*)\)(?:: (?P<returns>[\w<>]+))? \{", SOURCE, re.MULTILINE)}
CONSTANTS = {
    match["name"]: int(match["value"].replace("_", ""))
    for match in re.finditer(r"const (?P<name>\w+): u\d+ = (?P<value>[\d_]+);", SOURCE)}


def test_events_have_the_fields_in_order() -> None:
    expected = {
        event["name"]: {
            "type_parameters": [f"phantom {name}" for name in event["type_parameters"]],
            "abilities": ["copy", "drop"], "fields": event["fields"]}
        for event in INTERFACE["events"]}
    emitted = {name: s for name, s in STRUCTS.items() if s["abilities"] == ["copy", "drop"]}
    assert emitted == expected


def test_objects_have_the_fields_and_no_ability_more() -> None:
    expected = {
        thing["name"]: {key: thing[key] for key in ("type_parameters", "abilities", "fields")}
        for thing in INTERFACE["objects"]}
    assert {name: s for name, s in STRUCTS.items() if "copy" not in s["abilities"]} == expected


def test_public_functions_are_these_and_no_others() -> None:
    public = {name: f for name, f in FUNCTIONS.items() if f.pop("visibility") != ""}
    keys = ("type_parameters", "arguments", "returns")
    expected = {f["name"]: {key: f[key] for key in keys} for f in INTERFACE["functions"]}
    assert public == expected
    assert "entry" not in SOURCE and "public(" not in SOURCE and "friend" not in SOURCE
    assert SOURCE.count("fun ") == len(FUNCTIONS)


def test_numbers_are_the_same() -> None:
    expected = dict(INTERFACE["limits"])
    expected |= {abort["name"]: abort["code"] for abort in INTERFACE["aborts"]}
    expected |= {reason["name"]: reason["code"] for reason in INTERFACE["declined"]}
    assert CONSTANTS == expected


@pytest.mark.parametrize("function", INTERFACE["functions"], ids=lambda f: f["name"])
def test_each_abort_of_each_function_has_a_unit_test(function: dict) -> None:
    expected_codes = {
        int(match["code"]) for match in re.finditer(
            r"#\[test, expected_failure\(abort_code = (?P<code>\d+), location = escrow::account\)\]"
            rf"\s+fun {function['name']}_\w+\(\)", UNIT_TESTS)}
    assert expected_codes == set(function["aborts"])


def test_a_unit_test_that_must_abort_cannot_pass_by_returning() -> None:
    bodies = re.findall(
        r"expected_failure[^\n]*\]\s+fun \w+\(\) \{\n(.*?)\n\}", UNIT_TESTS, re.DOTALL)
    assert len(bodies) == UNIT_TESTS.count("expected_failure") >= 30
    assert all(body.rstrip().endswith("abort 0") for body in bodies)


@pytest.mark.parametrize("text", [SOURCE, UNIT_TESTS], ids=["source", "unit tests"])
def test_brackets_close_in_order(text: str) -> None:
    closing, open_ones = {")": "(", "]": "[", "}": "{"}, []
    for character in text:
        if character in "([{":
            open_ones.append(character)
        elif character in closing:
            assert open_ones and open_ones.pop() == closing[character]
    assert open_ones == []


def encoded(kind: str, value: str | int) -> bytes:
    if kind in ("ID", "address"):
        return bytes.fromhex(str(value).removeprefix("0x"))
    if kind == "vector<u8>":
        content = bytes.fromhex(str(value))
        assert len(content) < 128, "a longer one needs a longer length"
        return bytes([len(content)]) + content
    return int(value).to_bytes(int(kind.removeprefix("u")) // 8, "little")


@pytest.mark.parametrize("event", INTERFACE["events"], ids=lambda e: e["name"])
def test_examples_of_events_are_their_bcs(event: dict) -> None:
    assert list(event["example"]) == [field["name"] for field in event["fields"]]
    parts = [encoded(field["type"], event["example"][field["name"]]) for field in event["fields"]]
    assert b"".join(parts).hex() == event["bcs"]


def test_the_document_lists_the_same() -> None:
    rows = []
    for event in INTERFACE["events"]:
        generic = "<T>" if event["type_parameters"] else ""
        fields = ", ".join(f"{field['name']}: {field['type']}" for field in event["fields"])
        rows.append(f"| `{event['name']}{generic}` | `{fields}` |")
    for function in INTERFACE["functions"]:
        generic = "<T>" if function["type_parameters"] else ""
        arguments = ", ".join(
            f"{given['name']}: {given['type']}" for given in function["arguments"])
        returns = f": {function['returns']}" if function["returns"] else ""
        signature = f"{function['name']}{generic}({arguments}){returns}"
        rows.append(f"| `{signature}` | {function['caller']} |")
    rows += [f"| {abort['code']} | `{abort['name']}` |" for abort in INTERFACE["aborts"]]
    assert [row for row in rows if row not in DOCUMENT] == []
