# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Section ``network``: the way out, TCP and its retransmissions now, who listens, the firewall."""

from __future__ import annotations

import re

from .. import ufw
from ..errors import Denied, Missing, ProbeError
from ..options import ARGUMENT_SPEC
from ..parts import Parts, capped
from ..pick import text as printable
from ..probe import Output, Probe
from ..sockets import ESTABLISHED, TIME_WAIT, complete, listeners, tables

# A few retransmissions among few segments say nothing about the network: one client that went away gives them. So a
# quiet window ends early, one with retransmissions is watched longer, one with a large share of them longer still, and
# a large share is given only when it stands on enough. What the other side acknowledges as received twice (DSACK) was
# not lost: a busy machine that answers late gives plenty of those, over a network that loses nothing.
COUNTERS = ("/proc/net/snmp", "/proc/net/netstat")
WINDOWS = (0.15, 0.85, 2.0)
LARGE_SHARE = 5.0
ENOUGH_SEGMENTS = 200
ENOUGH_RETRANSMISSIONS = 10
FEWEST_SEGMENTS = 20

PORTS_LIMIT = 300
RULES_LIMIT = 200
STATE = re.compile(r"^ *\d+: [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) ", re.MULTILINE)
ROUTE_UP, ROUTE_REJECT = 0x1, 0x200
UNREACHABLE = ("unreachable", "No route to host", "Name or service not known", "name resolution")
DEFAULT_TARGET = ARGUMENT_SPEC["ping_target"]["default"]
DEFAULT_TARGET6 = "2001:4860:4860::8888"  # the same service's
INSIDE = ("lo", "docker", "br-", "veth", "virbr")  # interfaces, by the beginning of their names, that lead nowhere out


def collect(probe: Probe) -> dict:
    answers = probe.together(
        {
            "retransmissions": lambda: _retransmissions(probe),
            "internet": lambda: _internet(probe),
            "firewall": lambda: ufw.state(probe),
            "rules": lambda: ufw.rules(probe),
            "sockets": lambda: _sockets(probe),
            "routes": lambda: _routes(probe),
        }
    )
    parts = Parts()
    section: dict = dict(internet_reachable=parts.of(answers["internet"]))
    section.update(parts.of(answers["routes"]) or dict(default_route=None, wg_route_exists=None))
    section.update(tcp_established=None, tcp_time_wait=None, listening_ports=None)
    section.update(parts.of(answers["sockets"]) or {})
    section["tcp_retrans_pct"] = parts.of(answers["retransmissions"])
    section.update(_firewall(parts, answers))
    unnamed = any(port["process"] is None for port in section["listening_ports"] or [])
    if unnamed and not probe.machine("privileged"):
        parts.problems.append(Denied("not root: other users' processes can't be named"))
    return parts.conclude(section)


def _firewall(parts: Parts, answers: dict) -> dict:
    state, rules = parts.of(answers["firewall"]), answers["rules"]
    if state is None:
        return dict(ufw_active=None, ufw_default_incoming=None, ufw_rules=None)
    active, default = state
    if not active:  # as ufw itself: what would hold if it were active is not shown
        return dict(ufw_active=False, ufw_default_incoming=None, ufw_rules=[])
    found = parts.of(rules)
    if found is None:
        return dict(ufw_active=True, ufw_default_incoming=default, ufw_rules=None)
    too_many = sum(1 for line in found if not ufw.is_ban(line)) - RULES_LIMIT
    if too_many > 0:
        parts.problems.append(ProbeError("%d more rules of the firewall are left out" % too_many))
    shown = capped("ufw_rules", found, RULES_LIMIT, ufw.is_ban)
    return dict(ufw_active=True, ufw_default_incoming=default, **shown)


# The way out


def _internet(probe: Probe) -> bool | None:
    """One packet, and two more when it is lost: a single loss is no outage."""
    target = _target(probe)
    first = reached(probe.run(["ping", "-n", "-c", "1", "-W", "1", target]))
    return first or reached(probe.run(["ping", "-n", "-c", "2", "-W", "1", target]))


def _target(probe: Probe) -> str:
    """What is pinged: the option, whose default stands for an address that the node has a route to."""
    target = probe.options.ping_target
    if target != DEFAULT_TARGET:
        return target
    try:
        table, table6 = probe.once(_routing)
    except ProbeError:  # said of the routes
        return target
    return DEFAULT_TARGET6 if _has_default(table6) and not _is_on_the_way_out(probe, table) else target


def _is_on_the_way_out(probe: Probe, table: list[tuple[str, bool]]) -> bool:
    """Whether the node has, or had before it lost its default route, a way out by these routes."""
    inside = (probe.options.wireguard_interface, *INSIDE)
    return any(not interface.startswith(inside) for interface, _is_default in table)


def reached(output: Output) -> bool:
    """Whether ping got an answer. Raises ProbeError when it could not even ask."""
    if output.code == 0:
        return True
    if output.code == 1 or any(words in output.stderr for words in UNREACHABLE):
        return False
    if "not permitted" in output.stderr:
        raise Denied("ping: not permitted to this user")
    raise ProbeError("ping: exit code %d" % output.code)


def _routes(probe: Probe) -> dict:
    table, table6 = probe.once(_routing)
    return dict(
        default_route=_has_default(table + table6),
        wg_route_exists=any(name == probe.options.wireguard_interface for name, _is_default in table + table6),
    )


