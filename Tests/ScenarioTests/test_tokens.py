"""Access tokens: only ours, only as issued, only for what they are."""

import base64
import hashlib
import hmac
import json
import secrets

import jwt
import psycopg
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from support.client import ACCESS, REFRESH, Browser, raw
from support.gateway import DATABASE_KEY, Fleet, Gateway
from support.sealed import unseal
from support.wallet import Ed25519Wallet


def encode(part: dict | bytes) -> str:
    content = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decode(text: str) -> dict:
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


class Mint:
    """Signs what we like with the gateway's own key, taken out of the database with its secret."""

    def __init__(self, fleet: Fleet, gateway: Gateway) -> None:
        self.token = Browser(gateway).sign_in(Ed25519Wallet())["accessToken"]
        header, claims, _ = self.token.split(".")
        self.header, self.claims = decode(header), decode(claims)
        with psycopg.connect(fleet.database_url) as connection:
            rows = connection.execute("SELECT key_id, private_key FROM signing_keys").fetchall()
        self._key = next(
            Ed25519PrivateKey.from_private_bytes(
                unseal(sealed, DATABASE_KEY, f"signing_keys.{id}.private_key"))
            for id, sealed in rows if id == self.header["kid"])
        self.public = self._key.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw)

    def signed(self, header: dict, claims: dict) -> str:
        content = f"{encode(header)}.{encode(claims)}"
        return f"{content}.{encode(self._key.sign(content.encode()))}"


@pytest.fixture(scope="module")
def mint(shared_fleet: Fleet, gateway: Gateway) -> Mint:
    return Mint(shared_fleet, gateway)


def refused(gateway: Gateway, token: str, code: str = "token_invalid") -> None:
    """Both where only the token is read, and where the database is too."""
    for path in ("/v1/auth/session", "/v1/customer"):
        answer = Browser(gateway).get(path, bearer=token).expect(401, code)
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_the_token_has_the_promised_header_and_claims(mint: Mint, gateway: Gateway) -> None:
    assert mint.header["typ"] == "at+jwt" and mint.header["alg"] == "EdDSA"
    assert set(mint.claims) == {
        "iss", "aud", "client_id", "sub", "walletAddress", "customerId", "chain", "sid", "jti",
        "iat", "exp"}
    assert mint.claims["sub"] == mint.claims["walletAddress"]
    assert mint.claims["exp"] - mint.claims["iat"] == 900
    seen = Browser(gateway).get("/v1/auth/session", bearer=mint.token).expect(200).body
    for shown, claim in {
        "walletAddress": "walletAddress", "customerId": "customerId", "sessionId": "sid",
        "chain": "chain", "tokenId": "jti",
    }.items():
        assert seen[shown] == mint.claims[claim]


def test_a_token_signed_anew_with_the_genuine_key_is_served(mint: Mint, gateway: Gateway) -> None:
    """The control for the refusals below: what they change is what is refused."""
    token = mint.signed(mint.header, mint.claims)
    Browser(gateway).get("/v1/customer", bearer=token).expect(200)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
def test_alg_none_is_refused(mint: Mint, gateway: Gateway, algorithm: str) -> None:
    content = f"{encode({**mint.header, 'alg': algorithm})}.{encode(mint.claims)}"
    refused(gateway, content + ".")
    refused(gateway, content + "." + mint.token.split(".")[2])


def test_hs256_with_the_public_key_as_secret_is_refused(mint: Mint, gateway: Gateway) -> None:
    document = Browser(gateway).get("/.well-known/jwks.json").expect(200).body
    pem = serialization.load_der_public_key(
        bytes.fromhex("302a300506032b6570032100") + mint.public
    ).public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    secrets_to_try = [mint.public, pem, document["keys"][0]["x"].encode(),
                      json.dumps(document["keys"][0]).encode()]
    content = f"{encode({**mint.header, 'alg': 'HS256'})}.{encode(mint.claims)}"
    for secret in secrets_to_try:
        code = hmac.new(secret, content.encode(), hashlib.sha256).digest()
        refused(gateway, f"{content}.{encode(code)}")


