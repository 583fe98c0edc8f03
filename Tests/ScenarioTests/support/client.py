"""Clients: a browser with a cookie jar of its own, and bare sockets."""

import json
import re
import socket
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx

from .gateway import PUBLIC_URL, Gateway
from .wallet import Ed25519Wallet, Wallet

ACCESS, REFRESH, CHALLENGE = "sluice_access", "sluice_refresh", "sluice_challenge"
_unset = object()


def http_client(**options: Any) -> httpx.Client:
    """Keeps no cookies: a jar is a test's business. Plain HTTP, so no certificates are read."""
    options.setdefault("timeout", 10)
    jar = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    return httpx.Client(cookies=jar, trust_env=False, verify=False, **options)


@dataclass
class Answer:
    """A response, with what most tests ask of it."""

    response: httpx.Response

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def headers(self) -> httpx.Headers:
        return self.response.headers

    @property
    def body(self) -> dict:
        return self.response.json()

    @property
    def code(self) -> str | None:
        """A problem's stable code; None where the answer is no problem."""
        if self.headers.get("content-type", "").startswith("application/problem+json"):
            return self.body.get("code")
        return None

    @property
    def set_cookies(self) -> dict[str, "SetCookie"]:
        parsed = [SetCookie.parse(line) for line in self.headers.get_list("set-cookie")]
        return {cookie.name: cookie for cookie in parsed}

    def expect(self, status: int, code: str | None = None) -> "Answer":
        """Itself, when status and problem code are as named; a failure that shows the body else."""
        seen = f"{self.response.request.method} {self.response.request.url.path}: " \
               f"{self.status} {self.response.text[:600]}"
        assert self.status == status, f"expected {status} {code or ''}, got {seen}"
        if code is not None or status >= 400:
            assert self.headers["content-type"].startswith("application/problem+json"), seen
        if code is not None:
            assert self.code == code, f"expected {code}, got {seen}"
        return self


@dataclass
class SetCookie:
    """One Set-Cookie header: name, value, and its attributes by lower-case name."""

    name: str
    value: str
    attributes: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def parse(line: str) -> "SetCookie":
        first, *rest = line.split(";")
        name, _, value = first.partition("=")
        attributes = {}
        for part in rest:
            key, _, content = part.strip().partition("=")
            attributes[key.lower()] = content
        return SetCookie(name.strip(), value.strip(), attributes)


class Browser:
    """Sends its cookies, and its page's Origin with everything that is not GET or HEAD."""

    def __init__(self, gateway: Gateway | str, origin: str | None = PUBLIC_URL) -> None:
        self.base = gateway if isinstance(gateway, str) else gateway.url
        self.origin = origin
        self.cookies: dict[str, str] = {}
        self._client = http_client()

    def send(
        self,
        method: str,
        path: str,
        *,
        json: Any = _unset,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        bearer: str | None = None,
        at: Gateway | None = None,
        cookies: dict[str, str] | None = None,
    ) -> Answer:
        sent = dict(headers or {})
        if self.origin and method not in ("GET", "HEAD"):
            sent.setdefault("Origin", self.origin)
        if bearer:
            sent["Authorization"] = f"Bearer {bearer}"
        jar = self.cookies if cookies is None else cookies
        if jar:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        options: dict[str, Any] = {} if json is _unset else {"json": json}
        response = self._client.request(
            method, (at.url if at else self.base) + path, headers=sent, content=content, **options)
        answer = Answer(response)
        for cookie in answer.set_cookies.values():
            if cookie.attributes.get("max-age") == "0" or not cookie.value:
                self.cookies.pop(cookie.name, None)
            else:
                self.cookies[cookie.name] = cookie.value
        return answer

    def get(self, path: str, **options: Any) -> Answer:
        return self.send("GET", path, **options)

    def post(self, path: str, **options: Any) -> Answer:
        return self.send("POST", path, **options)

    def delete(self, path: str, **options: Any) -> Answer:
        return self.send("DELETE", path, **options)

    def challenge(self, address: str | None = None, **options: Any) -> dict:
        """The body of a new challenge; its cookie is in the jar."""
        body = {} if address is None else {"address": address}
        return self.post("/v1/auth/challenge", json=body, **options).expect(201).body

    def verify(self, nonce: str, signature: str, **options: Any) -> Answer:
        return self.post(
            "/v1/auth/verify", json={"nonce": nonce, "signature": signature}, **options)

    def sign_in(self, wallet: Wallet) -> dict:
        """A whole sign-in; the body of the answer, cookies in the jar."""
        challenge = self.challenge(wallet.address)
        return self.verify(
            challenge["nonce"], wallet.sign(challenge["message"].encode())).expect(200).body

    @property
    def access(self) -> str:
        return self.cookies[ACCESS]

    @property
    def refresh(self) -> str:
        return self.cookies[REFRESH]


def sign_in(gateway: Gateway, wallet: Wallet) -> str:
    """An access token for `wallet`."""
    return Browser(gateway).sign_in(wallet)["accessToken"]


def new_customer(gateway: Gateway) -> int:
    """The number of somebody who has signed in with a wallet that nobody knew."""
    return Browser(gateway).sign_in(Ed25519Wallet())["customer"]["customerId"]


@dataclass
class RawAnswer:
    """What came back on a bare socket, up to the end of one message or of the connection."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def code(self) -> str | None:
        try:
            return json.loads(self.body).get("code")
        except ValueError:
            return None


def connect(port: int, timeout: float = 10) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=timeout)


def read_answer(connection: socket.socket) -> RawAnswer | None:
    """One HTTP/1.1 response; None when the peer closed without a word."""
    data = b""
    while b"\r\n\r\n" not in data:
        try:
            chunk = connection.recv(65536)
        except ConnectionResetError:
            chunk = b""
        if not chunk:
            return None
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    match = re.match(r"HTTP/1\.1 (\d{3})", first)
    assert match, f"not an HTTP/1.1 status line: {first!r}"
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    expected = int(headers.get("content-length", "0"))
    while len(body) < expected:
        chunk = connection.recv(65536)
        if not chunk:
            break
        body += chunk
    return RawAnswer(int(match.group(1)), headers, body)


def raw(port: int, request: bytes, timeout: float = 10) -> RawAnswer | None:
    """Sends bytes as they are and reads one answer."""
    with connect(port, timeout) as connection:
        try:
            connection.sendall(request)
        except (BrokenPipeError, ConnectionResetError):
            pass  # A refusal may come before all was sent.
        return read_answer(connection)
