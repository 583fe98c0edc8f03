"""Wallets made of other people's libraries: nothing of ours computes an address or a signature."""

import base64
import hashlib
import json
import secrets
from collections.abc import Sequence
from typing import Protocol

import coincurve
import nacl.signing
import pysui_fastcrypto
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PERSONAL_MESSAGE, TRANSACTION = b"\x03\x00\x00", b"\x00\x00\x00"


class Wallet(Protocol):
    """What signs in: an address, and signatures over personal messages and transactions."""

    scheme: str
    address: str

    def sign(self, message: bytes) -> str: ...

    def sign_transaction(self, transaction: bytes) -> str: ...


def uleb(number: int) -> bytes:
    encoded = bytearray()
    while True:
        number, low = number >> 7, number & 0x7F
        encoded.append(low | (0x80 if number else 0))
        if not number:
            return bytes(encoded)


def vector(content: bytes) -> bytes:
    return uleb(len(content)) + content


def blake2b(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=32).digest()


def digest(message: bytes) -> bytes:
    """What a wallet signs for a personal message."""
    return blake2b(PERSONAL_MESSAGE + vector(message))


def transaction_signing_digest(transaction: bytes) -> bytes:
    return blake2b(TRANSACTION + transaction)


def address(content: bytes) -> str:
    return "0x" + blake2b(content).hex()


