"""A wallet's signature becomes a session, once, for exactly the text we wrote."""

import base64
import json
import re
import selectors
import socket
from collections import Counter
from datetime import datetime, timedelta

import psycopg
import pytest

from support.client import CHALLENGE, Browser, connect, raw
from support.gateway import CHAIN, PUBLIC_DOMAIN, PUBLIC_URL, Fleet, Gateway
from support.wallet import Ed25519Wallet, MultisigWallet, PasskeyWallet, Wallet, wallets

TIME = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$")
STATEMENT = "Sign in to look after your account. This costs nothing."


@pytest.mark.parametrize("wallet", wallets(), ids=lambda wallet: (
    f"{wallet.scheme}-{type(wallet).__name__}"))
def test_each_scheme_signs_in_and_its_token_is_served(browser: Browser, wallet: Wallet) -> None:
    body = browser.sign_in(wallet)

    assert body["tokenType"] == "Bearer" and body["expiresIn"] == 900
    assert body["customer"]["walletAddress"] == wallet.address
    assert 1 <= body["customer"]["customerId"] < 2**32
    profile = Browser(browser.base).get("/v1/customer", bearer=body["accessToken"]).expect(200)
    assert profile.body["walletAddress"] == wallet.address


@pytest.mark.parametrize("wallet", wallets(), ids=lambda wallet: (
    f"{wallet.scheme}-{type(wallet).__name__}"))
def test_each_scheme_signs_in_without_naming_its_address_beforehand(
    browser: Browser, wallet: Wallet
) -> None:
    challenge = browser.challenge()
    template = challenge["messageTemplate"]
    assert template.count("{address}") == 1

    signature = wallet.sign(template.replace("{address}", wallet.address).encode())
    body = browser.verify(challenge["nonce"], signature).expect(200).body

    assert body["customer"]["walletAddress"] == wallet.address


def test_a_template_takes_the_address_in_the_verify_body_too(browser: Browser) -> None:
    wallet, other = Ed25519Wallet(), Ed25519Wallet()
    challenge = browser.challenge()
    signature = wallet.sign(
        challenge["messageTemplate"].replace("{address}", wallet.address).encode())
    body = {"nonce": challenge["nonce"], "signature": signature, "address": wallet.address}
    browser.post("/v1/auth/verify", json=body).expect(200)

    challenge = browser.challenge()
    signature = wallet.sign(
        challenge["messageTemplate"].replace("{address}", wallet.address).encode())
    body = {"nonce": challenge["nonce"], "signature": signature, "address": other.address}
    browser.post("/v1/auth/verify", json=body).expect(401, "signature_invalid")


def test_the_message_is_the_published_text_to_the_byte(fleet: Fleet) -> None:
    browser = Browser(fleet.start(SLUICE_STATEMENT=STATEMENT))
    wallet = Ed25519Wallet()

    challenge = browser.challenge(wallet.address)

    assert TIME.match(challenge["issuedAt"]) and TIME.match(challenge["expiresAt"])
    issued, expires = (
        datetime.fromisoformat(challenge[name]) for name in ("issuedAt", "expiresAt"))
    assert expires - issued == timedelta(minutes=5)
    assert re.fullmatch(r"[A-Za-z0-9]{22,}", challenge["nonce"])
    assert challenge["message"] == (
        f"{PUBLIC_DOMAIN} wants you to sign in with your Sui account:\n"
        f"{wallet.address}\n"
        "\n"
        f"{STATEMENT}\n"
        "\n"
        f"URI: {PUBLIC_URL}\n"
        "Version: 1\n"
        f"Chain ID: {CHAIN}\n"
        f"Nonce: {challenge['nonce']}\n"
        f"Issued At: {challenge['issuedAt']}\n"
        f"Expiration Time: {challenge['expiresAt']}"
    )
    template = browser.challenge()
    assert template["messageTemplate"].split("\n")[1] == "{address}"


def test_the_host_header_never_reaches_the_message(gateway: Gateway) -> None:
    answer = Browser(gateway).post(
        "/v1/auth/challenge", json={}, headers={"Host": "evil.example"})

    assert "evil.example" not in answer.response.text
    if answer.status == 201:
        assert answer.body["messageTemplate"].startswith(f"{PUBLIC_DOMAIN} wants you")


