"""What every call has in common: problems, request ids, methods, media types, sizes."""

import json
import re

import pytest

from support.client import Browser, raw
from support.gateway import Gateway
from support.waiting import until
from support.wallet import Ed25519Wallet

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def signed_in(gateway: Gateway) -> Browser:
    browser = Browser(gateway)
    browser.sign_in(Ed25519Wallet())
    return browser


def refusals(browser: Browser) -> list:
    other = Browser(browser.base)
    return [
        browser.get("/nowhere"), browser.get("/v1/nowhere"), browser.get("/v1/auth/verify"),
        browser.get("/problems/no_such_code"), other.get("/v1/customer"),
        browser.post("/v1/auth/verify", content=b"{", headers=JSON),
        browser.post("/v1/auth/verify", content=b"x", headers={"Content-Type": "text/plain"}),
        browser.post("/v1/auth/verify", json={"nonce": "x" * 22, "signature": "AA==", "a": 1}),
        browser.post("/v1/auth/challenge", json={}, headers={"Origin": "https://evil.example"}),
        browser.post("/v1/auth/verify", content=b" " * 65537, headers=JSON),
        browser.delete("/v1/auth/sessions/not-an-id"),
    ]


def test_every_refusal_is_a_problem_with_all_its_members(signed_in: Browser) -> None:
    seen = set()
    for answer in refusals(signed_in):
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.body
        assert {"type", "title", "status", "detail", "instance", "code"} <= set(problem)
        assert re.fullmatch(r"[a-z][a-z0-9_]*", problem["code"])
        assert problem["type"] == f"/problems/{problem['code']}"
        assert problem["status"] == answer.status >= 400
        assert problem["instance"] == answer.headers["x-request-id"]
        assert answer.headers["cache-control"] == "no-store"
        for leak in ("SELECT", "INSERT", "sqlstate", ".swift", "Error(", "postgres"):
            assert leak not in answer.response.text
        seen.add(problem["code"])
    assert len(seen) >= 6


def test_every_problem_has_a_page_that_says_what_to_do(signed_in: Browser) -> None:
    for code in {answer.body["code"] for answer in refusals(signed_in)}:
        page = signed_in.get(f"/problems/{code}").expect(200)
        assert page.body["code"] == code and page.body["status"] >= 400
        assert page.body["title"] and page.body["meaning"] and page.body["remedy"]


@pytest.mark.parametrize("method, path, allowed", [
    ("GET", "/v1/auth/challenge", {"POST"}),
    ("PUT", "/v1/auth/verify", {"POST"}),
    ("DELETE", "/v1/customer", {"GET", "PATCH"}),
    ("POST", "/v1/auth/sessions", {"GET", "DELETE"}),
    ("POST", "/health", {"GET"}),
    ("TRACE", "/v1/customer", {"GET", "PATCH"}),
    ("BREW", "/v1/customer", {"GET", "PATCH"}),
])
def test_another_method_is_405_and_names_the_right_ones(
    signed_in: Browser, method: str, path: str, allowed: set[str]
) -> None:
    answer = signed_in.send(method, path).expect(405)
    assert allowed <= {name.strip() for name in answer.headers["allow"].split(",")}


def test_head_answers_like_get_without_a_body(signed_in: Browser) -> None:
    answer = signed_in.send("HEAD", "/health")
    assert answer.status == 200 and answer.response.content == b""


@pytest.mark.parametrize("path", [
    "/", "/v1", "/v1/customer/", "//v1/customer", "/v1/../v1/customer", "/V1/customer",
    "/v1/auth/sessions/%2e%2e", "/v1/customer%00", "/%76%31/customer", "/v1/customer;x=1"])
def test_a_path_is_taken_literally(signed_in: Browser, path: str) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: sluice_access={signed_in.access}\r\n\r\n"
    answer = raw(int(signed_in.base.rsplit(":", 1)[1]), request.encode())
    assert answer is not None and (
        answer.status in (400, 404, 405) or path == "/")
    assert b"walletAddress" not in answer.body


@pytest.mark.parametrize("media", [
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
    "application/xml", "application/jsonx", ""])
def test_another_media_type_is_415(browser: Browser, media: str) -> None:
    browser.post(
        "/v1/auth/challenge", content=b"{}", headers={"Content-Type": media}).expect(415)


