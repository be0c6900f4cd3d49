"""The small parts: grouping of complaints, firewall rules, words."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orama_monitor.alerts.links import gathered
from orama_monitor.alerts.network import exposed
from orama_monitor.alerts.words import clip, duration, names, number

ALL = "abcde"
HOSTS = st.sampled_from(ALL)


def groups(complaints: str, asked: str = ALL, ailing: str = "") -> list[tuple[str, str]]:
    """``"ab ba"``: a misses b and b misses a."""
    pairs = [(pair[0], pair[1]) for pair in complaints.split()]
    return [(group.host, "".join(group.others)) for group in gathered(pairs, asked, ailing)]


def test_no_complaint_is_no_group() -> None:
    assert groups("") == []


def test_one_broken_link_is_told_once() -> None:
    assert groups("ab ba") == groups("ab") == [("a", "b")]
    assert groups("ba") == [("b", "a")]


def test_a_node_that_all_miss_answers_for_it() -> None:
    assert groups("ad bd cd") == groups("ad bd cd da db dc") == [("d", "abc")]


def test_two_faults_apart_are_two_groups() -> None:
    assert groups("ab cd") == [("a", "b"), ("c", "d")]


def test_ailing_nodes_come_first() -> None:
    assert groups("ca cb", ailing="ab") == [("a", "c"), ("b", "c")]


def test_a_node_that_was_not_asked_answers_for_nothing() -> None:
    assert groups("ad bd", asked="abc") == [("a", "d"), ("b", "d")]


@settings(deadline=None)
@given(st.lists(st.tuples(HOSTS, HOSTS).filter(lambda pair: pair[0] != pair[1])), st.sets(HOSTS), st.sets(HOSTS))
def test_every_complaint_is_in_exactly_one_group(
    complaints: list[tuple[str, str]], asked: set[str], ailing: set[str]
) -> None:
    found = gathered(complaints, asked, ailing)
    told = [(group.host, other) for group in found for other in group.sees]
    told += [(other, group.host) for group in found for other in group.seen_by]
    assert sorted(told) == sorted(set(complaints))


RULES = [
    (["5001/tcp                   ALLOW       Anywhere"], [5001]),
    (["5001                       ALLOW IN    Anywhere"], [5001]),
    (["5001/tcp (v6)              ALLOW       Anywhere (v6)"], [5001]),
    (["5001/tcp                   LIMIT       Anywhere"], [5001]),
    (["5001/tcp                   ALLOW       203.0.113.7"], [5001]),
    (["203.0.113.7 5001/tcp       ALLOW       Anywhere"], [5001]),
    (["Anywhere                   ALLOW       Anywhere"], [3320, 4501, 5001, 6001, 9094]),
    (["6000:6100/tcp              ALLOW       Anywhere"], [6001]),
    (["80,443,9094/tcp            ALLOW       Anywhere"], [9094]),
    (["5001/tcp on eth0           ALLOW       Anywhere"], [5001]),
    (["5001/tcp                   ALLOW       192.168.0.0/16"], [5001]),
    (["Anywhere/tcp               ALLOW       Anywhere/tcp"], [3320, 4501, 5001, 6001, 9094]),
    (["Anywhere/tcp (v6)          ALLOW       Anywhere/tcp (v6)"], [3320, 4501, 5001, 6001, 9094]),
    (["Anywhere                   ALLOW       203.0.113.7/tcp"], [3320, 4501, 5001, 6001, 9094]),
    (["10.0.0.1 5001/tcp          DENY        Anywhere", "5001/tcp    ALLOW    Anywhere"], [5001]),
    (["Anywhere/udp               ALLOW       Anywhere/udp"], []),
    (["Anywhere                   ALLOW       203.0.113.7/udp"], []),
    (["Anywhere/tcp               DENY        Anywhere/tcp", "5001/tcp    ALLOW    Anywhere"], []),
    (["10.0.0.1 5001/tcp          ALLOW       Anywhere"], []),
    (["127.0.0.1 5001/tcp         ALLOW       Anywhere"], []),
    (["5001/udp                   ALLOW       Anywhere"], []),
    (["5001/tcp                   ALLOW       10.0.0.0/24"], []),
    (["5001/tcp                   ALLOW       10.0.0.0/8                 # mesh"], []),
    (["5001/tcp                   ALLOW       10.0.0.7"], []),
    (["5001/tcp                   ALLOW       127.0.0.1"], []),
    (["5001/tcp on wg0            ALLOW       Anywhere"], []),
    (["Anywhere on wg0            ALLOW       Anywhere"], []),
    (["5001/tcp                   DENY        Anywhere", "5001/tcp    ALLOW    Anywhere"], []),
    (["5001/tcp                   DENY        Anywhere", "5001/tcp (v6)  ALLOW  Anywhere (v6)"], [5001]),
    (["5001/tcp                   ALLOW OUT   Anywhere"], []),
    (["5001/tcp                   ALLOW FWD   Anywhere"], []),
    (["50011/tcp                  ALLOW       Anywhere"], []),
    (["OpenSSH                    ALLOW       Anywhere"], []),
    (["5001/tcp                   ALLOW       no-address"], []),
    (["", "garbage", "5001/tcp", "ALLOW"], []),
]


@pytest.mark.parametrize(("rules", "ports"), RULES, ids=[rules[-1] or "empty" for rules, _ in RULES])
def test_exposed_ports(rules: list[str], ports: list[int]) -> None:
    assert list(exposed(rules, ["10.0.0.1"])) == ports


SOURCES = [
    ("10.0.0.0/24", []),
    ("10.0.0.7", []),
    ("10.0.0.0/8", []),
    ("10.0.0.0/7", [5001]),
    ("10.20.0.0/16", [5001]),
    ("10.0.1.0/24", [5001]),
    ("fd00::/64", []),
    ("fd00:0:0:1::/64", [5001]),
    ("fd00::/8", []),
]


@pytest.mark.parametrize(("source", "ports"), SOURCES)
def test_the_mesh_ends_where_its_addresses_prefixes_say(source: str, ports: list[int]) -> None:
    assert list(exposed([f"5001/tcp   ALLOW   {source}"], ["10.0.0.1/24", "fd00::1/64"])) == ports


@pytest.mark.parametrize(
    ("to", "ports"), [("10.0.0.1", []), ("10.0.0.0/24", []), ("10.20.0.5", [5001]), ("fd00::1", [])]
)
def test_what_goes_to_the_mesh_comes_from_it(to: str, ports: list[int]) -> None:
    assert list(exposed([f"{to} 5001/tcp   ALLOW   Anywhere"], ["10.0.0.1/24", "fd00::1/64"])) == ports


def test_a_private_block_around_the_mesh_is_meant_for_it() -> None:
    assert not exposed(["5001/tcp   ALLOW   100.64.0.0/10"], ["100.64.3.7/24"])


@pytest.mark.parametrize("address", ["10.0.0.1", "10.0.0.1/32"])
def test_an_address_that_stands_for_itself_alone_says_nothing_of_the_mesh(address: str) -> None:
    assert not exposed(["5001/tcp   ALLOW   10.0.0.0/8"], [address])


def test_a_firewall_that_allows_by_default_exposes_what_no_rule_closes() -> None:
    closed = ["5001/tcp   DENY   Anywhere", "6001/tcp   REJECT   Anywhere"]
    assert list(exposed(closed, ["10.0.0.1"], by_default=True)) == [3320, 4501, 9094]


@settings(deadline=None)
@given(
    st.lists(st.text(alphabet="0123456789:,/tcpALOWDENYwherion v6()#.", max_size=60)),
    st.lists(st.sampled_from(["x", "fd00::1", "fd00::1/64", "10.0.0.1/99", "10.0.0.1/"])),
)
def test_any_rules_are_read(rules: list[str], addresses: list[str]) -> None:
    exposed(rules, addresses)


def test_words() -> None:
    assert names(["a", "b"]) == "a, b"
    assert names(list("abcdef")) == "a, b, c, d and 2 more"
    assert [number(count, "peer") for count in (0, 1, 2)] == ["0 peers", "1 peer", "2 peers"]
    assert [duration(s) for s in (5, 181, 8000, 200_000)] == ["5 s", "3 min", "2 h", "2 days"]
    assert clip("a\n b\tc") == "a b c" and len(clip("x" * 999)) == 200
    assert all(len(clip("ab " * n, 10)) <= 10 for n in itertools.chain(range(20)))
