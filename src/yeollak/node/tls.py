"""The line's certificate: made by the node itself, named on its card by its SHA-256.

TLS is transport here (design §5): nobody vouches for the certificate, and nothing is believed because of it.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def make(folder: Path, host: str) -> None:
    """Make `tls/line.pem` and `tls/line.key` for a host name or address."""
    place = folder / "tls"
    place.mkdir(mode=0o700, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
    try:
        alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        alternative = x509.DNSName(host)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # The fingerprint is what is checked; dates would only be one more thing that can stop traffic
        # (rule 10).
        .not_valid_before(datetime(2018, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (place / "line.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    handle = os.open(place / "line.key", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )


def fingerprint(folder: Path) -> str:
    """SHA-256 of the certificate, 64 hex digits."""
    certificate = x509.load_pem_x509_certificate((folder / "tls" / "line.pem").read_bytes())
    return hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()
