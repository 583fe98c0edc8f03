"""An authority of the tests, and certificates by it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    def __init__(self, directory: Path, name: str = "sluice edges") -> None:
        self._directory, self._name = directory, _name(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.path = directory / f"{name.replace(' ', '-')}.pem"
        certificate = self._signed(
            self._name, self._key, DAY, x509.BasicConstraints(ca=True, path_length=0))
        self.path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        self._made = 0

    def _signed(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, valid: timedelta,
        constraints: x509.BasicConstraints
    ) -> x509.Certificate:
        """From three days ago, for as long after now as said."""
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder().subject_name(name).issuer_name(self._name)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - 3 * DAY).not_valid_after(now + valid)
            .add_extension(constraints, critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("intake.test")]), False)
            .sign(self._key, hashes.SHA256()))

    def certificate(self, name: str, valid: timedelta = DAY) -> Path:
        """A file with the certificate and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._signed(
            _name(name), key, valid, x509.BasicConstraints(ca=False, path_length=None))
        self._made += 1
        path = self._directory / f"{self.path.stem}-{self._made}.pem"
        path.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption()))
        return path