@pytest.mark.parametrize("media", [
    "application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_in_any_usual_spelling_is_taken(browser: Browser, media: str) -> None:
    browser.post(
        "/v1/auth/challenge", content=b"{}", headers={"Content-Type": media}).expect(201)


def test_a_body_of_64_kib_is_read_and_one_byte_more_is_413(browser: Browser) -> None:
    limit = 64 * 1024
    browser.post(
        "/v1/auth/challenge", content=b"{}".ljust(limit), headers=JSON).expect(201)
    browser.post(
        "/v1/auth/challenge", content=b"{}".ljust(limit + 1), headers=JSON).expect(413)


def test_an_unknown_member_is_refused_by_its_name(browser: Browser) -> None:
    answer = browser.post("/v1/auth/challenge", json={"adress": "0x1"})
    answer.expect(400, "body_invalid")
    assert "adress" in json.dumps(answer.body)


@pytest.mark.parametrize("content", [
    b'{"address":"0x1","address":"0x2"}', b'{"address":"\\ud800"}', b'{"address":"\xc3\x28"}',
    b"[" * 5000, b'{"a":' * 5000, b"{'address':1}", b'{"address":0x1}', b"{}//", b'{"address":NaN}',
    b'{"address":1e999}', b'\xef\xbb\xbf{}', b'{"address":"a\nb"}'])
def test_what_is_not_strict_json_is_refused(browser: Browser, content: bytes) -> None:
    browser.post("/v1/auth/challenge", content=content, headers=JSON).expect(400, "body_invalid")


@pytest.mark.parametrize("given", ["a", "Az09._-", "x" * 64])
def test_a_good_request_id_is_taken_echoed_and_logged(gateway: Gateway, given: str) -> None:
    given = given if len(given) == 64 else given + "-" + "q" * 8
    answer = Browser(gateway).get("/v1/customer", headers={"X-Request-Id": given})
    assert answer.headers["x-request-id"] == given and answer.body["instance"] == given
    until(lambda: [line for line in gateway.log_lines() if given in line.values()],
          within=20, what="a log line with the request id")


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\"b", "a;b", "ü", "a/b"])
def test_another_request_id_is_replaced(browser: Browser, given: str) -> None:
    answer = browser.get("/v1/customer", headers={"X-Request-Id": given.encode("latin-1")})
    made = answer.headers["x-request-id"]
    assert made != given and re.fullmatch(r"[A-Za-z0-9._-]{1,64}", made)


def test_log_lines_carry_time_level_message_request_and_trace(gateway: Gateway) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    Browser(gateway).get("/v1/customer", headers={
        "traceparent": f"00-{trace}-b7ad6b7169203331-01", "X-Request-Id": "trace-probe"})

    [line] = until(
        lambda: [line for line in gateway.log_lines() if "trace-probe" in line.values()],
        within=20, what="the request's log line")
    assert {"time", "level", "message"} <= set(line)
    assert trace in line.values()


@pytest.mark.parametrize("traceparent", [
    "", "junk", "00-" + "0" * 32 + "-b7ad6b7169203331-01",
    "00-" + "g" * 32 + "-b7ad6b7169203331-01",
    "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"])
def test_a_traceparent_that_is_none_harms_nobody(browser: Browser, traceparent: str) -> None:
    browser.get("/health", headers={"traceparent": traceparent}).expect(200)


def test_api_answers_are_not_stored_and_give_nothing_away(signed_in: Browser) -> None:
    for path in ("/v1/customer", "/v1/auth/sessions", "/v1/auth/session", "/health", "/ready"):
        answer = signed_in.get(path).expect(200)
        assert answer.headers["cache-control"] == "no-store", path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert "microhttpd" not in str(answer.headers).lower()


def test_no_answer_and_no_log_line_holds_a_secret(gateway: Gateway) -> None:
    browser = Browser(gateway)
    body = browser.sign_in(Ed25519Wallet())
    refresh = browser.refresh
    browser.post("/v1/auth/refresh").expect(200)
    browser.post("/v1/auth/logout").expect(204)
    until(lambda: any("/v1/auth/logout" in line.values() for line in gateway.log_lines()),
          within=20, what="logout is logged")
    log = gateway.output()
    for secret in (body["accessToken"], refresh, gateway.environment["DB_ENCRYPTION_KEY"]):
        assert secret not in log and secret[:24] not in log
