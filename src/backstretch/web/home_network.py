"""This machine in the home network: its addresses, its name, and its own certificate for them.

A browser warns of the certificate once, and again whenever it changes; so it is kept for as long as it fits.
"""

import platform
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import ifaddr
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from backstretch.errors import SetupError
from backstretch.files import OWNER_FILE, make_private, write_private

FILE = "phone.pem"
"""Key and certificate, in the data folder."""
LASTS = timedelta(days=397)
"""Phones take no certificate that lasts longer than 398 days."""
RENEWED = timedelta(days=30)
"""One that ends sooner than this is made anew."""
MOST_ADDRESSES = 16
"""The newest addresses that a certificate is for; a laptop is now in one network, now in another."""
VIRTUAL = re.compile(
    r"br-|docker|virbr|veth|vmnet|vbox|lxc|cni|utun|tun|tap|wg|wireguard|ppp|zt|zerotier|tailscale|bridge\d"
    r"|hyper-v|virtualbox|vmware",
    re.IGNORECASE,
)
"""Networks in this machine, and to elsewhere; a phone is in none of them. By the names of the systems."""


def home_addresses() -> list[str]:
    """Each IPv4 address of this machine in a private network, the likeliest one of a home first.

    An address that the whole internet may reach is none of them.
    """
    found = [
        ip_address(each.ip)
        for adapter in ifaddr.get_adapters()
        if not VIRTUAL.match(adapter.nice_name)
        for each in adapter.ips
        if isinstance(each.ip, str)  # IPv6 comes in parts
    ]
    private = [
        str(each)
        for each in found
        if each.is_private and not (each.is_loopback or each.is_link_local or each.is_unspecified)
    ]
    return sorted(private, key=lambda each: not each.startswith("192.168."))


def home_name() -> str:
    """This machine's name in the home network, as Apple's and most other systems tell it."""
    plain = re.sub(r"[^a-z0-9-]+", "-", platform.node().partition(".")[0].lower()).strip("-")
    return f"{plain or 'backstretch'}.local"


def certificate_file(folder: Path, addresses: Sequence[str], name: str) -> Path:
    """The file with key and certificate, for its owner only; made where there is none that fits.

    Args:
        folder: The data folder.
        addresses: Each IP address that the certificate must be for.
        name: This machine's name in the home network.

    Raises:
        SetupError: It cannot be written.
    """
    path, now = folder / FILE, datetime.now(UTC)
    earlier = _readable(path)
    try:
        if earlier is not None and _fits(earlier, addresses, name, now):
            path.chmod(OWNER_FILE)
            return path
        known = [] if earlier is None else _addresses_of(earlier)
        wanted = list(dict.fromkeys([*addresses, *known]))[:MOST_ADDRESSES]
        make_private(folder)
        write_private(path, _made(wanted, name, now))
    except OSError as error:
        why = error.strerror or str(error)
        raise SetupError(f"{path}: the certificate cannot be written ({why})") from error
    return path


def _readable(path: Path) -> x509.Certificate | None:
    """The certificate of a file; None where there is none, or it is damaged."""
    try:
        content = path.read_bytes()
        certificate = x509.load_pem_x509_certificate(content)
        key = serialization.load_pem_private_key(content, None)
        certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm, x509.ExtensionNotFound):
        return None
    return certificate if key.public_key() == certificate.public_key() else None


def _fits(
    certificate: x509.Certificate, addresses: Sequence[str], name: str, now: datetime
) -> bool:
    is_in_time = certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - RENEWED
    names = _alternatives(certificate).get_values_for_type(x509.DNSName)
    return is_in_time and name in names and set(addresses) <= set(_addresses_of(certificate))


def _alternatives(certificate: x509.Certificate) -> x509.SubjectAlternativeName:
    return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def _addresses_of(certificate: x509.Certificate) -> list[str]:
    return [str(each) for each in _alternatives(certificate).get_values_for_type(x509.IPAddress)]


def _made(addresses: Sequence[str], name: str, now: datetime) -> bytes:
    """A new key with its certificate, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "backstretch")])
    places = [x509.DNSName(name), *(x509.IPAddress(ip_address(each)) for each in addresses)]
    begins = now - timedelta(days=1)  # the phone's clock may be behind
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + LASTS)
        .add_extension(x509.SubjectAlternativeName(places), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
