"""What each section of a node's report says, as short facts for one line. What is not known is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from rich.text import Text

from orama_monitor.alerts.alert import Alert
from orama_monitor.alerts.gateway import FINE
from orama_monitor.alerts.words import number
from orama_monitor.report import (
    Anyone,
    Dns,
    Gateway,
    Ipfs,
    Namespace,
    Network,
    NodeReport,
    Olric,
    Processes,
    Rqlite,
    RqliteCounters,
    Services,
    System,
    Wireguard,
    WireguardPeer,
)
from orama_monitor.views import style
from orama_monitor.views.amounts import fresh, hundredths, megabytes, percent, seconds, size, whole
from orama_monitor.views.hosts import short_unit
from orama_monitor.views.text import clean


class Judged(NamedTuple):
    """By what facts are marked: the node's alerts, and above how many s a handshake is stale."""

    alerts: Sequence[Alert]
    stale_after: float


class Figure(NamedTuple):
    """``label said of``, marked when an alert of this code stands on the node."""

    label: str
    said: str | None
    code: str
    of: str = ""

    def marked(self, by: Judged) -> Text | None:
        if self.said is None:
            return None
        figure = style.figure(self.said, style.worst(by.alerts, self.code))
        return Text(f"{self.label} ").append_text(figure).append(self.of)


class Heard(NamedTuple):
    """How many of these peers were heard lately, marked when not all were."""

    peers: Sequence[WireguardPeer]

    def marked(self, by: Judged) -> Text:
        heard = sum(fresh(peer, by.stale_after) for peer in self.peers)
        line = f"{heard} of {len(self.peers)} peers fresh"
        return Text(line) if heard == len(self.peers) else Text(f"! {line}", style=style.WARN)


Facts = Iterable[Text | Figure | Heard | None]


def known(*facts: Text | None) -> list[Text]:
    """The facts that are known."""
    return [fact for fact in facts if fact is not None]


def say(label: str, value: object, unit: str = "") -> Text | None:
    """``label value unit``, or nothing when the value is not known."""
    if value is None or value == "":
        return None
    shown = f"{value:g}" if isinstance(value, float) else clean(value, 120)
    return Text(" ".join(part for part in (label, f"{shown}{unit}") if part))


def check(value: bool | None, good: str, bad: str) -> Text | None:
    """A fact that should be true: said quietly when it is, loudly when it is not."""
    if value is None:
        return None
    return Text(good) if value else Text(f"✗ {bad}", style=style.BAD)


def many(count: int | None, one: str, more: str | None = None) -> Text | None:
    """``1 peer``, ``4 peers``"""
    return None if count is None else Text(number(count, one, more))


def none_of(count: int | None, one: str, more: str | None = None) -> Text | None:
    """A number that should be 0."""
    said = many(count, one, more)
    return Text(f"! {said.plain}", style=style.WARN) if said and count else said


def system(found: System) -> Facts:
    loads = [found.load_avg_1, found.load_avg_5, found.load_avg_15]
    known = any(load is not None for load in loads)
    yield say("load", " ".join(hundredths(load) or "?" for load in loads) if known else None)
    yield many(found.cpu_count, "CPU")
    yield Figure("memory", percent(found.mem_use_pct), "MEMORY_HIGH", f" of {megabytes(found.mem_total_mb)}")
    total = "?" if found.disk_total_gb is None else f"{found.disk_total_gb:.0f} GiB"
    where = f" of {total} ({clean(found.disk_mount or '/', 40)})"
    yield Figure("disk", percent(found.disk_use_pct), "DISK_HIGH", where)
    yield Figure("inodes", percent(found.inode_use_pct), "INODES_HIGH")
    if found.swap_total_mb:
        yield say("swap", f"{megabytes(found.swap_used_mb)} of {megabytes(found.swap_total_mb)}")
    yield none_of(found.oom_kills, "OOM kill")
    yield say("up", seconds(found.uptime_seconds))
    yield (
        Text("! clock not synchronized", style=style.WARN)
        if found.ntp_synchronized is False
        else say("", found.ntp_synchronized and "clock synchronized")
    )
    yield say("kernel", found.kernel_version)


