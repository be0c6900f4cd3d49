# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

from __future__ import annotations

import socket
import time

import pytest

from ansible_collections.orama.monitor.plugins.module_utils.errors import Denied, ProbeError, ProbeTimeout, Refused
from ansible_collections.orama.monitor.plugins.module_utils.options import Options
from ansible_collections.orama.monitor.plugins.module_utils.probe import Probe
from ansible_collections.orama.monitor.plugins.module_utils.resp import encode
from ansible_collections.orama.monitor.tests.unit.plugins.module_utils import tiny_server


def ask(port: int, seconds: float = 5, words: tuple[str, ...] = ("PING",)):
    return Probe(Options(http_timeout=seconds)).resp("127.0.0.1", port, *words)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"+PONG\r\n", "PONG"),
        (b":1795400872764684019\r\n", 1795400872764684019),
        (b":-3\r\n", -3),
        (b"$5\r\nhello\r\n", "hello"),
        (b"$7\r\na\r\nb\r\nc\r\n", "a\r\nb\r\nc"),
        (b"$0\r\n\r\n", ""),
        (b"$-1\r\n", None),
        (b"*-1\r\n", None),
        (b"*0\r\n", []),
        (b"*2\r\n*2\r\n$1\r\na\r\n:1\r\n+x\r\n", [["a", 1], "x"]),
        (b"$2\r\n\xff\xfe\r\n", "\\xff\\xfe"),
    ],
)
def test_values(raw, value):
    with tiny_server.tcp(tiny_server.answering(raw)) as port:
        assert ask(port) == value


def test_values_in_pieces():
    raw = b"*1\r\n*3\r\n$14\r\n127.0.0.1:3320\r\n:17\r\n$4\r\ntrue\r\n"
    with tiny_server.tcp(tiny_server.answering(*[raw[i : i + 1] for i in range(len(raw))])) as port:
        assert ask(port) == [["127.0.0.1:3320", 17, "true"]]


def test_what_is_sent():
    seen: list[bytes] = []

    def script(connection: socket.socket) -> None:
        seen.append(connection.recv(65536))
        connection.sendall(b"+OK\r\n")

    with tiny_server.tcp(script) as port:
        ask(port, words=("CLUSTER.MEMBERS", "ä"))
    assert seen == [b"*2\r\n$15\r\nCLUSTER.MEMBERS\r\n$2\r\n\xc3\xa4\r\n"]
    assert encode(("PING",)) == b"*1\r\n$4\r\nPING\r\n"


def test_credentials_are_asked_for():
    with tiny_server.tcp(tiny_server.answering(b"-NOAUTH Authentication required.\r\n")) as port:
        with pytest.raises(Denied, match="credentials"):
            ask(port)


def test_an_error_reply():
    with tiny_server.tcp(tiny_server.answering(b"-ERR unknown command 'cluster'\r\n")) as port:
        with pytest.raises(ProbeError, match="unknown command") as caught:
            ask(port)
    assert not isinstance(caught.value, Denied)


def test_nobody_listens():
    with pytest.raises(Refused):
        ask(tiny_server.free_port())


def test_a_port_that_never_answers():
    with tiny_server.silent() as port, pytest.raises(ProbeTimeout):
        ask(port, seconds=0.1)


@pytest.mark.parametrize("beginning", [b"", b"$1000000\r\n", b"*100000\r\n:1\r\n"])
def test_an_answer_that_drips_ends_by_the_deadline(beginning):
    began = time.monotonic()
    with tiny_server.tcp(tiny_server.dripping(beginning, b"1")) as port, pytest.raises(ProbeTimeout):
        ask(port, seconds=0.3)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"HTTP/1.1 400 Bad Request\r\n",
        b"$5\r\nhel",
        b"$5\r\nhelloXX",
        b"$x\r\n",
        b":1e5\r\n",
        b":+-3\r\n",
        b":\xd9\xa3\r\n",
        b"*3\r\n:1\r\n",
        b"$99999999999\r\n",
        b"*99999999999\r\n",
        b"*1\r\n" * 50,
        b"+" + b"x" * 200_000,
        bytes(range(256)),
    ],
)
def test_what_is_not_resp(raw):
    with tiny_server.tcp(tiny_server.answering(raw)) as port, pytest.raises(ProbeError) as caught:
        ask(port)
    assert not isinstance(caught.value, (ProbeTimeout, Refused, Denied))
