"""This machine in the home network: its own addresses there, and the certificate that is kept for them."""

import os
import stat
import sys
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from backstretch.errors import SetupError
from backstretch.web import home_network
from backstretch.web.home_network import (
    FILE,
    LASTS,
    MOST_ADDRESSES,
    RENEWED,
    certificate_file,
    home_addresses,
    home_name,
)

HOME = ["192.168.1.20"]
NAME = "study.local"


def certificate(path):
    return x509.load_pem_x509_certificate(path.read_bytes())


def names(path):
    found = certificate(path).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = [str(each) for each in found.get_values_for_type(x509.IPAddress)]
    return found.get_values_for_type(x509.DNSName), addresses


def at_time(monkeypatch, when):
    monkeypatch.setattr(home_network, "datetime", SimpleNamespace(now=lambda _: when))


def adapter(name, *ips):
    return SimpleNamespace(nice_name=name, ips=[SimpleNamespace(ip=ip) for ip in ips])


class TestCertificate:
    def test_is_for_the_addresses_and_the_name_and_lasts_as_long_as_phones_allow(self, tmp_path):
        path = certificate_file(tmp_path, ["192.168.1.20", "10.0.0.7"], NAME)
        made = certificate(path)
        assert names(path) == ([NAME], ["192.168.1.20", "10.0.0.7"])
        assert made.not_valid_after_utc - made.not_valid_before_utc == timedelta(days=397) == LASTS
        assert made.not_valid_before_utc < datetime.now(UTC) - timedelta(hours=12)
        assert isinstance(made.public_key().curve, ec.SECP256R1)
        (use,) = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        assert use == ExtendedKeyUsageOID.SERVER_AUTH
        assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca

    @pytest.mark.skipif(sys.platform == "win32", reason="modes are of POSIX")
    def test_can_be_read_by_its_owner_only_whatever_the_usual_mode_is(self, tmp_path):
        before = os.umask(0)
        try:
            path = certificate_file(tmp_path / "new", HOME, NAME)
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
            assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
            path.chmod(0o644)
            assert stat.S_IMODE(certificate_file(path.parent, HOME, NAME).stat().st_mode) == 0o600
        finally:
            os.umask(before)
        assert list(path.parent.iterdir()) == [path]

    def test_is_kept_between_runs(self, tmp_path):
        first = certificate_file(tmp_path, HOME, NAME).read_bytes()
        assert certificate_file(tmp_path, HOME, NAME).read_bytes() == first

    def test_is_kept_in_another_network_and_back_once_it_is_for_both(self, tmp_path):
        certificate_file(tmp_path, HOME, NAME)
        both = certificate_file(tmp_path, ["10.0.0.7"], NAME).read_bytes()
        assert names(tmp_path / FILE) == ([NAME], ["10.0.0.7", *HOME])
        assert certificate_file(tmp_path, HOME, NAME).read_bytes() == both

    def test_forgets_the_oldest_of_many_addresses(self, tmp_path):
        for number in range(MOST_ADDRESSES + 3):
            certificate_file(tmp_path, [f"10.0.0.{number}"], NAME)
        _, addresses = names(tmp_path / FILE)
        assert addresses == [f"10.0.0.{18 - number}" for number in range(MOST_ADDRESSES)]

    @pytest.mark.parametrize(("days_left", "is_kept"), [(31, True), (29, False), (-1, False)])
    def test_is_renewed_late(self, tmp_path, monkeypatch, days_left, is_kept):
        path = certificate_file(tmp_path, HOME, NAME)
        first = path.read_bytes()
        now = certificate(path).not_valid_after_utc - timedelta(days=days_left)
        assert is_kept == (timedelta(days=days_left) > RENEWED)
        at_time(monkeypatch, now)
        assert (certificate_file(tmp_path, HOME, NAME).read_bytes() == first) == is_kept
        assert certificate(path).not_valid_after_utc > now

    @pytest.mark.parametrize(
        "content",
        [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"],
    )
    def test_that_is_damaged_is_made_anew(self, tmp_path, content):
        (tmp_path / FILE).write_bytes(content)
        assert names(certificate_file(tmp_path, HOME, NAME)) == ([NAME], HOME)

    def test_with_a_key_of_another_is_made_anew(self, tmp_path):
        path = certificate_file(tmp_path, HOME, NAME)
        other = certificate_file(tmp_path / "other", HOME, NAME).read_text("ascii")
        mixed = other.partition("-----BEGIN CERT")[0] + path.read_text("ascii").partition(
            "-----BEGIN CERT"
        )[2].join(["-----BEGIN CERT", ""])
        path.write_text(mixed, "ascii")
        assert certificate_file(tmp_path, HOME, NAME).read_text("ascii") != mixed

    def test_that_cannot_be_written_says_where(self, tmp_path):
        (tmp_path / "data").write_text("a file")
        with pytest.raises(SetupError, match=r"phone\.pem: the certificate cannot be written"):
            certificate_file(tmp_path / "data", HOME, NAME)


class TestAddresses:
    def found(self, monkeypatch, *adapters):
        monkeypatch.setattr("ifaddr.get_adapters", lambda: adapters)
        return home_addresses()

    def test_are_those_in_private_networks(self, monkeypatch):
        found = self.found(
            monkeypatch,
            adapter("lo", "127.0.0.1", ("::1", 0, 0)),
            adapter("eth0", "8.8.4.4", "10.0.0.7", ("fe80::1", 0, 2)),
            adapter("wlan0", "192.168.1.20", "169.254.3.4"),
        )
        assert found == ["192.168.1.20", "10.0.0.7"]

    @pytest.mark.parametrize(
        "name",
        [
            "docker0",
            "br-1a2b",
            "utun3",
            "wg0",
            "tun0",
            "virbr0",
            "Hyper-V Virtual Ethernet Adapter",
        ],
    )
    def test_are_not_those_of_networks_in_the_machine_or_to_elsewhere(self, monkeypatch, name):
        assert self.found(monkeypatch, adapter(name, "172.17.0.1")) == []

    def test_of_this_machine_are_private(self):
        for each in home_addresses():
            assert ip_address(each).is_private
            assert not ip_address(each).is_loopback


@pytest.mark.parametrize(
    ("node", "name"),
    [
        ("Study", "study.local"),
        ("Ann's MacBook", "ann-s-macbook.local"),
        ("pc.fritz.box", "pc.local"),
        ("", "backstretch.local"),
        ("ü", "backstretch.local"),
    ],
)
def test_the_name_of_the_machine_is_one_that_a_browser_can_ask_for(monkeypatch, node, name):
    monkeypatch.setattr("platform.node", lambda: node)
    assert home_name() == name
