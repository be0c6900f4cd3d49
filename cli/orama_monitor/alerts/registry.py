"""Every rule there is, by code, in the order of the documentation."""

from __future__ import annotations

from orama_monitor.alerts import (
    anyone,
    collection,
    dns,
    gateway,
    ipfs,
    namespaces,
    network,
    olric,
    raft,
    services,
    system,
    wireguard,
)
from orama_monitor.alerts.rule import Rule, Subsystem

SUBSYSTEMS: tuple[Subsystem, ...] = (
    collection.collection,
    raft.rqlite,
    wireguard.wireguard,
    system.system,
    services.services,
    dns.dns,
    anyone.anyone,
    namespaces.namespaces,
    network.network,
    olric.olric,
    ipfs.ipfs,
    gateway.gateway,
)


def _by_code() -> dict[str, Rule]:
    rules = [rule for subsystem in SUBSYSTEMS for rule in subsystem.rules]
    found = {rule.code: rule for rule in rules}
    if len(found) != len(rules):
        raise RuntimeError("two rules have the same code")
    return found


RULES: dict[str, Rule] = _by_code()