def services(found: Services) -> Facts:
    loaded = [unit for unit in found.services or [] if unit.load_state == "loaded"]
    running = sum(unit.active_state == "active" for unit in loaded)
    yield say("", f"{running} of {len(loaded)} installed units active")
    yield from (
        _unit(clean(unit.name, 80), clean(unit.active_state or "?", 20))
        for unit in loaded
        if unit.active_state == "failed" or (unit.enabled and unit.active_state != "active")
    )
    yield from (
        Text(f"! {clean(unit.name, 80)} restarts again and again", style=style.WARN)
        for unit in loaded
        if unit.restart_loop_risk
    )
    told = {short_unit(unit.name) for unit in loaded}
    yield from (_unit(clean(name, 80), "failed") for name in found.failed_units or [] if short_unit(name) not in told)


def _unit(name: str, state: str) -> Text:
    """A unit that is not as it should be."""
    return (
        Text(f"✗ {name} failed", style=style.BAD) if state == "failed" else Text(f"! {name} {state}", style=style.WARN)
    )


def rqlite(found: Rqlite) -> Facts:
    yield check(found.responsive, "", "not responding") if found.responsive is False else None
    yield say("", found.raft_state)
    yield (
        check(found.voter, "voter", "non-voter")
        if found.voter
        else say("", "non-voter" if found.voter is False else None)
    )
    yield say("leader", found.leader_addr)
    yield say("term", found.term)
    yield say("applied", found.applied_index)
    yield say("commit", found.commit_index)
    yield say("pending", found.fsm_pending) if found.fsm_pending else None
    yield check(found.ready, "ready", "not ready")
    yield check(found.strong_read, "strong read ok", "strong read fails")
    yield say("peers", found.num_peers)
    yield say("last contact", whole(found.last_contact))
    yield say("database", size(found.db_size_bytes) or found.db_size)
    yield say("heap", megabytes(found.heap_mb) if found.heap_mb is not None else None)
    yield many(found.goroutines, "goroutine")
    yield say("version", found.version)
    yield say("up", whole(found.uptime))
    for name in RqliteCounters.model_fields if found.debug_vars else ():
        if count := getattr(found.debug_vars, name):
            yield Text(f"! {name.replace('_', ' ')} {count}", style=style.WARN)


def wireguard(found: Wireguard) -> Facts:
    yield check(found.interface_up, "up", "interface down")
    yield say("", found.wg_ip)
    if found.peers is not None:
        yield Heard(found.peers)
        oldest = max(
            (peer.handshake_age_sec for peer in found.peers if peer.handshake_age_sec is not None), default=None
        )
        yield say("oldest handshake", seconds(oldest))
    yield say("port", found.listen_port)
    yield say("MTU", found.mtu)
    yield say("config", found.config_perms)
    yield say("key", found.public_key)


def olric(found: Olric) -> Facts:
    yield check(found.service_active, "active", "not active")
    yield check(found.memberlist_up, "memberlist up", "memberlist down")
    yield many(found.member_count, "member")
    yield say("coordinator", found.coordinator)
    yield say("memory", megabytes(found.process_mem_mb) if found.process_mem_mb is not None else None)
    yield say("restarts", found.restart_count)
    yield none_of(found.log_errors_1h, "error/h", "errors/h")
    yield none_of(found.log_suspects_1h, "suspect/h", "suspects/h")
    yield none_of(found.log_flapping_1h or None, "change of one member/h", "changes of one member/h")


def ipfs(found: Ipfs) -> Facts:
    yield check(found.daemon_active, "daemon active", "daemon not active")
    yield check(found.cluster_active, "cluster active", "cluster not active")
    yield many(found.swarm_peers, "swarm peer")
    yield many(found.cluster_peers, "cluster peer")
    yield none_of(found.cluster_errors, "cluster error")
    yield Figure(
        "repository", percent(found.repo_use_pct), "IPFS_REPO_FULL", f" ({size(found.repo_size_bytes) or '?'})"
    )
    yield check(found.has_swarm_key, "swarm key there", "no swarm key")
    yield check(found.bootstrap_empty, "no public bootstrap", "bootstrap list not empty")
    yield say("Kubo", found.kubo_version)
    yield say("IPFS Cluster", found.cluster_version)


