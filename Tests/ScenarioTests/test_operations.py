"""What operators and tools read: health, readiness, metrics, the API's own description."""

import json
import re
import signal

from support.client import Browser
from support.gateway import Fleet, Gateway
from support.waiting import until
from support.wallet import Ed25519Wallet

SAMPLE = re.compile(
    r'[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-z_]+="[^"]*",?)*\})? [-+0-9.eE]+(Inf|NaN)?')


def test_health_is_served_without_any_credential(browser: Browser) -> None:
    assert browser.get("/health").expect(200).headers["content-type"] == "application/json"


def test_ready_names_its_checks(browser: Browser) -> None:
    body = browser.get("/ready").expect(200).body
    assert body["status"] == "ok"
    assert "database" in body["checks"]
    assert "absent" in body["checks"].values() or "absent" in json.dumps(body["checks"])


def test_metrics_are_prometheus_text_and_count(gateway: Gateway) -> None:
    browser = Browser(gateway)

    def total() -> float:
        text = browser.get("/metrics").expect(200).response.text
        return sum(
            float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
            if re.match(r"[a-z_]*requests?_total", line))

    answer = browser.get("/metrics").expect(200)
    assert answer.headers["content-type"].startswith("text/plain")
    names = set()
    for line in answer.response.text.splitlines():
        if line.startswith("# TYPE "):
            names.add(line.split()[2])
            continue
        assert line.startswith("# ") or SAMPLE.fullmatch(line), line
    assert len(names) >= 5
    before = total()
    for _ in range(10):
        browser.get("/v1/customer").expect(401)
    until(lambda: total() >= before + 10, within=20, what="the requests are counted")


def test_metrics_and_logs_do_not_grow_with_what_clients_make_up(browser: Browser) -> None:
    browser.get("/metrics")
    before = len(browser.get("/metrics").response.text.splitlines())
    for index in range(200):
        browser.get(f"/v1/made-up/{index}")
        browser.send("BREW" + chr(65 + index % 26), "/health")
    after = len(browser.get("/metrics").response.text.splitlines())
    assert after - before < 60


def test_the_openapi_document_describes_what_is_served(browser: Browser) -> None:
    document = browser.get("/openapi.json").expect(200).body
    assert document["openapi"].startswith("3.1")
    paths = document["paths"]
    for path, methods in {
        "/v1/auth/challenge": {"post"}, "/v1/auth/verify": {"post"},
        "/v1/auth/refresh": {"post"}, "/v1/auth/logout": {"post"},
        "/v1/auth/session": {"get"}, "/v1/auth/sessions": {"get", "delete"},
        "/v1/auth/sessions/{id}": {"delete"}, "/v1/customer": {"get", "patch"},
        "/.well-known/jwks.json": {"get"}, "/health": {"get"}, "/ready": {"get"},
        "/metrics": {"get"},
    }.items():
        assert methods <= set(paths[path]), path
        for method in methods:
            operation = paths[path][method]
            assert operation["summary"] and operation["operationId"]
            assert any(code.startswith("2") for code in operation["responses"])


def test_every_described_operation_exists(browser: Browser) -> None:
    document = browser.get("/openapi.json").expect(200).body
    for path, operations in document["paths"].items():
        concrete = re.sub(r"\{[^}]*\}", "01890000-0000-7000-8000-000000000000", path)
        for method in operations:
            if method in ("parameters", "summary", "description"):
                continue
            answer = browser.send(method.upper(), concrete)
            assert answer.status != 405, (method, path)
            assert answer.status != 404 or "{" in path, (method, path)


def test_the_api_page_needs_nothing_from_outside(browser: Browser) -> None:
    answer = browser.get("/docs").expect(200)
    page = answer.response.text
    assert answer.headers["content-type"].startswith("text/html")
    for path in ("/v1/auth/challenge", "/v1/auth/verify", "/v1/customer"):
        assert path in page
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", page)
    assert "content-security-policy" in answer.headers


def test_the_key_set_is_public_and_says_how_long_it_lasts(browser: Browser) -> None:
    answer = browser.get("/.well-known/jwks.json").expect(200)
    assert len(answer.body["keys"]) >= 1
    assert "max-age=" in answer.headers["cache-control"]


def test_an_idle_gateway_is_small_and_starts_at_once(fleet: Fleet) -> None:
    gateway = fleet.start(ready_within=2)
    Browser(gateway).sign_in(Ed25519Wallet())
    assert gateway.resident_bytes() < 40 * 1024 * 1024


def test_stopping_is_said_in_the_log(fleet: Fleet) -> None:
    gateway = fleet.start()
    gateway.signal(signal.SIGTERM)
    assert gateway.wait() == 0
    lines = gateway.log_lines()
    assert lines and all({"time", "level", "message"} <= set(line) for line in lines)
    assert not [line for line in lines if line["level"] == "error"]
