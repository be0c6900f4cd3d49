# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

from __future__ import annotations

import base64
import contextlib
import datetime
import socket
import ssl
import subprocess
import time

import pytest

from ansible_collections.orama.monitor.plugins.module_utils import tls
from ansible_collections.orama.monitor.plugins.module_utils.errors import ProbeError, ProbeTimeout, Refused
from ansible_collections.orama.monitor.tests.unit.plugins.module_utils import tiny_server

CERTIFICATES = {
    "two-digit year": (
        "2026-01-02T03:04:05",
        "MIHWMIGJoAMCAQICAQEwBQYDK2VwMBUxEzARBgNVBAMMCm9yYW1hLnRlc3QwHhcNMjAwMTAxMDAwMDAwWhcNMjYwMTAyMDMwNDA1WjAVMRMw"
        "EQYDVQQDDApvcmFtYS50ZXN0MCowBQYDK2VwAyEAa5jb0Ppb+C15xEHFBXKfgz5pV6yLN2Ps1ihbKEvf9RAwBQYDK2VwA0EARY6PuyyZDrDS"
        "DtiY174gyziku0g6qN57IIQdw5/L2gWN/lx9Ai97UN1NbW+FIUAJ1QSJ1BEgsKPc9cprhnDNDA==",
    ),
    "last two-digit year": (
        "2049-12-31T23:59:59",
        "MIHWMIGJoAMCAQICAQEwBQYDK2VwMBUxEzARBgNVBAMMCm9yYW1hLnRlc3QwHhcNMjAwMTAxMDAwMDAwWhcNNDkxMjMxMjM1OTU5WjAVMRMw"
        "EQYDVQQDDApvcmFtYS50ZXN0MCowBQYDK2VwAyEAqVz10dP4/HJ8KSiYe8Jp7NHktpiArWNKAwXrBRwEW6YwBQYDK2VwA0EAwmSDNiG2oLNH"
        "t49DPCRgCukfnYChYKblk04F12eSOXJ3X/RAy/NE9PDAugjDyXzHDSdG0iQfL2YwRyYi6uuIAA==",
    ),
    "four-digit year": (
        "2051-06-07T08:09:10",
        "MIHYMIGLoAMCAQICAQEwBQYDK2VwMBUxEzARBgNVBAMMCm9yYW1hLnRlc3QwIBcNMjAwMTAxMDAwMDAwWhgPMjA1MTA2MDcwODA5MTBaMBUx"
        "EzARBgNVBAMMCm9yYW1hLnRlc3QwKjAFBgMrZXADIQCNCLtJCEt4YXEif9fw9FxG0yWBpJAeHk0CSFAtWJ5LbjAFBgMrZXADQQAqB1tcsM9o"
        "MKMar0AvdfvG1jjGHHH3YQ0Nkp6iqRlAMXydT/ry4orb2rGNKeGak61/bYGHX0IRDFR4NkxwSwwH",
    ),
    "version 1, which has no version": (
        "2027-12-28T03:10:21",
        "MIHkMIGXAhRLzd/i7xkBZCTTztCDYFt2AWWlYzAFBgMrZXAwFTETMBEGA1UEAwwKb3JhbWEudGVzdDAeFw0yNjExMjMwMzEwMjFaFw0yNzEy"
        "MjgwMzEwMjFaMBUxEzARBgNVBAMMCm9yYW1hLnRlc3QwKjAFBgMrZXADIQB77dFVizHCjD5Z3vezKEBB8ihdjyV1RmXj5McZGDvmCjAFBgMr"
        "ZXADQQBMu8IhyBjmc9TO8Bdm8hELTA9D7mobirEvV4m6hkP23FFOyO+BxRr94PxPuZ7UR5X++B9WdKpIC8K0QpjxzUwA",
    ),
}


@pytest.mark.parametrize(("end", "certificate"), CERTIFICATES.values(), ids=CERTIFICATES.keys())
def test_when_a_certificate_ends(end, certificate):
    assert datetime.datetime.fromtimestamp(tls.expires(certificate), datetime.timezone.utc).isoformat()[:19] == end


def test_a_certificate_cut_off_anywhere_is_refused_or_read_right():
    end, certificate = CERTIFICATES["two-digit year"]
    whole = base64.b64decode(certificate)
    for size in range(len(whole)):
        with pytest.raises(ProbeError):
            tls.expires(base64.b64encode(whole[:size]).decode())


@pytest.mark.parametrize("position", range(0, 120))
def test_a_damaged_certificate_never_crashes(position):
    damaged = bytearray(base64.b64decode(CERTIFICATES["two-digit year"][1]))
    damaged[position] ^= 0xFF
    with contextlib.suppress(ProbeError):
        tls.expires(base64.b64encode(bytes(damaged)).decode())


@pytest.mark.parametrize("text", ["", "not base64", "AAAA", "MIL//////////w==", "\u00e4"])
def test_what_is_no_certificate(text):
    with pytest.raises(ProbeError, match="cannot be read"):
        tls.expires(text)


@pytest.fixture(scope="module")
def key_pair(tmp_path_factory):
    """Paths of a fresh certificate and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    certificate, key = str(folder / "certificate.pem"), str(folder / "key.pem")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-subj", "/CN=orama.test", "-days", "30", "-keyout", key, "-out", certificate]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not on this machine")
    return certificate, key


def serving(key_pair, names: list | None = None):
    """A script that shows the certificate, and notes or refuses the name it is asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*key_pair)

    def asked(_socket, name, _context):
        if names is not None:
            names.append(name)
        return ssl.ALERT_DESCRIPTION_INTERNAL_ERROR if name == "unknown.test" else None

    context.sni_callback = asked

    def script(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(1)

    return script


def test_the_certificate_that_is_shown(key_pair):
    names: list = []
    with tiny_server.tcp(serving(key_pair, names)) as port:
        shown = tls.fetch("127.0.0.1", port, "orama.test", 5)
    with open(key_pair[0]) as file:
        assert base64.b64decode(shown) == ssl.PEM_cert_to_DER_cert(file.read())
    assert names == ["orama.test"]
    assert 29 * 86400 < tls.expires(shown) - time.time() <= 30 * 86400


def test_a_server_without_a_certificate_for_the_name(key_pair):
    with tiny_server.tcp(serving(key_pair)) as port, pytest.raises(ProbeError, match="no certificate for unknown.test"):
        tls.fetch("127.0.0.1", port, "unknown.test", 5)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x16\x03\x03\xff\xff" + b"x" * 70000])
def test_a_server_that_speaks_no_tls(answer):
    with tiny_server.tcp(tiny_server.answering(answer)) as port, pytest.raises(ProbeError, match="no certificate"):
        tls.fetch("127.0.0.1", port, "orama.test", 5)


def test_a_port_that_never_answers():
    with tiny_server.silent() as port, pytest.raises(ProbeTimeout):
        tls.fetch("127.0.0.1", port, "orama.test", 0.1)


def test_a_handshake_that_drips_ends_by_the_deadline():
    began = time.monotonic()
    with tiny_server.tcp(tiny_server.dripping(b"\x16\x03\x03\x40\x00", b"x")) as port, pytest.raises(ProbeTimeout):
        tls.fetch("127.0.0.1", port, "orama.test", 0.3)
    assert time.monotonic() - began < 2


def test_nobody_listens():
    with pytest.raises(Refused):
        tls.fetch("127.0.0.1", tiny_server.free_port(), "orama.test", 5)
