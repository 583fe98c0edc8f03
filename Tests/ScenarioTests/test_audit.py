"""The audit trail: everything that matters is in it, and no secret is."""

import json
import os
import pwd
import socket
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import jwt
import psycopg
import pytest

from support.client import Browser
from support.gateway import Fleet, Gateway
from support.wallet import Ed25519Wallet

Commands = Callable[..., subprocess.CompletedProcess[str]]
Headers = dict[str, str]
COLUMNS = (
    "action", "outcome", "reason", "customer_id", "session_id", "wallet_address", "ip",
    "user_agent", "request_id")


def rows(fleet: Fleet) -> list[dict]:
    with psycopg.connect(fleet.database_url) as connection:
        return [row for (row,) in connection.execute(
            "SELECT to_jsonb(a) FROM audit_log a ORDER BY audit_id")]


class Trail:
    """Looks at what each deed adds to the audit log, column by column, and at nothing before."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._seen = len(rows(fleet))

    def expect(
        self, name: str, deed: Callable[[Headers], object], *expected: Callable[[], dict]
    ) -> None:
        """`deed` is given its request's headers; `expected` tells, after it, what is not usual."""
        headers = {"User-Agent": f"agent-{name}/1", "X-Request-Id": f"request-{name}"}
        usual = dict.fromkeys(COLUMNS) | {
            "outcome": "success", "ip": "127.0.0.1", "user_agent": headers["User-Agent"],
            "request_id": headers["X-Request-Id"]}
        found = [{column: row[column] for column in COLUMNS} for row in self._added(deed, headers)]
        assert found == [usual | row() for row in expected], name

    def expect_command(self, action: str, deed: Callable[[], object]) -> dict:
        """The details of the one row that a command adds; no client had a part in it."""
        [row] = self._added(lambda _: deed(), {})
        nobody = dict.fromkeys(COLUMNS) | {"action": action, "outcome": "success"}
        assert {column: row[column] for column in COLUMNS} == nobody
        return row["details"]

    def _added(self, deed: Callable[[Headers], object], headers: Headers) -> list[dict]:
        slack = timedelta(milliseconds=5)  # The log's times end at the millisecond.
        before = datetime.now(UTC) - slack
        deed(headers)
        after = datetime.now(UTC) + slack
        added = rows(self._fleet)[self._seen:]
        self._seen += len(added)
        for row in added:
            for moment in ("at", "recorded_at"):
                assert before <= datetime.fromisoformat(row[moment]) <= after, (moment, row)
        return added


class Person:
    """A wallet and its browser; who and which session, for the rows to name."""

    def __init__(self, gateway: Gateway, wallet: Ed25519Wallet | None = None) -> None:
        self.wallet = wallet or Ed25519Wallet()
        self.browser = Browser(gateway)

    def sign_in(
        self, headers: Headers, signer: Ed25519Wallet | None = None, status: int = 200
    ) -> None:
        challenge = self.browser.challenge(self.wallet.address)
        signature = (signer or self.wallet).sign(challenge["message"].encode())
        self.browser.verify(challenge["nonce"], signature, headers=headers).expect(status)
        if status == 200:
            claims = jwt.decode(self.browser.access, options={"verify_signature": False})
            self.who = {"customer_id": claims["customerId"], "session_id": claims["sid"]}

    def refresh(self, token: str | None = None, status: int = 200) -> Callable[[Headers], object]:
        cookies = {"sluice_refresh": token} if token else None
        return lambda headers: self.browser.post(
            "/v1/auth/refresh", headers=headers, cookies=cookies).expect(status)

    def delete(self, path: str = "") -> Callable[[Headers], object]:
        return lambda headers: self.browser.delete(
            "/v1/auth/sessions" + path, headers=headers).expect(204)


def test_each_sign_in_leaves_a_row_with_who_what_when_and_whence(fleet: Fleet) -> None:
    gateway = fleet.start()
    trail, ada = Trail(fleet), Person(gateway)
    address = {"wallet_address": ada.wallet.address}

    trail.expect("sign-in", ada.sign_in, lambda: {
        "action": "sign_in_succeeded", **address, **ada.who})
    trail.expect("thief", lambda headers: ada.sign_in(headers, Ed25519Wallet(), 401), lambda: {
        "action": "sign_in_failed", "outcome": "failure", "reason": "address_mismatch", **address})
    with psycopg.connect(fleet.database_url, autocommit=True) as connection:
        connection.execute("UPDATE customers SET status = 'closed'")
    trail.expect("closed", lambda headers: ada.sign_in(headers, status=403), lambda: {
        "action": "sign_in_failed", "outcome": "failure", "reason": "customer_closed", **address})