@pytest.mark.parametrize("spelling", ["0x2", "0X2", "0x" + "AB" * 32])
def test_an_address_is_taken_in_any_spelling_and_shown_in_one(
    browser: Browser, spelling: str
) -> None:
    answer = browser.post("/v1/auth/challenge", json={"address": spelling})
    if spelling.startswith("0X"):
        answer.expect(400)
        return
    digits = spelling[2:].lower().rjust(64, "0")
    assert answer.expect(201).body["message"].split("\n")[1] == "0x" + digits


@pytest.mark.parametrize("address", ["", "0x", "2", "0xzz", "0x" + "a" * 65, "0x" + "a" * 70000])
def test_an_address_that_is_none_is_refused(browser: Browser, address: str) -> None:
    answer = browser.post("/v1/auth/challenge", json={"address": address})
    assert answer.status in (400, 413) and answer.code


def test_a_foreign_chain_is_refused_and_ours_is_taken(browser: Browser) -> None:
    browser.post("/v1/auth/challenge", json={"chain": CHAIN}).expect(201)
    refused = browser.post("/v1/auth/challenge", json={"chain": "sui:mainnet"})
    assert refused.status in (400, 422) and refused.code


def test_a_bad_signature_burns_the_nonce(browser: Browser) -> None:
    wallet, thief = Ed25519Wallet(), Ed25519Wallet()
    challenge = browser.challenge(wallet.address)
    message = challenge["message"].encode()

    browser.verify(challenge["nonce"], thief.sign(message)).expect(401, "signature_invalid")

    browser.verify(challenge["nonce"], wallet.sign(message)).expect(401, "challenge_unknown")


def test_a_signature_that_cannot_be_read_burns_the_nonce_too(browser: Browser) -> None:
    wallet = Ed25519Wallet()
    challenge = browser.challenge(wallet.address)
    unreadable = base64.b64encode(b"\x07" + bytes(96)).decode()

    browser.verify(challenge["nonce"], unreadable).expect(400, "signature_malformed")

    signature = wallet.sign(challenge["message"].encode())
    browser.verify(challenge["nonce"], signature).expect(401, "challenge_unknown")


def test_a_body_that_is_not_right_leaves_the_nonce_alone(browser: Browser) -> None:
    wallet = Ed25519Wallet()
    challenge = browser.challenge(wallet.address)
    signature = wallet.sign(challenge["message"].encode())
    good = {"nonce": challenge["nonce"], "signature": signature}
    wrong = [
        json.dumps(good).encode()[:-1],
        json.dumps(good).encode() + b"{}",
        json.dumps({**good, "extra": 1}).encode(),
        json.dumps({**good, "signature": 7}).encode(),
        json.dumps({"nonce": challenge["nonce"]}).encode(),
        b'{"nonce":"%b","nonce":"%b","signature":"AA=="}' % ((challenge["nonce"].encode(),) * 2),
        b"[]", b"null", b"", b"\xff",
    ]
    for content in wrong:
        browser.post(
            "/v1/auth/verify", content=content, headers={"Content-Type": "application/json"}
        ).expect(400, "body_invalid")

    browser.post("/v1/auth/verify", json=good).expect(200)


def test_another_cookie_jar_is_refused_and_does_not_burn_the_nonce(gateway: Gateway) -> None:
    owner, other, bare = Browser(gateway), Browser(gateway), Browser(gateway)
    wallet = Ed25519Wallet()
    challenge = owner.challenge(wallet.address)
    other.challenge(wallet.address)
    signature = wallet.sign(challenge["message"].encode())

    other.verify(challenge["nonce"], signature).expect(401, "challenge_unknown")
    bare.verify(challenge["nonce"], signature).expect(401, "challenge_unknown")

    owner.verify(challenge["nonce"], signature).expect(200)


def test_a_client_without_cookies_sends_the_challenge_token(gateway: Gateway) -> None:
    browser, wallet = Browser(gateway, origin=None), Ed25519Wallet()
    challenge = browser.challenge(wallet.address)
    signature = wallet.sign(challenge["message"].encode())
    token = browser.cookies[CHALLENGE]

    body = browser.verify(
        challenge["nonce"], signature, cookies={}, headers={"X-Challenge-Token": token}
    ).expect(200).body

    assert body["customer"]["walletAddress"] == wallet.address