def _routing(probe: Probe) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """The usable routes of IPv4 and of IPv6."""
    table = parse_routes(probe.read("/proc/net/route"))
    try:
        return table, parse_routes6(probe.read("/proc/net/ipv6_route"))
    except Missing:  # no IPv6 here
        return table, []


def _has_default(table: list[tuple[str, bool]]) -> bool:
    return any(is_default for _interface, is_default in table)


def parse_routes(text: str) -> list[tuple[str, bool]]:
    """(interface, whether it is a default route) of every usable route in /proc/net/route."""
    found = []
    for words in map(str.split, text.splitlines()[1:]):
        if len(words) >= 8 and _usable(words[3]):
            found.append((words[0], words[1] == words[7] == "00000000"))
    return found


def parse_routes6(text: str) -> list[tuple[str, bool]]:
    """The same of /proc/net/ipv6_route, without what the kernel and every interface have anyway."""
    found = []
    for words in map(str.split, text.splitlines()):
        if len(words) == 10 and _usable(words[8]) and words[9] != "lo" and not words[0].startswith(("fe80", "ff")):
            found.append((words[9], words[0] == "0" * 32 and words[1] == "00"))
    return found


def _usable(flags: str) -> bool:
    try:
        return int(flags, 16) & (ROUTE_UP | ROUTE_REJECT) == ROUTE_UP
    except ValueError:
        return False


# TCP


def _retransmissions(probe: Probe) -> float | None:
    before = parse_segments("".join(map(probe.read, COUNTERS)))

    def since(seconds: float) -> tuple[int, int]:
        after = parse_segments(probe.machine("read_after", probe.at_most(seconds), *COUNTERS))
        return after[0] - before[0], after[1] - before[1]

    first, longer, longest = WINDOWS
    sent, again = since(first)
    if again > 0 and (sent < ENOUGH_SEGMENTS or _is_large(sent, again)):
        sent, again = since(longer)
    if _is_large(sent, again):
        sent, again = since(longest)
    return retransmitted(sent, again)


def retransmitted(sent: int, again: int) -> float | None:
    """Percent of the segments sent in a window; None when they were too few for a share to mean anything."""
    if sent < 0:  # the counters were reset in between
        return None
    if again <= 0:  # less than 0: what was sent before the window is acknowledged twice within it
        return 0.0
    too_little = sent < ENOUGH_SEGMENTS and again < ENOUGH_RETRANSMISSIONS
    if sent < FEWEST_SEGMENTS or (too_little and _is_large(sent, again)):
        return None
    return round(min(100.0, 100.0 * again / sent), 2)


def _is_large(sent: int, again: int) -> bool:
    return 100.0 * again > LARGE_SHARE * sent >= 0


def parse_segments(text: str) -> tuple[int, int]:
    """Segments sent, and those sent again because they were lost, since boot.

    From /proc/net/snmp and, as ``TcpExt``, /proc/net/netstat.
    """
    counters = parse_counters(text, "Tcp:")
    try:
        sent, again = counters["OutSegs"], counters["RetransSegs"]
    except KeyError:
        raise ProbeError("/proc/net/snmp: no counters of TCP segments") from None
    return sent, again - parse_counters(text, "TcpExt:").get("TCPDSACKRecv", 0)


def parse_counters(text: str, prefix: str) -> dict[str, int]:
    """The counters of /proc/net/snmp or /proc/net/netstat whose two lines begin with the prefix, by name."""
    lines = [line.split()[1:] for line in text.splitlines() if line.startswith(prefix)]
    try:
        return dict(map(lambda name, number: (name, int(number)), lines[0], lines[1]))
    except (IndexError, ValueError):
        return {}


# Sockets


def _sockets(probe: Probe) -> dict:
    texts = tables(probe)
    tcp = [text for name, text in texts.items() if name.startswith("tcp")]
    holders = {found[:3]: found[3] for found in listeners(probe)}  # several workers of a program share a port
    ports = sorted(holders, key=lambda place: (place[2], place[0], place[1]))
    section = capped("listening_ports", ports, PORTS_LIMIT)
    inodes = sorted({holders[place] for place in section["listening_ports"]} - {0})
    owners = probe.machine("socket_owners", inodes)
    section["listening_ports"] = [
        dict(port=port, proto=protocol, address=address, process=printable(owners.get(str(holders[place]))))
        for place in section["listening_ports"]
        for protocol, address, port in [place]
    ]
    return dict(_connections(probe, tcp), **section)


def _connections(probe: Probe, tcp: list[str]) -> dict:
    """How many are established and in TIME_WAIT; where the tables are too long to read, as the kernel sums it up."""
    if all(map(complete, tcp)):
        states = [state for text in tcp for state in STATE.findall(text)]
        return dict(tcp_established=states.count(ESTABLISHED), tcp_time_wait=states.count(TIME_WAIT))
    return dict(
        tcp_established=parse_counters(probe.read("/proc/net/snmp"), "Tcp:").get("CurrEstab"),
        tcp_time_wait=parse_time_wait(probe.read("/proc/net/sockstat")),
    )


def parse_time_wait(text: str) -> int | None:
    """``tw`` of /proc/net/sockstat, which counts both versions of IP."""
    found = re.search(r"^TCP: .*\btw (\d{1,12})\b", text, re.MULTILINE)
    return int(found.group(1)) if found else None
