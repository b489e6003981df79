"""What a phone needs to reach the app: an address in the local network, a certificate, and a picture of the address."""

from __future__ import annotations

import datetime
import io
import ipaddress
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import segno

from rom_vision.errors import BadInputError
from rom_vision.files import temporary_folder

__all__ = ["ADDRESS", "HOST", "KEY", "PhoneDoor", "phone_door", "qr_svg_uri", "qr_text"]

ADDRESS, HOST, KEY = "ROM_VISION_PHONE_ADDRESS", "ROM_VISION_PHONE_HOST", "ROM_VISION_PHONE_KEY"
"""Variables of the environment: for the app the address to show, for the phone's server its name and what opens it."""
_VALID_DAYS = 2
"""The certificate serves one start of the app, which may stand over night (our own heuristic)."""


@dataclass(frozen=True)
class PhoneDoor:
    """Where a phone gets in.

    Attributes
    ----------
    host, port : of this machine in the local network.
    key : opens once.
    certificate, private_key : files of the encrypted line.
    fingerprint : SHA-256 of the certificate, as browsers show it.
    """

    host: str
    port: int
    key: str
    certificate: Path
    private_key: Path
    fingerprint: str

    @property
    def address(self) -> str:
        """What the phone opens."""
        return f"https://{self.host}:{self.port}/?key={self.key}"


@contextmanager
def phone_door(port: int) -> Iterator[PhoneDoor]:
    """Make a door for one phone; its certificate is gone with the end of the block.

    Raises
    ------
    BadInputError
        If this machine is in no local network, has a public address, or something else uses the port.
    """
    host = _local_address()
    _check_free(host, port)
    with temporary_folder() as folder:
        certificate, private_key = folder / "certificate.pem", folder / "key.pem"
        fingerprint = _write_certificate(host, certificate, private_key)
        yield PhoneDoor(host, port, secrets.token_urlsafe(24), certificate, private_key, fingerprint)


def qr_text(address: str) -> str:
    """Return an address as a QR code for a terminal."""
    out = io.StringIO()
    segno.make_qr(address).terminal(out=out, border=2, compact=True)
    return out.getvalue()


def qr_svg_uri(address: str) -> str:
    """Return an address as a QR code: a data address of an SVG picture, dark on light in every theme."""
    return str(segno.make_qr(address).svg_data_uri(scale=5, border=4, light="#fff"))


def _local_address() -> str:
    """Return this machine's address towards its network; nothing is sent to find it out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        try:
            line.connect(("10.255.255.255", 9))
            host = str(line.getsockname()[0])
        except OSError:
            host = "127.0.0.1"
    address = ipaddress.ip_address(host)
    if address.is_loopback:
        raise BadInputError("--lan: this machine is in no network. Join the one your phone is in, then try again.")
    if not address.is_private:
        raise BadInputError(
            f"--lan: this machine's address {host} is a public one, open to the whole internet. Use a network at home."
        )
    return host


def _check_free(host: str, port: int) -> None:
    with socket.socket() as line:
        if os.name == "posix":
            line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind((host, port))
        except OSError as fault:
            raise BadInputError(
                f"--lan: port {port} cannot be used ({fault.strerror}). Choose another --port; the phone's is the next."
            ) from fault


def _write_certificate(host: str, certificate: Path, private_key: Path) -> str:
    """Write a certificate for this address that signs itself, and its key; return the certificate's fingerprint."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "rom_vision on this machine")])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=_VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private_key.touch(0o600)
    private_key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return made.fingerprint(hashes.SHA256()).hex(":").upper()
