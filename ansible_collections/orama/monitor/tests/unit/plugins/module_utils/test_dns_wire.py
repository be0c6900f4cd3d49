# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

from __future__ import annotations

import socket
import struct
import time

import pytest

from ansible_collections.orama.monitor.plugins.module_utils import dns_wire
from ansible_collections.orama.monitor.plugins.module_utils.errors import ProbeError, ProbeTimeout, Refused
from ansible_collections.orama.monitor.tests.unit.plugins.module_utils import tiny_server

POINTER = b"\xc0\x0c"  # to the name in the question


def question_of(message: bytes) -> bytes:
    """The question section of a query, whose only addition is an options record of 11 bytes."""
    return message[12:-11]


def response(query: bytes, answers: list[bytes], flags: int = 0x8580) -> bytes:
    return query[:2] + struct.pack(">HHHHH", flags, 1, len(answers), 0, 0) + question_of(query) + b"".join(answers)


def record(kind: int, data: bytes, name: bytes = POINTER) -> bytes:
    return name + struct.pack(">HHIH", kind, 1, 60, len(data)) + data


def ask(port: int, kind: str = "A", name: str = "orama.test", seconds: float = 5) -> dict:
    return dns_wire.ask("127.0.0.1", port, name, kind, seconds)


def answered(answers: list[bytes], kind: str = "A", flags: int = 0x8580) -> dict:
    with tiny_server.udp(lambda query: [response(query, answers, flags)]) as port:
        return ask(port, kind)


def test_what_is_asked():
    asked = dns_wire.question(7, "Orama.test.", "SOA")
    assert asked[:12] == struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 1)
    assert question_of(asked) == b"\x05Orama\x04test\0" + struct.pack(">HH", 6, 1)


def test_an_address():
    found = answered([record(1, socket.inet_aton("10.0.0.1")), record(28, b"\0" * 15 + b"\1")])
    assert found["rcode"] == 0
    assert found["answers"] == [{"type": "A", "data": "10.0.0.1"}, {"type": "AAAA", "data": "::1"}]


def test_names_are_followed_through_pointers():
    found = answered([record(2, b"\x03ns1" + POINTER), record(5, b"\x01a\x01b\0")], "NS")
    assert [answer["data"] for answer in found["answers"]] == ["ns1.orama.test.", "a.b."]


def test_a_start_of_authority():
    data = b"\x03ns1" + POINTER + b"\x05admin" + POINTER + struct.pack(">IIIII", 2026, 1, 2, 3, 4)
    assert answered([record(6, data)], "SOA")["answers"][0]["data"] == "ns1.orama.test. admin.orama.test. 2026 1 2 3 4"


def test_types_without_a_name_are_kept():
    assert answered([record(65, b"\1\2")])["answers"] == [{"type": "TYPE65", "data": "0102"}]


def test_a_name_that_does_not_exist():
    assert answered([], flags=0x8583) == {"rcode": 3, "answers": [], "truncated": False}


def test_a_truncated_answer_says_so():
    assert answered([], flags=0x8780)["truncated"] is True


def test_names_cannot_smuggle_control_characters():
    assert answered([record(2, b"\x04a\x1b.b\0")], "NS")["answers"][0]["data"] == "a\\027\\046b."


def test_answers_to_other_questions_are_passed_over():
    def reply(query: bytes) -> list[bytes]:
        right = response(query, [record(1, socket.inet_aton("10.0.0.1"))])
        other_number = bytes([query[0] ^ 1]) + right[1:]
        other_name = right.replace(b"\x05orama", b"\x05oramb")
        return [b"x", query, other_number, other_name, right]

    with tiny_server.udp(reply) as port:
        assert ask(port)["answers"] == [{"type": "A", "data": "10.0.0.1"}]


def test_a_server_that_could_not_read_the_question():
    def reply(query: bytes) -> list[bytes]:
        return [query[:2] + struct.pack(">HHHHH", 0x8001, 0, 0, 0, 0)]

    with tiny_server.udp(reply) as port:
        assert ask(port)["rcode"] == 1


def test_a_server_that_never_answers():
    with tiny_server.udp(lambda _query: []) as port, pytest.raises(ProbeTimeout):
        ask(port, seconds=0.1)


def test_a_flood_of_other_answers_ends_by_the_deadline():
    began = time.monotonic()
    with tiny_server.udp(lambda _query: [b"x" * 20] * 50) as port, pytest.raises(ProbeTimeout):
        ask(port, seconds=0.2)
    assert time.monotonic() - began < 2


def test_nobody_listens():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    with pytest.raises(Refused):
        ask(port)


@pytest.mark.parametrize("name", ["a" * 64 + ".test", "a..test", ("a" * 60 + ".") * 5])
def test_what_cannot_be_a_name(name):
    with pytest.raises(ProbeError):
        dns_wire.encode_name(name)


@pytest.mark.parametrize(
    "answers",
    [
        [b"\xc0"],
        [record(1, b"\1\2\3")],
        [record(6, b"\0\0\1")],
        [record(1, b"\1\2\3\4")[:-2]],
        [record(1, b"\1\2\3\4", b"\xc0\xff")],
        [record(2, b"\x80abc")],
        [record(2, b"\x3fabc")],
        [b"\x01a" * 200],
    ],
)
def test_answers_that_make_no_sense(answers):
    with pytest.raises(ProbeError, match="makes no sense"):
        answered(answers)


def test_pointers_cannot_lead_in_circles():
    message = bytes(12) + b"\xc0\x0e\xc0\x0c"
    for start in (12, 14):
        with pytest.raises(ValueError, match="a pointer forwards"):
            dns_wire.read_name(message, start)


LONGEST = b"".join(bytes([size]) + b"a" * size for size in (63, 63, 63, 61))


def test_the_longest_name_is_read():
    name, end = dns_wire.read_name(LONGEST + b"\0", 0)
    assert (len(name), end) == (254, 255)
    with pytest.raises(ValueError, match="too long"):
        dns_wire.read_name(LONGEST[:-62] + b"\x3e" + b"a" * 62 + b"\0", 0)


BACK = b"".join(struct.pack(">H", 0xC000 | place) for place in range(12, 16_000, 2))


@pytest.mark.parametrize(
    ("name", "pointer"),
    [
        (b"\x01a" * 20_000 + b"\0", POINTER),
        ((b"\x3f" + b"a" * 63) * 700 + b"\0", POINTER),
        (b"\0\0" + BACK, BACK[-2:]),
    ],
    ids=["many labels", "long labels", "many pointers"],
)
def test_one_endless_name_that_is_named_again_and_again_takes_no_time(name, pointer):
    begin = struct.pack(">HHHHHH", 7, 0x8180, 0, 1000, 0, 0)
    message = begin + name + record(2, pointer, pointer) * 1000
    at = len(begin) + len(name)
    began = time.process_time()
    for _record in range(1000):
        with pytest.raises(ValueError, match="too"):
            dns_wire.read_name(message, at)
    assert time.process_time() - began < 2
    with pytest.raises(ProbeError, match="makes no sense"):
        dns_wire.parse(message)


@pytest.mark.parametrize("size", range(0, 60))
def test_a_message_cut_off_anywhere(size):
    query = dns_wire.question(7, "orama.test", "NS")
    whole = response(query, [record(2, b"\x03ns1" + POINTER)])
    if size < len(whole):
        with pytest.raises(ProbeError):
            dns_wire.parse(whole[:size])
