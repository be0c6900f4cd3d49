# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

from __future__ import annotations

import socket
import time

import pytest

from ansible_collections.orama.monitor.plugins.module_utils.errors import ProbeError, ProbeTimeout, Refused
from ansible_collections.orama.monitor.plugins.module_utils.http import request, split
from ansible_collections.orama.monitor.plugins.module_utils.options import Options
from ansible_collections.orama.monitor.plugins.module_utils.probe import Probe, Response
from ansible_collections.orama.monitor.tests.unit.plugins.module_utils import tiny_server

LIMIT = 1_000_000


def ask(port: int, seconds: float = 5, limit: int = LIMIT, method: str = "GET", body: str = "") -> Response:
    return request(method, "http://127.0.0.1:%d/path?q=1" % port, body, seconds, limit)


def answer(*parts: bytes, **named) -> Response:
    with tiny_server.tcp(tiny_server.answering(*parts)) as port:
        return ask(port, **named)


def test_a_body_of_a_told_length():
    found = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more that does not belong to it")
    assert (found.status, found.body, found.complete) == (200, "hello", True)


def test_a_body_until_the_connection_closes():
    found = answer(b"HTTP/1.0 503 Service Unavailable\r\n\r\nleader ", b"not found\n")
    assert (found.status, found.body, found.complete) == (503, "leader not found\n", True)


def test_a_body_in_chunks():
    found = answer(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n", b"3\r\nabc\r\n", b"2;x=y\r\nde\r\n0\r\n\r\n"
    )
    assert (found.body, found.complete) == ("abcde", True)


def test_chunks_that_break_off_are_kept_and_called_incomplete():
    found = answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n9\r\nabc")
    assert (found.body, found.complete) == ("abcdeabc", False)


@pytest.mark.parametrize("size", [b"zz", b"", b"-5", b"9" * 400])
def test_chunks_without_a_size(size):
    found = answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + size + b"\r\nabc")
    assert not found.complete or found.body == ""


def test_a_connection_closed_early():
    found = answer(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nabc")
    assert (found.body, found.complete) == ("abc", False)


@pytest.mark.parametrize("length", ["", "-3", "0x3", "\xb2", "\u0663", "9" * 5000])
def test_a_length_that_is_no_number_is_not_believed(length):
    found = answer(b"HTTP/1.1 200 OK\r\nContent-Length: " + length.encode("utf-8") + b"\r\n\r\nabc")
    assert (found.body, found.complete) == ("abc", True)


def test_no_content_ends_with_its_headers():
    with tiny_server.tcp(tiny_server.dripping(b"HTTP/1.1 204 No Content\r\n\r\n", b" ")) as port:
        assert ask(port).body == ""


def test_an_interim_answer_is_passed_over():
    found = answer(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    assert (found.status, found.body) == (200, "ok")


def test_a_huge_body_is_cut():
    found = answer(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 300_000, limit=1000)
    assert (len(found.body), found.complete) == (1000, False)


def test_a_body_of_just_the_limit_is_complete():
    found = answer(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 1000, limit=1000)
    assert (len(found.body), found.complete) == (1000, True)


def test_bytes_that_are_no_text_are_escaped():
    assert answer(b"HTTP/1.1 200 OK\r\n\r\n\xff\xfeok").body == "\\xff\\xfeok"


def test_what_is_sent():
    seen: list[bytes] = []

    def script(connection: socket.socket) -> None:
        while b"]" not in b"".join(seen):
            seen.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    with tiny_server.tcp(script) as port:
        ask(port, method="POST", body='["SELECT 1"]')
    head, _blank, body = b"".join(seen).partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /path?q=1 HTTP/1.1"
    assert b"Host: 127.0.0.1:%d" % port in lines
    assert b"Content-Length: 12" in lines and b"Connection: close" in lines
    assert body == b'["SELECT 1"]'


def test_nobody_listens():
    with pytest.raises(Refused):
        ask(tiny_server.free_port())


def test_nobody_listens_where_there_is_no_ipv6(monkeypatch):
    """The kernel may have none at all: that the first address refused is what there is to say."""
    really = socket.socket

    def without_ipv6(family, *words):
        if family == socket.AF_INET6:
            raise OSError(97, "Address family not supported by protocol")
        return really(family, *words)

    monkeypatch.setattr(socket, "socket", without_ipv6)
    with pytest.raises(Refused):
        request("GET", "http://localhost:%d" % tiny_server.free_port(), "", 5, LIMIT)


def test_localhost_is_found():
    with tiny_server.tcp(tiny_server.answering(b"HTTP/1.1 200 OK\r\n\r\nhi")) as port:
        assert request("GET", "http://localhost:%d" % port, "", 5, LIMIT).body == "hi"


def test_a_port_that_never_answers():
    with tiny_server.silent() as port, pytest.raises(ProbeTimeout, match="no answer within 0.1 s"):
        ask(port, seconds=0.1)


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nX-A: "])
def test_a_head_that_drips_ends_by_the_deadline(beginning):
    began = time.monotonic()
    with tiny_server.tcp(tiny_server.dripping(beginning, b"x")) as port, pytest.raises(ProbeTimeout):
        ask(port, seconds=0.3)
    assert time.monotonic() - began < 2


def test_a_body_that_drips_is_cut_by_the_deadline():
    began = time.monotonic()
    with tiny_server.tcp(tiny_server.dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"x")) as port:
        found = ask(port, seconds=0.3)
    assert time.monotonic() - began < 2
    assert not found.complete and set(found.body) == {"x"}


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [b"\r\n"],
        [b"SSH-2.0-OpenSSH_9.2\r\n"],
        [b"\x15\x03\x01\x00\x02\x02\x16\n"],
        [b"HTTP/1.1 twohundred OK\r\n\r\n"],
        [b"HTTP/1.1 99999 OK\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\nX: y\r\n"],
        [b"HTTP/1.1 200 " + b"x" * 100_000],
        [b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000],
    ],
)
def test_what_is_not_http(parts):
    with pytest.raises(ProbeError) as caught:
        answer(*parts)
    assert not isinstance(caught.value, (ProbeTimeout, Refused))


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://localhost:5001/status", ("localhost", 5001, "/status")),
        ("http://10.0.0.1", ("10.0.0.1", 80, "/")),
        ("http://[fd00::1]:5001/a?b=c", ("fd00::1", 5001, "/a?b=c")),
        ("http://[fd00::1]/", ("fd00::1", 80, "/")),
    ],
)
def test_urls(url, parts):
    assert split(url) == parts


@pytest.mark.parametrize(
    "url", ["https://localhost", "localhost:5001", "http://a:b/", "http://a:\xb2/", "http://a:70000/"]
)
def test_urls_that_are_refused(url):
    with pytest.raises(ProbeError):
        split(url)


@pytest.mark.parametrize("url", ["http://u:hunter2@localhost:5001", "https://hunter2@a/x", "u:hunter2@a"])
def test_a_password_in_a_url_is_refused_and_not_told(url):
    with pytest.raises(ProbeError) as refused:
        split(url)
    assert "hunter2" not in str(refused.value)


def test_the_probe_ends_with_the_collection():
    probe = Probe(Options(http_timeout=60, deadline=0.2))
    with tiny_server.silent() as port, pytest.raises(ProbeTimeout):
        probe.get("http://127.0.0.1:%d/" % port)
