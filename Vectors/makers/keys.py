"""Deterministic keys and signers. Each scheme signs with a library of its own."""

import pysui_fastcrypto
from coincurve import PrivateKey
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from nacl.signing import SigningKey

from makers.codec import ED25519, SECP256K1, SECP256R1, address, b64, sha256

ED25519_L = 2**252 + 27742317777372353535851937790883648493
SECP256K1_N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
SECP256K1_P = 2**256 - 2**32 - 977
SECP256R1_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SECP256R1_P = 2**256 - 2**224 + 2**192 + 2**96 - 1

NAMES = {ED25519: "ed25519", SECP256K1: "secp256k1", SECP256R1: "secp256r1"}
ORDERS = {SECP256K1: SECP256K1_N, SECP256R1: SECP256R1_N}
PRIMES = {SECP256K1: SECP256K1_P, SECP256R1: SECP256R1_P}


def split(signature: bytes) -> tuple[int, int]:
    return int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")


def join(r: int, s: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


class Key:
    """A test key named by its label: the same label, the same key."""

    def __init__(self, flag: int, label: str):
        self.flag = flag
        self.secret = sha256(f"sluice vectors {NAMES[flag]} {label}".encode())
        self.public = getattr(self, f"_public_{NAMES[flag]}")()

    def _public_ed25519(self) -> bytes:
        return bytes(SigningKey(self.secret).verify_key)

    def _public_secp256k1(self) -> bytes:
        return PrivateKey(self.secret).public_key.format(compressed=True)

    def _public_secp256r1(self) -> bytes:
        return self._p256().public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint
        )

    def _p256(self):
        return ec.derive_private_key(int.from_bytes(self.secret, "big"), ec.SECP256R1())

    @property
    def address(self) -> str:
        return address(self.flag, self.public)

    @property
    def scheme(self) -> str:
        return NAMES[self.flag]

    def sign(self, data: bytes) -> bytes:
        """64 bytes over `data`; the ECDSA schemes hash it with SHA-256 and have a low s."""
        if self.flag == ED25519:
            return SigningKey(self.secret).sign(data).signature
        if self.flag == SECP256K1:
            return PrivateKey(self.secret).sign_recoverable(data)[:64]
        der = self._p256().sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = decode_dss_signature(der)
        return join(r, min(s, SECP256R1_N - s))

    def serialized(self, data: bytes) -> bytes:
        return self.wrap(self.sign(data))

    def wrap(self, signature: bytes) -> bytes:
        return bytes([self.flag]) + signature + self.public

    def fastcrypto_serialized(self, intent: bytes, payload: bytes) -> bytes:
        """The whole serialized signature as Mysten's own library makes it."""
        return bytes(
            pysui_fastcrypto.sign_digest(self.flag, self.secret, b64(payload), list(intent))
        )


def fastcrypto_accepts(flag: int, public: bytes, data: bytes, signature: bytes) -> bool:
    """The verdict of Mysten's own library; what it cannot read it does not accept."""
    try:
        return pysui_fastcrypto.verify_pubk(flag, public, b64(data), b64(signature)) is True
    except Exception:  # The binding raises one bare type for each kind of refusal.
        return False


def is_on_curve(flag: int, public: bytes) -> bool:
    curve = {SECP256K1: ec.SECP256K1(), SECP256R1: ec.SECP256R1()}[flag]
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(curve, public)
    except ValueError:
        return False
    return True