def _p256_sign(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + min(s, P256_ORDER - s).to_bytes(32, "big")


def _p256_public(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)


class DigestWallet:
    """Signs the digests of personal messages and of transactions alike."""

    def signature(self, signed_digest: bytes) -> bytes:
        """The whole serialized signature over a signing digest."""
        raise NotImplementedError

    def sign(self, message: bytes) -> str:
        return base64.b64encode(self.signature(digest(message))).decode()

    def sign_transaction(self, transaction: bytes) -> str:
        return base64.b64encode(
            self.signature(transaction_signing_digest(transaction))).decode()


class SimpleWallet(DigestWallet):
    """A key of one curve. `member` is its index in a multisig's enumeration."""

    flag: int
    scheme: str

    def __init__(self, public_key: bytes) -> None:
        self.public_key = public_key
        self.address = address(bytes([self.flag]) + public_key)

    @property
    def member(self) -> int:
        return self.flag

    def raw(self, signed_digest: bytes) -> bytes:
        """64 bytes over a signing digest."""
        raise NotImplementedError

    def member_signature(self, signed_digest: bytes) -> bytes:
        return self.raw(signed_digest)

    def signature(self, signed_digest: bytes) -> bytes:
        return bytes([self.flag]) + self.raw(signed_digest) + self.public_key


class Ed25519Wallet(SimpleWallet):
    """PyNaCl."""

    flag, scheme = 0, "ed25519"

    def __init__(self) -> None:
        self._key = nacl.signing.SigningKey(secrets.token_bytes(32))
        super().__init__(bytes(self._key.verify_key))

    def raw(self, signed_digest: bytes) -> bytes:
        return self._key.sign(signed_digest).signature


class Secp256k1Wallet(SimpleWallet):
    """coincurve; its signatures have a low s."""

    flag, scheme = 1, "secp256k1"

    def __init__(self) -> None:
        self._key = coincurve.PrivateKey()
        super().__init__(self._key.public_key.format(compressed=True))

    def raw(self, signed_digest: bytes) -> bytes:
        return self._key.sign_recoverable(signed_digest)[:64]


class Secp256r1Wallet(SimpleWallet):
    """cryptography; s is lowered here."""

    flag, scheme = 2, "secp256r1"

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        super().__init__(_p256_public(self._key))

    def raw(self, signed_digest: bytes) -> bytes:
        return _p256_sign(self._key, signed_digest)


class FastcryptoWallet:
    """Mysten's own library makes the key and the whole serialized signature."""

    SCHEMES = {"ed25519": 0, "secp256k1": 1, "secp256r1": 2}

    def __init__(self, scheme: str) -> None:
        self.scheme = scheme
        self._flag = self.SCHEMES[scheme]
        _, public, self._private = pysui_fastcrypto.generate_new_keypair(self._flag)
        self.address = address(bytes([self._flag]) + bytes(public))

    def sign(self, message: bytes) -> str:
        return self._sign(vector(message), PERSONAL_MESSAGE)

    def sign_transaction(self, transaction: bytes) -> str:
        return self._sign(transaction, TRANSACTION)

    def _sign(self, content: bytes, intent: bytes) -> str:
        signed = pysui_fastcrypto.sign_digest(
            self._flag, self._private, base64.b64encode(content).decode(), list(intent))
        return base64.b64encode(bytes(signed)).decode()


class PasskeyWallet(DigestWallet):
    """A WebAuthn assertion whose challenge is the signing digest."""

    scheme, member = "passkey", 4

    def __init__(self, origin: str = "https://app.sluice.test") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._origin = origin
        self.public_key = _p256_public(self._key)
        self.address = address(b"\x06" + self.public_key)

    def client_data(self, message: bytes) -> bytes:
        return self._client_data(digest(message))

    def _client_data(self, signed_digest: bytes) -> bytes:
        challenge = base64.urlsafe_b64encode(signed_digest).rstrip(b"=").decode()
        return json.dumps(
            {"type": "webauthn.get", "challenge": challenge, "origin": self._origin,
             "crossOrigin": False}, separators=(",", ":")).encode()

    def assertion(self, client_data: bytes) -> bytes:
        """The whole serialized signature over any client data."""
        authenticator = hashlib.sha256(b"app.sluice.test").digest() + b"\x05" + bytes(4)
        signed = authenticator + hashlib.sha256(client_data).digest()
        user = b"\x02" + _p256_sign(self._key, signed) + self.public_key
        return b"\x06" + vector(authenticator) + vector(client_data) + vector(user)

    def member_signature(self, signed_digest: bytes) -> bytes:
        return vector(self.signature(signed_digest))

    def signature(self, signed_digest: bytes) -> bytes:
        return self.assertion(self._client_data(signed_digest))


class MultisigWallet(DigestWallet):
    """Members with weights; `signers` are the indices of those who sign."""

    scheme = "multisig"

    def __init__(
        self,
        members: Sequence[tuple[SimpleWallet | PasskeyWallet, int]],
        threshold: int,
        signers: Sequence[int],
    ) -> None:
        self._members, self._signers = members, sorted(signers)
        self._threshold = threshold.to_bytes(2, "little")
        hashed = b"\x03" + self._threshold
        for wallet, weight in members:
            flag = 6 if wallet.member == 4 else wallet.member
            hashed += bytes([flag]) + wallet.public_key + bytes([weight])
        self.address = address(hashed)

    def signature(self, signed_digest: bytes) -> bytes:
        content = b"\x03" + uleb(len(self._signers))
        for index in self._signers:
            wallet = self._members[index][0]
            content += bytes([wallet.member]) + wallet.member_signature(signed_digest)
        content += sum(1 << index for index in self._signers).to_bytes(2, "little")
        content += uleb(len(self._members))
        for wallet, weight in self._members:
            content += bytes([wallet.member]) + wallet.public_key + bytes([weight])
        return content + self._threshold


class ZkLoginWallet(DigestWallet):
    """A well-formed zkLogin signature with a made-up proof; only a node could judge it."""

    scheme = "zklogin"
    ISSUER = "https://accounts.google.com"

    def __init__(self) -> None:
        self._ephemeral = Ed25519Wallet()
        self._seed = int.from_bytes(b"\x01" + secrets.token_bytes(30), "big")
        issuer = self.ISSUER.encode()
        self.address = address(
            b"\x05" + bytes([len(issuer)]) + issuer + self._seed.to_bytes(32, "big"))

    def _inputs(self) -> bytes:
        def text(value: str) -> bytes:
            return vector(value.encode())

        def texts(values: list[str]) -> bytes:
            return uleb(len(values)) + b"".join(map(text, values))

        point = texts(["1", "2", "1"])
        matrix = uleb(3) + texts(["1", "2"]) + texts(["3", "4"]) + texts(["1", "0"])
        # The claim as it stands in a token's payload, at the start of a Base64 group.
        claim = base64.urlsafe_b64encode(f'"iss":"{self.ISSUER}",'.encode()).rstrip(b"=").decode()
        header = base64.urlsafe_b64encode(
            b'{"alg":"RS256","kid":"1","typ":"JWT"}').rstrip(b"=").decode()
        return (point + matrix + point + text(claim) + b"\x00" + text(header)
                + text(str(self._seed)))

    def signature(self, signed_digest: bytes) -> bytes:
        user = self._ephemeral.signature(signed_digest)
        return b"\x05" + self._inputs() + (1000).to_bytes(8, "little") + vector(user)


def wallets() -> list[Wallet]:
    """One of each kind that a gateway verifies by itself."""
    return [
        Ed25519Wallet(), Secp256k1Wallet(), Secp256r1Wallet(), PasskeyWallet(),
        *map(FastcryptoWallet, FastcryptoWallet.SCHEMES),
        MultisigWallet(
            [(Ed25519Wallet(), 1), (Secp256k1Wallet(), 2), (Secp256r1Wallet(), 3),
             (PasskeyWallet(), 4)], threshold=7, signers=[0, 1, 3]),
    ]