def test_each_event_of_a_session_leaves_a_row_with_who_what_when_and_whence(fleet: Fleet) -> None:
    gateway = fleet.start()
    ada = Person(gateway)
    phone, tablet = Person(gateway, ada.wallet), Person(gateway, ada.wallet)
    for device in (ada, phone, tablet):
        device.sign_in({})
    trail, first = Trail(fleet), ada.browser.refresh
    ended = {"action": "session_ended"}

    trail.expect("refresh", ada.refresh(), lambda: {"action": "session_refreshed", **ada.who})
    trail.expect("again", ada.refresh(first), lambda: {
        "action": "session_refreshed", "reason": "grace", **ada.who})
    trail.expect("nonsense", ada.refresh("A" * 43, 401), lambda: {
        "action": "refresh_failed", "outcome": "failure", "reason": "refresh_invalid"})
    trail.expect(
        "rename", lambda headers: ada.browser.send(
            "PATCH", "/v1/customer", json={"displayName": "Ada"}, headers=headers).expect(200),
        lambda: {"action": "customer_renamed", "customer_id": ada.who["customer_id"]})
    trail.expect("end", ada.delete(f"/{phone.who['session_id']}"), lambda: {
        **ended, "reason": "ended_by_customer", **phone.who})
    trail.expect("others", ada.delete(), lambda: {
        **ended, "reason": "ended_others", **tablet.who})
    with psycopg.connect(fleet.database_url, autocommit=True) as connection:
        connection.execute("UPDATE refresh_tokens SET used_at = used_at - interval '11 s'")
    trail.expect("reuse", ada.refresh(first, 401), lambda: {
        "action": "refresh_reused", "reason": "refresh_reused", **ada.who})
    ada.sign_in({})
    trail = Trail(fleet)
    trail.expect(
        "logout", lambda headers: ada.browser.post("/v1/auth/logout", headers=headers).expect(204),
        lambda: {**ended, "reason": "logout", **ada.who})


def test_each_change_of_a_key_leaves_a_row_with_who_made_it(
    fleet: Fleet, commands: Commands
) -> None:
    gateway = fleet.start()
    [made] = rows(fleet)
    assert made["action"] == "signing_key_made"
    assert made["details"]["operator"]["pid"] == gateway.pid
    trail = Trail(fleet)

    def command(*words: str) -> Callable[[], str]:
        def run() -> str:
            result = commands(*words, SUDO_USER="grace")
            assert result.returncode == 0, result.stderr
            output.append(result.stdout)
            return result.stdout
        return run

    output: list[str] = []
    found = [
        trail.expect_command("signing_key_rotated", command("keys", "rotate")),
        trail.expect_command("signing_key_rotated", command("keys", "rotate", "--now")),
        trail.expect_command("service_key_added", command(
            "keys", "service", "add", "--name", "billing", "--scopes", "charges", "--json")),
    ]

    assert [details.get("immediately") for details in found] == [False, True, None]
    for details, printed in zip(found, output, strict=True):
        assert details["keyId"] in printed, "it names the key"
        operator = details["operator"]
        assert operator["user"] == pwd.getpwuid(os.geteuid()).pw_name
        assert operator["sudoUser"] == "grace"
        assert operator["host"] == socket.gethostname()
        assert operator["pid"] not in (gateway.pid, os.getpid()) and operator["pid"] > 0
    assert (found[2]["name"], found[2]["scopes"]) == ("billing", "charges")
    assert json.loads(output[2])["secret"] not in json.dumps(rows(fleet))


