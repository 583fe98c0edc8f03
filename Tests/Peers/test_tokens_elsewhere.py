"""Others verify our tokens with their own libraries, from what we publish."""

import json
import secrets
import shutil
import subprocess
from pathlib import Path

import jwt
import pytest

from support.client import Browser
from support.gateway import Fleet, Gateway, settings
from support.wallet import Ed25519Wallet

HERE = Path(__file__).parent


def node(script: str, content: dict) -> dict:
    program = shutil.which("node")
    assert program, "Node.js is not installed"
    result = subprocess.run(
        [program, HERE / script], input=json.dumps(content), capture_output=True, text=True,
        timeout=20, check=True)
    return json.loads(result.stdout)


def test_pyjwt_verifies_a_token_from_the_key_set_alone(gateway: Gateway) -> None:
    wallet = Ed25519Wallet()
    signed_in = Browser(gateway).sign_in(wallet)
    token = signed_in["accessToken"]
    unverified = jwt.decode(token, options={"verify_signature": False})

    keys = jwt.PyJWKClient(gateway.url + "/.well-known/jwks.json")
    claims = jwt.decode(
        token, keys.get_signing_key_from_jwt(token), algorithms=["EdDSA"],
        issuer=unverified["iss"], audience=unverified["aud"],
        options={"require": ["iss", "aud", "sub", "exp", "iat", "jti"]})

    assert claims["sub"] == wallet.address
    assert claims["customerId"] == signed_in["customer"]["customerId"]
    for wrong in ({"issuer": "https://evil.example"}, {"audience": "https://evil.example"}):
        with pytest.raises(jwt.InvalidTokenError):
            jwt.decode(
                token, keys.get_signing_key_from_jwt(token), algorithms=["EdDSA"],
                **{"issuer": unverified["iss"], "audience": unverified["aud"], **wrong})


def test_issuer_and_audience_are_those_of_the_configuration(fleet: Fleet) -> None:
    gateway = fleet.start(
        SLUICE_TOKEN_ISSUER="https://issuer.sluice.test",
        SLUICE_TOKEN_AUDIENCE="https://api.sluice.test")
    token = Browser(gateway).sign_in(Ed25519Wallet())["accessToken"]
    keys = jwt.PyJWKClient(gateway.url + "/.well-known/jwks.json")
    jwt.decode(
        token, keys.get_signing_key_from_jwt(token), algorithms=["EdDSA"],
        issuer="https://issuer.sluice.test", audience="https://api.sluice.test")


def test_node_verifies_an_eddsa_token_from_the_key_set_alone(gateway: Gateway) -> None:
    browser = Browser(gateway)
    token = browser.sign_in(Ed25519Wallet())["accessToken"]
    jwks = browser.get("/.well-known/jwks.json").body
    assert node("verify_eddsa.mjs", {"token": token, "jwks": jwks}) == {"valid": True}
    header, claims, signature = token.split(".")
    flipped = ("B" if signature[0] == "A" else "A") + signature[1:]
    forged = f"{header}.{claims}.{flipped}"
    assert node("verify_eddsa.mjs", {"token": forged, "jwks": jwks}) == {"valid": False}


def test_node_verifies_an_hs256_token_with_the_shared_secret(fleet: Fleet) -> None:
    secret = secrets.token_hex(32)
    gateway = fleet.start(SLUICE_TOKEN_ALGORITHM="HS256", JWT_SECRET=secret)
    wallet = Ed25519Wallet()
    token = Browser(gateway).sign_in(wallet)["accessToken"]

    seen = node("verify_hs256.mjs", {"token": token, "secret": secret})

    assert seen["valid"] is True
    assert seen["header"]["alg"] == "HS256" and seen["header"]["typ"] == "at+jwt"
    assert seen["claims"]["walletAddress"] == wallet.address
    other = settings(fleet.directory, fleet.database_url)["DB_ENCRYPTION_KEY"]
    assert node("verify_hs256.mjs", {"token": token, "secret": other})["valid"] is False