@pytest.mark.parametrize("algorithm", ["Ed448", "ES256", "RS256", "HS512", "eddsa"])
def test_another_algorithm_than_the_keys_own_is_refused(
    mint: Mint, gateway: Gateway, algorithm: str
) -> None:
    refused(gateway, mint.signed({**mint.header, "alg": algorithm}, mint.claims))


@pytest.mark.parametrize("kid", [
    None, "", "0", "../../etc/passwd", "' OR 1=1 --", "01890000-0000-7000-8000-000000000000", 7])
def test_a_foreign_kid_is_refused(mint: Mint, gateway: Gateway, kid: object) -> None:
    header = {**mint.header, "kid": kid}
    if kid is None:
        del header["kid"]
    refused(gateway, mint.signed(header, mint.claims))


def test_a_key_that_the_token_brings_along_is_refused(mint: Mint, gateway: Gateway) -> None:
    own = Ed25519PrivateKey.generate()
    public = encode(own.public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw))
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": public, "kid": mint.header["kid"]}
    for extra in ({"jwk": jwk}, {"jku": "http://127.0.0.1:1/jwks.json"},
                  {"x5u": "http://127.0.0.1:1/"}, {"x5c": ["AA=="]}):
        content = f"{encode({**mint.header, **extra})}.{encode(mint.claims)}"
        refused(gateway, f"{content}.{encode(own.sign(content.encode()))}")


@pytest.mark.parametrize("header", [{"crit": ["exp"]}, {"b64": False, "crit": ["b64"]}])
def test_a_critical_extension_is_refused(mint: Mint, gateway: Gateway, header: dict) -> None:
    refused(gateway, mint.signed({**mint.header, **header}, mint.claims))


@pytest.mark.parametrize("typ", [None, "JWT", "", "id+jwt", 1])
def test_another_type_of_token_is_refused(mint: Mint, gateway: Gateway, typ: object) -> None:
    header = {**mint.header, "typ": typ}
    if typ is None:
        del header["typ"]
    refused(gateway, mint.signed(header, mint.claims))


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "sid", "exp", "iat", "customerId"])
def test_a_missing_or_wrong_claim_is_refused(mint: Mint, gateway: Gateway, claim: str) -> None:
    without = {name: value for name, value in mint.claims.items() if name != claim}
    refused(gateway, mint.signed(mint.header, without))
    refused(gateway, mint.signed(mint.header, {**mint.claims, claim: {"a": 1}}))
    if claim in ("iss", "aud"):
        refused(gateway, mint.signed(mint.header, {**mint.claims, claim: "https://evil.example"}))


def test_a_token_past_its_time_is_refused_and_the_leeway_is_thirty_seconds(
    mint: Mint, gateway: Gateway
) -> None:
    now = mint.claims["iat"]
    old = {**mint.claims, "iat": now - 1000, "exp": now - 100}
    refused(gateway, mint.signed(mint.header, old), "token_expired")
    just = {**mint.claims, "iat": now - 902, "exp": now - 2}
    Browser(gateway).get("/v1/auth/session", bearer=mint.signed(mint.header, just)).expect(200)


def test_every_part_of_a_token_is_covered(mint: Mint, gateway: Gateway) -> None:
    header, claims, signature = mint.token.split(".")
    richer = encode({**mint.claims, "customerId": mint.claims["customerId"] ^ 1})
    for token in (
        f"{header}.{richer}.{signature}", f"{header}.{claims}.{signature[:-2]}",
        f"{header}.{claims}", f"{header}.{claims}.{signature}.", f".{claims}.{signature}",
        f"{header}.{claims}.{signature}=", f"{header}..{signature}", "..", "x", "a.b.c",
        f"{header}.{claims}.{encode(bytes(64))}", "A" * 7000,
    ):
        refused(gateway, token)