def test_cookie_and_challenge_token_that_differ_are_refused(gateway: Gateway) -> None:
    browser, other, wallet = Browser(gateway), Browser(gateway), Ed25519Wallet()
    challenge = browser.challenge(wallet.address)
    other.challenge()
    signature = wallet.sign(challenge["message"].encode())
    own, foreign = browser.cookies[CHALLENGE], other.cookies[CHALLENGE]

    refused = browser.verify(
        challenge["nonce"], signature, headers={"X-Challenge-Token": foreign})
    assert refused.status in (400, 401) and refused.code

    browser.verify(
        challenge["nonce"], signature, headers={"X-Challenge-Token": own}).expect(200)


def test_a_thousand_parallel_verifies_of_one_nonce_make_one_session(
    fleet: Fleet, pair_count: int = 2
) -> None:
    gateways = [fleet.start() for _ in range(pair_count)]
    browser, wallet = Browser(gateways[0]), Ed25519Wallet()
    challenge = browser.challenge(wallet.address)
    body = json.dumps({
        "nonce": challenge["nonce"], "signature": wallet.sign(challenge["message"].encode())})
    head = (
        "POST /v1/auth/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Origin: {PUBLIC_URL}\r\nCookie: {CHALLENGE}={browser.cookies[CHALLENGE]}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n")

    statuses = Counter(
        int(answer.split(b" ", 2)[1]) for answer in _all_at_once(
            [gateways[index % 2].port for index in range(1000)], (head + body).encode()))

    assert statuses == {200: 1, 401: 999}
    with psycopg.connect(fleet.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM sessions").fetchone() == (1,)


def _all_at_once(ports: list[int], request: bytes) -> list[bytes]:
    """Opens every connection first, then lets all send their last byte, then reads all answers."""
    connections = [connect(port, timeout=30) for port in ports]
    for connection in connections:
        connection.sendall(request[:-1])
    for connection in connections:
        connection.sendall(request[-1:])
    answers: dict[socket.socket, bytes] = dict.fromkeys(connections, b"")
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            selector.register(connection, selectors.EVENT_READ)
        while selector.get_map():
            events = selector.select(timeout=30)
            assert events, f"{len(selector.get_map())} requests are without an answer"
            for key, _ in events:
                chunk = key.fileobj.recv(65536)
                if chunk:
                    answers[key.fileobj] += chunk
                else:
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
    return list(answers.values())


def test_every_one_byte_change_of_the_text_is_refused(browser: Browser) -> None:
    wallet = Ed25519Wallet()
    length = len(browser.challenge(wallet.address)["message"].encode())
    for position in range(length):
        challenge = browser.challenge(wallet.address)
        altered = bytearray(challenge["message"].encode())
        altered[position] ^= 1
        browser.verify(challenge["nonce"], wallet.sign(bytes(altered))).expect(
            401, "signature_invalid")


@pytest.mark.parametrize("change", [
    lambda text: text + b"\n",
    lambda text: text.replace(b"\n", b"\r\n"),
    lambda text: text[:-1],
    lambda text: b"\xef\xbb\xbf" + text,
    lambda text: b"",
], ids=["line feed at the end", "carriage returns", "one byte less", "byte order mark", "nothing"])
def test_the_same_words_in_other_bytes_are_refused(browser: Browser, change) -> None:
    wallet = Ed25519Wallet()
    challenge = browser.challenge(wallet.address)

    signature = wallet.sign(change(challenge["message"].encode()))

    browser.verify(challenge["nonce"], signature).expect(401, "signature_invalid")


def test_a_template_signed_for_another_address_is_refused(browser: Browser) -> None:
    wallet, named = Ed25519Wallet(), Ed25519Wallet()
    for text in (named.address, "{address}", wallet.address.upper(), wallet.address[2:]):
        challenge = browser.challenge()
        message = challenge["messageTemplate"].replace("{address}", text)
        browser.verify(challenge["nonce"], wallet.sign(message.encode())).expect(
            401, "signature_invalid")


def test_a_multisig_below_its_threshold_and_a_foreign_passkey_text_are_refused(
    browser: Browser,
) -> None:
    first, second = Ed25519Wallet(), Ed25519Wallet()
    weak = MultisigWallet([(first, 1), (second, 1)], threshold=2, signers=[0])
    challenge = browser.challenge(weak.address)
    answer = browser.verify(challenge["nonce"], weak.sign(challenge["message"].encode()))
    assert answer.status in (400, 401) and answer.code in (
        "signature_invalid", "signature_malformed")

    passkey = PasskeyWallet()
    challenge = browser.challenge(passkey.address)
    data = passkey.client_data(challenge["message"].encode())
    for wrong in (
        data.replace(b"webauthn.get", b"webauthn.create"),
        data.replace(b"{", b'{"type":"webauthn.get",', 1),
    ):
        signature = base64.b64encode(passkey.assertion(wrong)).decode()
        answer = browser.verify(challenge["nonce"], signature)
        assert answer.status in (400, 401)
        challenge = browser.challenge(passkey.address)


@pytest.mark.parametrize("signature", [
    "", "!", "A", "AAA", base64.b64encode(bytes(97)).decode()[:-1], "AA==" * 3,
    base64.b64encode(b"\x03" + b"\xff\xff\xff\xff\x0f" + bytes(60)).decode(),
    base64.b64encode(b"\x05" + b"\xff" * 200).decode(),
    base64.b64encode(b"\x04" + bytes(144)).decode(),
    "A" * 60000,
])
def test_junk_for_a_signature_is_a_clear_refusal(browser: Browser, signature: str) -> None:
    challenge = browser.challenge(Ed25519Wallet().address)
    answer = browser.verify(challenge["nonce"], signature)
    assert answer.status == 400 and answer.code in ("signature_malformed", "body_invalid")


def test_a_key_of_small_order_signs_nobody_in(browser: Browser) -> None:
    for key in (bytes(32), b"\x01" + bytes(31), b"\xec" + b"\xff" * 30 + b"\x7f"):
        signature = base64.b64encode(b"\x00" + b"\x01" + bytes(63) + key).decode()
        challenge = browser.challenge()
        answer = browser.verify(challenge["nonce"], signature)
        assert answer.status in (400, 401) and answer.code


def test_a_challenge_past_its_time_is_refused(fleet: Fleet) -> None:
    browser, wallet = Browser(fleet.start()), Ed25519Wallet()
    challenge = browser.challenge(wallet.address)
    with psycopg.connect(fleet.database_url, autocommit=True) as connection:
        assert connection.execute(
            "UPDATE auth_nonces SET issued_at = issued_at - interval '301 s',"
            " expires_at = expires_at - interval '301 s'").rowcount == 1

    signature = wallet.sign(challenge["message"].encode())

    browser.verify(challenge["nonce"], signature).expect(401, "challenge_expired")
    browser.verify(challenge["nonce"], signature).expect(401, "challenge_unknown")


def test_a_closed_customer_is_told_so(fleet: Fleet) -> None:
    browser, wallet = Browser(fleet.start()), Ed25519Wallet()
    browser.sign_in(wallet)
    with psycopg.connect(fleet.database_url, autocommit=True) as connection:
        assert connection.execute("UPDATE customers SET status = 'closed'").rowcount == 1

    challenge = browser.challenge(wallet.address)
    signature = wallet.sign(challenge["message"].encode())

    browser.verify(challenge["nonce"], signature).expect(403, "customer_closed")


def test_the_same_wallet_is_the_same_customer_each_time(gateway: Gateway) -> None:
    wallet = Ed25519Wallet()
    first, second = Browser(gateway).sign_in(wallet), Browser(gateway).sign_in(wallet)

    assert first["customer"] == second["customer"]
    assert first["accessToken"] != second["accessToken"]


def test_a_megabyte_of_junk_is_refused_and_the_next_request_served(gateway: Gateway) -> None:
    request = (
        b"POST /v1/auth/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: 1000000\r\n\r\n" + b"\xff" * 1_000_000)
    answer = raw(gateway.port, request)
    assert answer is None or answer.status == 413
    Browser(gateway).get("/health").expect(200)
