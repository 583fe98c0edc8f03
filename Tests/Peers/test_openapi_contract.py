"""schemathesis makes requests from the published description and judges every answer by it."""

import os
import subprocess
import sys
from pathlib import Path

from support.client import Browser
from support.escrow import EscrowChain
from support.gateway import Fleet
from support.service import add_service, load_prices

# A call; `make fuzz` asks for more.
EXAMPLES = int(os.environ.get("SLUICE_TEST_EXAMPLES", "5"))
SECONDS = max(270, 18 * EXAMPLES)

# What a customer without money asks of services is well-formed, and still cannot be had; a span of
# two good times may be too long; of events, those that are wrong are rejected one by one.
SETTINGS = """
[[operations]]
include-path = "/v1/ingest/usage-events"
checks.negative_data_rejection.expected-statuses = ["200", "4xx"]

[[operations]]
include-path = "/v1/billing/usage"
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "401"]

[[operations]]
include-path-regex = "^/v1/services/"
checks.positive_data_acceptance.expected-statuses = ["2xx", "3xx", "401", "402", "404", "409", "422", "429"]
"""


def test_every_answer_keeps_to_the_published_description(fleet: Fleet, tmp_path: Path) -> None:
    chain = EscrowChain(tmp_path / "chain")
    chain.start()
    gateway = fleet.start(**chain.settings("graphql"))
    service = add_service(fleet, scopes="charges,refunds,ingest")
    load_prices(fleet)
    (tmp_path / "schemathesis.toml").write_text(SETTINGS)
    program = Path(sys.executable).with_name("schemathesis")
    scenarios = Path(__file__).resolve().parent.parent / "ScenarioTests"
    result = subprocess.run(
        [program, "run", gateway.url + "/openapi.json", "--checks", "all",
         "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", str(EXAMPLES),
         "--seed", "20261121", "--generation-database", "none", "--no-shrink",
         "--request-timeout", "10", "--continue-on-failure",
         # How quickly requests are made up says nothing of the answers, and much of the machine.
         "--suppress-health-check", "too_slow"],
        env={
            **os.environ, "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
            "PYTHONPATH": f"{Path(__file__).parent}:{scenarios}",
            "SLUICE_TEST_GATEWAY": gateway.url, "NO_COLOR": "1",
            "SLUICE_TEST_NODE": chain.url,
            "SLUICE_TEST_SERVICE": f"{service.id}:{service.secret}"},
        cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS, check=False)
    chain.stop()
    assert result.returncode == 0, result.stdout[-12000:] + result.stderr[-3000:]
    Browser(gateway).get("/health").expect(200)
    assert not [line for line in gateway.log_lines() if line["level"] == "error"]
