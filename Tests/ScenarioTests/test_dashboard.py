"""The manager's dashboard, over HTTP: who gets in, and what a waiting manager's can have the leader do."""

import json
import re
import subprocess
from collections.abc import Callable

import httpx
import psycopg
import pytest

from support.gateway import Fleet
from support.manager_stage import Managers, managers  # noqa: F401
from support.operators import add_operator
from support.waiting import until

Commands = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def start(managers: Managers) -> Callable[[], str]:
    """Starts a manager; returns where it is."""
    return lambda: f"http://127.0.0.1:{managers.start()[1]}"


def role(url: str) -> str | None:
    try:
        return httpx.get(url + "/ready", timeout=6).json()["role"]
    except httpx.HTTPError:
        return None


def signed_in(url: str, name: str, secret: str) -> httpx.Client:
    client = httpx.Client(base_url=url, timeout=10)
    answer = client.post("/login", data={"name": name, "secret": secret})
    assert answer.status_code == 303 and answer.headers["location"] == "/"
    # `http.cookiejar` keeps what a browser would; the secret is nowhere in it.
    assert secret not in str(answer.headers)
    return client


def test_what_a_waiting_managers_dashboard_asks_for_the_leader_does(
    start: Callable[[], str], fleet: Fleet, commands: Commands
) -> None:
    leading = start()
    until(lambda: role(leading) == "leading", within=20, what="the first leads")
    waiting = start()
    until(lambda: role(waiting) == "standby", within=20, what="the second waits")
    client = signed_in(waiting, "alice", add_operator(commands, "alice"))
    page = client.get("/runs")
    assert page.status_code == 200 and "standby" in page.text and "<script" not in page.text
    question = client.get("/actions/run-task", params={"task": "cleanup"})
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', question.text))
    assert {"csrf", "once", "task", "confirm"} <= set(fields)
    done = client.post("/actions/run-task", data=fields)
    assert done.status_code == 303 and done.headers["location"].startswith("/runs?notice=")

    def asked_for() -> list[tuple]:
        with psycopg.connect(fleet.database_url) as connection:
            return connection.execute(
                "SELECT outcome FROM worker_runs WHERE task = 'cleanup' AND asked_by = 'alice'"
            ).fetchall()
    until(lambda: asked_for() == [("done",)], within=20, what="the leader has run it")
    with psycopg.connect(fleet.database_url) as connection:
        assert connection.execute(
            "SELECT details->>'operator', details->>'task' FROM audit_log "
            "WHERE action = 'task_run_asked'").fetchall() == [("alice", "cleanup")]


def test_nobody_gets_in_without_a_secret_and_checks_need_none(
    start: Callable[[], str], commands: Commands
) -> None:
    url = start()
    until(lambda: role(url) == "leading", within=20, what="it leads")
    for path in ["/health", "/ready", "/metrics"]:
        assert httpx.get(url + path).status_code == 200
    secret = add_operator(commands, "alice")
    for headers, status in [
        ({}, 303), ({"Accept": "application/json"}, 401),
        ({"Authorization": "Bearer x"}, 401), ({"Authorization": "Bearer " + secret}, 200),
        ({"Authorization": "Bearer " + secret, "Host": "attacker.example"}, 421),
        ({"Cookie": "sluice_operator=" + secret}, 303),
    ]:
        assert httpx.get(url + "/runs", headers=headers).status_code == status, headers
    told = httpx.get(url + "/runs", headers={"Authorization": "Bearer " + secret}).json()
    assert {row["task"] for row in told["tasks"]["rows"]} >= {"bill", "cleanup", "reconcile"}
    assert httpx.post(url + "/login", content=b"x" * 20_000).status_code == 413
    rotated = commands("keys", "operator", "rotate", "--name", "alice", "--json")
    new = json.loads(rotated.stdout)["secret"]

    def status(secret: str) -> int:
        return httpx.get(
            url + "/runs", headers={"Authorization": "Bearer " + secret}).status_code

    assert (status(secret), status(new)) == (401, 200)
    assert commands("keys", "operator", "revoke", "--name", "alice").returncode == 0
    assert status(new) == 401


@pytest.mark.parametrize(("arguments", "status", "words"), [
    (["add", "--name", "Alice"], 2, "'Alice'"), (["add", "--name", ""], 2, "expected is"),
    (["add"], 2, "--name"), (["revoke", "--name", "nobody"], 1, "no operator of that name"),
    (["add", "--name", "taken"], 1, "there is, or was"),
])
def test_an_operator_that_cannot_be_is_refused(
    commands: Commands, arguments: list[str], status: int, words: str
) -> None:
    add_operator(commands, "taken")
    result = commands("keys", "operator", *arguments)
    assert result.returncode == status and words in result.stderr


def test_operators_are_listed_without_what_lets_them_in(commands: Commands) -> None:
    secret = add_operator(commands, "alice")
    assert commands("keys", "operator", "revoke", "--name", "alice").returncode == 0
    add_operator(commands, "bob")
    result = commands("keys", "operator", "list", "--json")
    found = json.loads(result.stdout)
    assert [one["name"] for one in found] == ["bob", "alice"]
    assert found[1]["revokedAt"] and not found[0]["revokedAt"]
    assert secret not in result.stdout

