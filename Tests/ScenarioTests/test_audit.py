"""The audit trail: everything that matters is in it, and no secret is."""

import json
import subprocess
from collections.abc import Callable

import psycopg

from support.client import Browser
from support.gateway import Fleet
from support.wallet import Ed25519Wallet

Commands = Callable[..., subprocess.CompletedProcess[str]]


def rows(fleet: Fleet) -> list[dict]:
    with psycopg.connect(fleet.database_url) as connection:
        return [row for (row,) in connection.execute(
            "SELECT to_jsonb(a) FROM audit_log a ORDER BY 1")]


def test_each_event_leaves_a_row_with_who_what_when_and_whence(
    fleet: Fleet, commands: Commands
) -> None:
    gateway = fleet.start()
    wallet, thief, browser = Ed25519Wallet(), Ed25519Wallet(), Browser(gateway)
    agent = {"User-Agent": "audit-scenario/1", "X-Request-Id": "audit-request-1"}
    challenge = browser.challenge(wallet.address)
    browser.verify(
        challenge["nonce"], thief.sign(challenge["message"].encode()), headers=agent).expect(401)
    failed = [row for row in rows(fleet) if "fail" in row["action"]]
    assert len(failed) == 1 and "audit-request-1" in json.dumps(failed[0])

    challenge = browser.challenge(wallet.address)
    browser.verify(
        challenge["nonce"], wallet.sign(challenge["message"].encode()), headers=agent).expect(200)
    stolen = browser.refresh
    browser.post("/v1/auth/refresh").expect(200)
    browser.send("PATCH", "/v1/customer", json={"displayName": "Ada"}).expect(200)
    browser.post("/v1/auth/logout").expect(204)
    browser.sign_in(wallet)
    stolen = browser.refresh
    browser.post("/v1/auth/refresh").expect(200)
    with psycopg.connect(fleet.database_url, autocommit=True) as connection:
        connection.execute("UPDATE refresh_tokens SET used_at = used_at - interval '11 s'")
    browser.post("/v1/auth/refresh", cookies={"sluice_refresh": stolen}).expect(401)
    assert commands("keys", "rotate").returncode == 0

    seen = [f"{row['action']} {row.get('reason')}" for row in rows(fleet)]
    for part in ("sign_in", "refresh", "reuse", "logout", "key"):
        assert any(part in event for event in seen), (part, seen)
    succeeded = [
        row for row in rows(fleet)
        if "sign_in" in row["action"] and row["outcome"] == "success"]
    assert len(succeeded) == 2
    for fact in (wallet.address, "127.0.0.1"):
        assert fact in json.dumps(succeeded[0])
    assert "audit-scenario/1" in json.dumps(rows(fleet))


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
