"""Keys of services as an operator handles them: listed, changed, revoked, and their names again."""

import json
import secrets

import psycopg
import pytest

from support.binary import run
from support.client import Browser
from support.gateway import Fleet, Gateway, empty_env_file, settings
from support.service import Service, add_service, command, funded_customer

TARGET = "/v1/charges"


def keys(fleet: Fleet, *arguments: str):
    return run(
        "keys", "service", *arguments, "--env-file", str(empty_env_file(fleet.directory)),
        environment=settings(fleet.directory, fleet.database_url))


def listed(fleet: Fleet, name: str) -> list[dict]:
    result = keys(fleet, "list", "--json")
    assert result.returncode == 0, result.stderr
    return [entry for entry in json.loads(result.stdout) if entry["name"] == name]


def charges_of(fleet: Fleet, customer: int) -> int:
    with psycopg.connect(fleet.database_url) as connection:
        return connection.execute(
            "SELECT count(*) FROM charges WHERE customer_id = %s", (customer,)).fetchone()[0]


@pytest.fixture
def name() -> str:
    return "s" + secrets.token_hex(6)


@pytest.fixture
def customer(gateway: Gateway, shared_fleet: Fleet) -> int:
    """Somebody with 10 USDC."""
    return funded_customer(gateway, shared_fleet, 10_000_000)


def again(fleet: Fleet, name: str) -> Service:
    made = command(
        fleet, "add", "--name", name, "--scopes", "charges,refunds", "--inherit", "--json")
    return Service(made["id"], made["secret"])


def test_a_revoked_key_is_refused_at_once_everywhere_with_all_its_secrets(
    pair: tuple[Gateway, Gateway], shared_fleet: Fleet, name: str
) -> None:
    first = add_service(shared_fleet, name)
    made = command(shared_fleet, "rotate", "--name", name, "--json")
    second = Service(made["id"], made["secret"])
    for gateway in pair:
        for service in (first, second):
            service.get(gateway, TARGET).expect(200)
    command(shared_fleet, "revoke", "--name", name)
    for gateway in pair:
        for service in (first, second):
            service.get(gateway, TARGET).expect(401, "service_key_unknown")


def test_a_revoked_key_stays_refused_when_its_name_is_given_again(
    gateway: Gateway, shared_fleet: Fleet, name: str
) -> None:
    old = add_service(shared_fleet, name)
    command(shared_fleet, "revoke", "--name", name)
    new = again(shared_fleet, name)
    assert new.id != old.id
    new.get(gateway, TARGET).expect(200)
    old.get(gateway, TARGET).expect(401, "service_key_unknown")
    Service(new.id, old.secret).get(gateway, TARGET).expect(401, "signature_invalid")
    Service(old.id, new.secret).get(gateway, TARGET).expect(401, "service_key_unknown")


def test_what_was_charged_is_not_charged_again_by_the_name_s_next_key(
    gateway: Gateway, shared_fleet: Fleet, name: str, customer: int
) -> None:
    old = add_service(shared_fleet, name)
    first = old.charge(gateway, customer, 1_000_000, key="june").expect(202)
    command(shared_fleet, "revoke", "--name", name)
    new = again(shared_fleet, name)
    repeated = new.charge(gateway, customer, 1_000_000, key="june").expect(202)
    assert repeated.body == first.body
    new.charge(gateway, customer, 2_000_000, key="june").expect(422, "idempotency_key_reused")
    assert charges_of(shared_fleet, customer) == 1


def test_another_name_has_keys_of_its_own(
    gateway: Gateway, shared_fleet: Fleet, name: str, customer: int
) -> None:
    one, other = add_service(shared_fleet, name), add_service(shared_fleet)
    first = one.charge(gateway, customer, 1_000_000, key="july").expect(202).body
    second = other.charge(gateway, customer, 1_000_000, key="july").expect(202).body
    assert first["chargeId"] != second["chargeId"]


def test_a_name_is_not_given_again_unasked(shared_fleet: Fleet, name: str) -> None:
    add_service(shared_fleet, name)
    command(shared_fleet, "revoke", "--name", name)
    refused = keys(shared_fleet, "add", "--name", name, "--scopes", "charges", "--json")
    assert refused.returncode == 1 and refused.stdout == ""
    assert "--inherit" in refused.stderr and "Idempotency" in refused.stderr
    again(shared_fleet, name)
    taken = keys(shared_fleet, "add", "--name", name, "--scopes", "charges", "--inherit")
    assert taken.returncode == 1 and "already" in taken.stderr


def test_a_list_shows_what_stands_and_no_secret(shared_fleet: Fleet, name: str) -> None:
    old = add_service(shared_fleet, name, scopes="charges,reports")
    added = command(shared_fleet, "rotate", "--name", name, "--json")
    (live,) = listed(shared_fleet, name)
    assert live["id"] == old.id and live["secrets"] == 2 and live["revokedAt"] is None
    assert live["scopes"] == ["charges", "reports"] and live["createdAt"].endswith("Z")
    command(shared_fleet, "revoke", "--name", name)
    new = again(shared_fleet, name)
    found = listed(shared_fleet, name)
    assert [entry["id"] for entry in found] == [new.id, old.id]
    assert [entry["secrets"] for entry in found] == [1, 0] and found[1]["revokedAt"]
    for text in (keys(shared_fleet, "list").stdout, keys(shared_fleet, "list", "--json").stdout):
        assert old.id in text and new.id in text
        for secret in (old.secret, new.secret, added["secret"]):
            assert secret not in text


@pytest.mark.parametrize("verb", ["revoke", "retire", "rotate"])
def test_a_misspelt_name_is_said_to_be_unknown(shared_fleet: Fleet, verb: str) -> None:
    refused = keys(shared_fleet, verb, "--name", "nobody-has-this")
    assert refused.returncode == 1 and "no live key" in refused.stderr


def test_a_flood_of_refused_calls_leaves_one_record_and_its_figures(
    gateway: Gateway, shared_fleet: Fleet, name: str
) -> None:
    service = add_service(shared_fleet, name)
    for _ in range(20):
        service.get(gateway, TARGET, change={"X-HMAC-Signature": "0" * 64}).expect(401)
    command(shared_fleet, "revoke", "--name", name)
    for _ in range(20):
        service.get(gateway, TARGET).expect(401, "service_key_unknown")
    with psycopg.connect(shared_fleet.database_url) as connection:
        recorded = connection.execute(
            "SELECT reason, count(*) FROM audit_log WHERE action = 'service_call_refused' "
            "AND details->>'keyId' = %s GROUP BY reason", (service.id,)).fetchall()
    assert sorted(recorded) == [("service_key_revoked", 1), ("signature_invalid", 1)]
    figures = Browser(gateway).get("/metrics").response.text
    for reason in ("service_key_revoked", "signature_invalid"):
        assert f'sluice_service_calls_refused_total{{reason="{reason}"}}' in figures