def gateway(found: Gateway) -> Facts:
    yield check(found.responsive, "responding", "not responding")
    yield say("HTTP", found.http_status)
    yield say("version", found.version)
    for name, subsystem in sorted((found.subsystems or {}).items()):
        line = f"{clean(name, 40)} {clean(subsystem.status or '?', 40)}"
        if subsystem.error:
            line += f" ({clean(subsystem.error, 120)})"
        is_fine = (subsystem.status or "ok").lower() in FINE
        yield Text(line) if is_fine else Text(f"! {line}", style=style.WARN)


def dns(found: Dns) -> Facts:
    yield say("", found.domain)
    yield check(found.coredns_active, "CoreDNS active", "CoreDNS not active")
    yield check(found.caddy_active, "Caddy active", "Caddy not active")
    for port, bound in ((53, found.port_53_bound), (80, found.port_80_bound), (443, found.port_443_bound)):
        yield check(bound, f":{port}", f":{port} not bound")
    answers = (
        ("SOA", found.soa_resolves),
        ("NS", found.ns_resolves),
        ("wildcard", found.wildcard_resolves),
        ("A", found.base_a_resolves),
    )
    for name, resolves in answers:
        yield check(resolves, f"{name} resolves", f"{name} does not resolve")
    yield many(found.ns_record_count, "NS record")
    yield say("certificate", found.base_tls_days_left, " d")
    yield say("wildcard certificate", found.wild_tls_days_left, " d")
    yield say("CoreDNS memory", megabytes(found.coredns_mem_mb) if found.coredns_mem_mb is not None else None)
    yield none_of(found.log_errors_5m, "error in 5 min", "errors in 5 min")


def anyone(found: Anyone) -> Facts:
    yield say("", found.mode)
    active = found.relay_active if found.mode == "relay" else found.client_active
    yield check(active, "active", "not active")
    yield check(found.bootstrapped, "bootstrapped", f"bootstrapped {percent(found.bootstrap_pct) or '?'}")
    ports = (("ORPort", found.orport_listening), ("SOCKS", found.socks_listening), ("control", found.control_listening))
    yield say("listening", ", ".join(name for name, listening in ports if listening))
    yield say("nickname", found.nickname)
    yield say("fingerprint", found.fingerprint)


def network(found: Network) -> Facts:
    yield check(found.internet_reachable, "internet reachable", "internet not reachable")
    yield check(found.default_route, "default route", "no default route")
    yield check(found.wg_route_exists, "WireGuard route", "no WireGuard route")
    yield check(found.ufw_active, "UFW active", "UFW inactive")
    yield many(None if found.ufw_rules is None else len(found.ufw_rules), "rule")
    yield say("retransmitted", found.tcp_retrans_pct, "%")
    yield many(found.tcp_established, "connection")
    yield say("", found.tcp_time_wait, " in TIME-WAIT")
    yield many(None if found.listening_ports is None else len(found.listening_ports), "listening port")


def processes(found: Processes) -> Facts:
    yield none_of(found.zombie_count, "zombie")
    yield none_of(found.orphan_count, "orphan")
    yield none_of(found.panic_count, "panic in the last hour", "panics in the last hour")


def namespaces(found: list[Namespace]) -> Facts:
    if not found:
        yield Text("none")
        return
    parts = [(n.rqlite_up, n.olric_up, n.gateway_up) for n in found]
    down = sum(False in each for each in parts)
    up = sum(all(each) for each in parts)
    line = f"{up} of {len(found)} up" if up or down else f"{len(found)}, not known whether up"
    yield Text(f"! {line}", style=style.WARN) if down else Text(line)


SECTIONS: dict[str, tuple[str, Callable[[Any], Facts]]] = {
    "system": ("System", system),
    "services": ("Services", services),
    "rqlite": ("RQLite", rqlite),
    "wireguard": ("WireGuard", wireguard),
    "olric": ("Olric", olric),
    "ipfs": ("IPFS", ipfs),
    "gateway": ("Gateway", gateway),
    "dns": ("DNS", dns),
    "anyone": ("Anyone", anyone),
    "namespaces": ("Namespaces", namespaces),
    "network": ("Network", network),
    "processes": ("Processes", processes),
}


def of_section(report: NodeReport, name: str, by: Judged) -> list[Text] | None:
    """The known facts of one section; nothing when the section is not there."""
    section = getattr(report, name)
    if section is None:
        return None
    facts = SECTIONS[name][1](section)
    return known(*(fact.marked(by) if isinstance(fact, Figure | Heard) else fact for fact in facts))