def test_a_flipped_character_anywhere_is_refused(mint: Mint, gateway: Gateway) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    browser = Browser(gateway)
    browser.get("/v1/auth/session", bearer=mint.token).expect(200)  # It may be remembered now.
    for position in range(0, len(mint.token), 3):
        character = mint.token[position]
        if character == ".":
            continue
        other = alphabet[alphabet.index(character) ^ 1]
        token = mint.token[:position] + other + mint.token[position + 1:]
        browser.get("/v1/auth/session", bearer=token).expect(401, "token_invalid")


def test_a_refresh_token_is_no_access_token_and_the_reverse(browser: Browser) -> None:
    browser.sign_in(Ed25519Wallet())
    access, refresh = browser.access, browser.refresh
    other = Browser(browser.base)

    refused_answer = other.get("/v1/customer", bearer=refresh)
    assert refused_answer.expect(401).code == "token_invalid"
    other.get("/v1/customer", cookies={ACCESS: refresh}).expect(401)
    other.post("/v1/auth/refresh", json={"refreshToken": access}).expect(401)
    other.post("/v1/auth/refresh", cookies={REFRESH: access}).expect(401)

    browser.get("/v1/customer").expect(200)
    browser.post("/v1/auth/refresh").expect(200)


def test_no_credential_is_a_401_that_says_how(browser: Browser) -> None:
    for path in ("/v1/customer", "/v1/auth/sessions", "/v1/auth/session"):
        answer = browser.get(path).expect(401)
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("value", [
    b"Basic dXNlcjpwYXNz", b"Bearer", b"Bearer ", b"bearer", b"Token x", b"Bearer a b",
    b"Bearer \xff"])
def test_an_authorization_header_of_another_kind_is_refused(
    gateway: Gateway, value: bytes
) -> None:
    answer = raw(
        gateway.port,
        b"GET /v1/customer HTTP/1.1\r\nHost: x\r\nAuthorization: " + value + b"\r\n\r\n")
    assert answer is not None and answer.status in (400, 401) and answer.code


def test_authorization_beside_cookies_is_the_only_credential(gateway: Gateway) -> None:
    alice, bob = Browser(gateway), Browser(gateway)
    alice_wallet, bob_wallet = Ed25519Wallet(), Ed25519Wallet()
    alice.sign_in(alice_wallet)
    token = bob.sign_in(bob_wallet)["accessToken"]

    seen = alice.get("/v1/customer", bearer=token).expect(200).body
    assert seen["walletAddress"] == bob_wallet.address
    alice.get("/v1/customer", bearer="junk").expect(401, "token_invalid")
    alice.send(
        "PATCH", "/v1/customer", json={"displayName": "Bob"}, bearer=token,
        headers={"Origin": "https://evil.example"}).expect(200)
    assert alice.get("/v1/customer").body["displayName"] != "Bob"


def test_hs256_tokens_are_made_and_taken_and_their_secret_is_not_published(fleet: Fleet) -> None:
    secret = secrets.token_hex(32)
    gateway = fleet.start(SLUICE_TOKEN_ALGORITHM="HS256", JWT_SECRET=secret)
    token = Browser(gateway).sign_in(Ed25519Wallet())["accessToken"]

    assert jwt.get_unverified_header(token)["alg"] == "HS256"
    Browser(gateway).get("/v1/customer", bearer=token).expect(200)
    jwks = Browser(gateway).get("/.well-known/jwks.json").expect(200)
    assert jwks.body == {"keys": []} and secret not in jwks.response.text
    header, claims, _ = token.split(".")
    for algorithm in ("none", "EdDSA", "HS384"):
        content = f"{encode({**decode(header), 'alg': algorithm})}.{claims}"
        code = hmac.new(secret.encode(), content.encode(), hashlib.sha256).digest()
        refused(gateway, f"{content}.{encode(code)}")


def test_an_eddsa_gateway_takes_no_hs256_token(mint: Mint, gateway: Gateway) -> None:
    content = f"{encode({**mint.header, 'alg': 'HS256'})}.{encode(mint.claims)}"
    for secret in (b"", bytes(32), DATABASE_KEY.encode(), bytes.fromhex(DATABASE_KEY)):
        code = hmac.new(secret, content.encode(), hashlib.sha256).digest()
        refused(gateway, f"{content}.{encode(code)}")