def test_no_row_holds_a_token_a_signature_or_a_secret(fleet: Fleet) -> None:
    gateway = fleet.start()
    wallet, browser = Ed25519Wallet(), Browser(gateway)
    challenge = browser.challenge(wallet.address)
    signature = wallet.sign(challenge["message"].encode())
    body = browser.verify(challenge["nonce"], signature).expect(200).body
    first = browser.refresh
    browser.post("/v1/auth/refresh").expect(200)
    browser.post("/v1/auth/logout").expect(204)

    trail = json.dumps(rows(fleet))

    for secret in (body["accessToken"], first, browser.cookies.get("sluice_challenge", "-" * 24),
                   signature, challenge["nonce"], gateway.environment["DB_ENCRYPTION_KEY"]):
        assert secret[:24] not in trail


def test_sign_ins_refused_before_they_are_looked_at_are_on_record_up_to_their_limit(
    fleet: Fleet
) -> None:
    gateway = fleet.start(SLUICE_LIMIT_VERIFY="5/60")
    browser = Browser(gateway)
    body = {"nonce": "A" * 26, "signature": "AA=="}

    def verify(number: int, **headers: str) -> str | None:
        return browser.post("/v1/auth/verify", json=body, headers={
            "X-Request-Id": f"refused-{number}", "User-Agent": "refused/1", **headers}).code

    assert verify(0, Origin="https://evil.example") == "origin_refused"
    assert verify(
        1, Cookie="sluice_challenge=" + "A" * 43, **{"X-Challenge-Token": "B" * 43}
    ) == "credentials_conflict"
    assert verify(
        2, Cookie="sluice_challenge=A; sluice_challenge=B") == "credentials_conflict"
    for number in range(3, 20):
        assert verify(number, Origin="https://evil.example") == (
            "origin_refused" if number < 5 else "rate_limited")

    found = [row for row in rows(fleet) if row["action"] == "sign_in_failed"]
    assert [(row["request_id"], row["reason"]) for row in found] == [
        ("refused-0", "origin_refused"), ("refused-1", "credentials_conflict"),
        ("refused-2", "credentials_conflict"), ("refused-3", "origin_refused"),
        ("refused-4", "origin_refused")]
    assert all(row["ip"] == "127.0.0.1" and row["user_agent"] == "refused/1" for row in found)


TOKEN = "A" * 43
STATUS = {
    "origin_refused": 403, "credentials_conflict": 400, "parameter_invalid": 400,
    "body_invalid": 400, "media_type_unsupported": 415}
ATTEMPT = {"nonce": "A" * 40, "signature": "AA=="}


@pytest.mark.parametrize(("headers", "body", "reason"), [
    ({"Origin": "https://evil.example"}, ATTEMPT, "origin_refused"),
    ({"Cookie": f"sluice_challenge={TOKEN}", "X-Challenge-Token": "B" * 43}, ATTEMPT,
     "credentials_conflict"),
    ({"Cookie": f"sluice_challenge={TOKEN}; sluice_challenge={TOKEN}"}, ATTEMPT,
     "credentials_conflict"),
    ({"Cookie": 'sluice_challenge="x"'}, ATTEMPT, "challenge_unknown"),
    ({"Cookie": "sluice_access="}, ATTEMPT, "token_invalid"),
    ({}, ATTEMPT, "challenge_unknown"),
    ({"X-Challenge-Token": TOKEN}, ATTEMPT, "challenge_unknown"),
    ({"X-Challenge-Token": "not a token"}, ATTEMPT, "parameter_invalid"),
    ({"X-Challenge-Token": TOKEN}, {**ATTEMPT, "extra": 1}, "body_invalid"),
    ({"X-Challenge-Token": TOKEN}, {**ATTEMPT, "address": "0x"}, "body_invalid"),
    ({"X-Challenge-Token": TOKEN}, {}, "body_invalid"),
    ({"X-Challenge-Token": TOKEN, "Content-Type": "text/plain"}, ATTEMPT,
     "media_type_unsupported"),
])
def test_every_refused_sign_in_leaves_exactly_one_row(
    shared_fleet: Fleet, gateway: Gateway, headers: Headers, body: dict, reason: str
) -> None:
    browser = Browser(gateway)
    content = json.dumps(body).encode()
    trail = Trail(shared_fleet)
    trail.expect(
        "refused", lambda usual: browser.post(
            "/v1/auth/verify", content=content,
            headers={"Content-Type": "application/json", **usual, **headers}
        ).expect(STATUS.get(reason, 401), reason),
        lambda: {"action": "sign_in_failed", "outcome": "failure", "reason": reason})
