"""All twelve sections of all nodes against what the nodes' own tools say: systemctl, wg, curl, dig, openssl, ss …"""

from __future__ import annotations

from typing import Any

import pytest

from orama_lab import Lab
from orama_lab.shell import parallel
from tests.lab import facts
from tests.lab.commands import report
from tests.lab.facts import Section
from tests.lab.told import Told

pytestmark = pytest.mark.lab

#: What no tool tells at another moment, or as the collector counts it; each has cases of its own.
NOT_COMPARED = {
    "rqlite": {"last_contact", "db_size", "uptime", "goroutines", "heap_mb"},
    "olric": {"log_flapping_1h"},
    "network": {"tcp_retrans_pct"},
}


def services(found: Section) -> Section:
    """Installed units by name; of one that is not there only that is said."""
    fields = ("load_state", "active_state", "sub_state", "enabled", "n_restarts", "main_pid")
    there = [unit for unit in found["services"] if unit["load_state"] == "loaded"]
    return {**found, "services": {unit["name"]: {field: unit[field] for field in fields} for unit in there}}


def rqlite(found: Section) -> Section:
    fields = ("addr", "reachable", "leader", "voter")
    nodes = {name: tuple(node[field] for field in fields) for name, node in found["nodes"].items()}
    counters = {name: found["debug_vars"][name] for name in ("query_errors", "execute_errors", "leader_not_found")}
    return {**found, "nodes": nodes, "debug_vars": counters}


def olric(found: Section) -> Section:
    return {**found, "members": set(found["members"])}


def gateway(found: Section) -> Section:
    return {**found, "subsystems": {name: part["status"] for name, part in found["subsystems"].items()}}


def wireguard(found: Section) -> Section:
    fields = ("endpoint", "allowed_ips", "keepalive", "latest_handshake")
    return {**found, "peers": {peer["public_key"]: tuple(peer[field] for field in fields) for peer in found["peers"]}}


def network(found: Section) -> Section:
    fields = ("proto", "address", "port", "process")
    ports = {tuple(port[field] for field in fields) for port in found["listening_ports"] if port["port"] < 32768}
    return {**found, "listening_ports": ports, "ufw_rules": [rule.split() for rule in found["ufw_rules"]]}


#: How a section is put so that it can be compared; the others are compared as they are.
PUT = {found.__name__: found for found in (services, rqlite, olric, gateway, wireguard, network)}
SECTIONS = (
    facts.system,
    facts.services,
    facts.rqlite,
    facts.olric,
    facts.ipfs,
    facts.gateway,
    facts.wireguard,
    facts.dns,
    facts.anyone,
    facts.network,
    facts.processes,
    facts.namespaces,
)


def differing(name: str, found: Any, told: Any) -> list[str]:
    """What a section and the facts say differently, and fields that no fact is there for."""
    if not isinstance(found, dict) or not isinstance(told, dict):
        return [] if (found or None) == (told or None) else [f"{name}: {found!r}, and not {told!r}"]
    put = PUT[name](found) if name in PUT else found
    wrong = [f"{name}.{key}: {put.get(key)!r}, and not {fact!r}" for key, fact in told.items() if put.get(key) != fact]
    return wrong + [f"{name}.{key}: not compared" for key in put.keys() - told.keys() - NOT_COMPARED.get(name, set())]


def test_every_section_agrees_with_the_tools_of_the_node(lab: Lab) -> None:
    reports = [result["report"] for result in report(lab)["nodes"]]
    everything = parallel(lambda node: Told(lab, node), lab.nodes)
    wrong = []
    for found, told in zip(reports, everything, strict=True):
        compared = differing("report", {key: found[key] for key in facts.whole(told)}, facts.whole(told))
        for section in SECTIONS:
            compared += differing(section.__name__, found[section.__name__], section(told))
        wrong += [f"{told.node.name}: {text}" for text in compared]
    assert not wrong, "\n".join(wrong)
