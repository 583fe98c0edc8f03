"""What a customer is answered by the gateway, and at that moment by a real HAProxy."""

import time

from support.subscriber import Subscriber
from support.vault_edge import hashed
from support.vault_stage import BOUND, VaultStage, stage  # noqa: F401
from support.waiting import until

BALANCE, PRICE = 20_000, 100
REFUSED_WITHIN = 10.0


def tariff(stage: VaultStage, key: str) -> list[str]:
    """What HAProxy has of a key: tier, and requests a second; nothing where it is not known."""
    lines = (stage.edge.vault / "api_keys.map").read_text().splitlines()
    return next((line.split(";")[1:3] for line in lines if line.startswith(hashed(key))), [])


def test_what_a_customer_chooses_and_revokes_is_so_at_the_edge(stage: VaultStage) -> None:
    gateway = stage.fleet.start()
    customer = Subscriber(gateway, stage.fleet, 200_000_000)
    customer.choose("starter").expect(200)
    customer.enable().expect(200)
    made = [customer.make_key()]
    for tier, options, rate in [
        ("starter", {}, "100"), ("pro", {"apiKeys": 4}, "1000"),
        ("pro", {"apiKeys": 4, "burst": True}, "2000"),
    ]:
        customer.choose(tier, **options).expect(200)
        until(lambda: tariff(stage, made[0]["key"]) == [tier, rate], within=30,
              what=f"{rate} a second for {tier}")
    made += [customer.make_key() for _ in range(3)]
    keys = [one["key"] for one in made]
    for key in keys:
        stage.seconds_until(key, 200)

    def revoke(number: int, wait: int) -> tuple[dict, float]:
        began = time.monotonic()
        path = f"/v1/api-keys/{made[number]['apiKeyId']}/revoke?wait={wait}"
        answer = customer.browser.post(path).expect(200).body
        return answer, time.monotonic() - began

    answer, seconds = revoke(0, wait=5)
    assert stage.edge.status(keys[0]) == 401, "it is refused when the answer is there"
    assert answer["applied"] and seconds < BOUND
    [edge] = answer["edges"]
    assert (edge["edge"], edge["applied"]) == ("edge-1", True)
    # An edge may have a version before its row says that it is in force.
    until(lambda: edge["version"] == stage.tables.published(), within=5, what="it is published")
    assert stage.statuses(keys[1:]) == {200}

    with stage.edge.frozen():  # The files are in force, and nobody knows what HAProxy has of them.
        answer, seconds = revoke(1, wait=1)
    assert not answer["applied"] and not answer["edges"][0]["applied"]
    assert 1 <= seconds < 3
    assert stage.seconds_until(keys[1], 401) < BOUND

    until(stage.has_applied_all, within=10, what="the edge says so")
    stage.kill("intake")
    answer, seconds = revoke(2, wait=2)
    assert not answer["applied"] and not answer["edges"][0]["applied"]
    assert 2 <= seconds < 4
    assert stage.statuses(keys[2:]) == {200}, "it was told the truth"
    stage.start("intake")
    answer, _ = revoke(2, wait=10)
    assert answer["applied"] and stage.edge.status(keys[2]) == 401

    customer.browser.delete(f"/v1/api-keys/{made[3]['apiKeyId']}").expect(204)
    assert stage.seconds_until(keys[3], 401) < BOUND


def test_who_uses_more_than_is_paid_in_is_refused_within_ten_seconds(stage: VaultStage) -> None:
    [bystander], [user] = stage.keys[:1], stage.others[:1]
    stage.tables.pay(1, 1000 * BALANCE)
    stage.tables.pay(2, BALANCE)
    stage.kill("manager")
    stage.start("manager", task=None)
    for _ in range(BALANCE // PRICE):
        assert stage.edge.status(user) == 200
    until(lambda: stage.tables.ask(
        "SELECT successful, is_stale FROM usage_records JOIN billing_accounts USING (customer_id)"
        " WHERE customer_id = 2") == [(BALANCE // PRICE, False)], within=30,
        what="all of it has been metered and looked at")
    assert stage.edge.status(user) == 200, "what is paid in may be used"
    seconds = stage.seconds_until(user, 402, within=30)
    print(f"refused after {seconds:.1f} s")
    assert seconds < REFUSED_WITHIN
    assert stage.edge.status(bystander) == 200
    until(lambda: stage.tables.ask(
        "SELECT state FROM service_instances WHERE customer_id <= 2 ORDER BY customer_id") == [
            ("enabled",), ("suspended_no_payment",)], within=20, what="it alone is suspended")
