"""Every code fires where its condition holds, and not one step inside the threshold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from orama_monitor.alerts import CLUSTER, RULES, judge
from orama_monitor.alerts.alert import Severity
from orama_monitor.snapshot import Snapshot
from tests.unit.alerts import breaking as b
from tests.unit.clusters import BEGAN, healthy, host, lost

Break = Callable[[Snapshot], None]
AT = 2  # a node without extra duties, unless the code needs a nameserver
NS = 1


@dataclass(frozen=True)
class Case:
    """A code that must stand on a node after ``fires``, and must not after ``inside``."""

    code: str
    fires: Break
    inside: Break
    at: int | None = AT
    severity: Severity | None = None

    @property
    def node(self) -> str:
        return CLUSTER if self.at is None else host(self.at)


def field(path: str, value: object, at: int = AT) -> Break:
    return lambda snapshot: b.put(snapshot, at, path, value)


def both(*breaks: Break) -> Break:
    def apply(snapshot: Snapshot) -> None:
        for one in breaks:
            one(snapshot)

    return apply


def figure(code: str, path: str, fires: object, inside: object, at: int = AT, severity: str | None = None) -> Case:
    wanted = Severity(severity) if severity else None
    return Case(code, field(path, fires, at), field(path, inside, at), at, wanted)


def repo_on_disk(repo_pct: int, disk_pct: int) -> Break:
    return both(field("ipfs.repo_use_pct", repo_pct), field("system.disk_use_pct", disk_pct))


def unit(name: str, **fields: object) -> Break:
    def change(snapshot: Snapshot) -> None:
        b.unit_state(snapshot, AT, name, **fields)

    return change


def later(index: int, seconds: float) -> Break:
    """The node was sampled this much later than the others."""

    def move(snapshot: Snapshot) -> None:
        result = snapshot.nodes[index]
        assert result.started is not None and result.ended is not None
        result.started, result.ended = result.started + seconds, result.ended + seconds

    return move


def quorum(*gone: int) -> Break:
    def stop(snapshot: Snapshot) -> None:
        for index in gone:
            b.rqlite_silent(snapshot, index)

    return stop


def leaderless(*indexes: int) -> Break:
    def lose(snapshot: Snapshot) -> None:
        for index in indexes:
            b.no_quorum(snapshot, index)

    return lose


def members(count: int, at: int = AT) -> Break:
    return both(field("olric.member_count", count, at), field("olric.members", None, at))


def exposed(rule: str) -> Break:
    return lambda snapshot: b.put(
        snapshot, AT, "network.ufw_rules", ["22/tcp                     ALLOW       Anywhere", rule]
    )


def all_followers(snapshot: Snapshot) -> None:
    for index in range(5):
        b.put(snapshot, index, "namespaces.0.rqlite_state", "Follower")
        b.put(snapshot, index, "namespaces.0.rqlite_ready", False)


def named_twice(snapshot: Snapshot) -> None:
    b.named_twice(snapshot, AT)


CASES = [
    Case("NODE_UNREACHABLE", lambda s: lost(s, AT), lambda s: lost(s, AT, failure="collect_failed")),
    Case("NODE_NAMED_TWICE", named_twice, lambda s: lost(s, AT)),
    Case("NODE_COLLECT_FAILED", lambda s: lost(s, AT, failure="collect_failed"), lambda s: lost(s, AT)),
    Case(
        "COLLECTOR_FAILED", lambda s: b.collector(s, AT, "network"), lambda s: b.collector(s, AT, "dns", "absent", "")
    ),
    # RQLite
    Case("RQLITE_NO_LEADER", leaderless(0, 1, 2, 3, 4), leaderless(0), None),
    Case("RQLITE_LEADER_UNSEEN", lambda s: lost(s, 0), lambda s: lost(s, AT), None),
    Case("RQLITE_SPLIT_BRAIN", field("rqlite.raft_state", "Leader"), field("rqlite.raft_state", "Follower"), None),
    Case(
        "RQLITE_LEADER_DISAGREEMENT",
        field("rqlite.leader_addr", "10.0.0.2:7001"),
        field("rqlite.leader_addr", None),
        None,
    ),
    Case("RQLITE_TERM_INCONSISTENT", field("rqlite.term", 44), field("rqlite.term", 43), None),
    Case("RQLITE_QUORUM_LOST", quorum(2, 3, 4), quorum(3, 4), None),
    Case("RQLITE_QUORUM_FRAGILE", quorum(3, 4), quorum(4), None),
    figure("RQLITE_APPLIED_LAG", "rqlite.applied_index", 9_899, 9_900),
    figure("RQLITE_DOWN", "rqlite.responsive", False, None),
    figure("RQLITE_NOT_READY", "rqlite.ready", False, None),
    figure("RQLITE_STRONG_READ_FAILED", "rqlite.strong_read", False, None),
    figure("RQLITE_CANDIDATE", "rqlite.raft_state", "Candidate", "Follower"),
    figure("RQLITE_SHUTDOWN", "rqlite.raft_state", "Shutdown", "Follower"),
    figure("RQLITE_FSM_BACKLOG", "rqlite.fsm_pending", 11, 10),
    figure("RQLITE_COMMIT_GAP", "rqlite.commit_index", 10_101, 10_100),
    Case("RQLITE_PEER_UNREACHABLE", lambda s: b.unreached(s, AT, 4), field("rqlite.nodes.n5.reachable", None)),
    figure("RQLITE_RESOURCES", "rqlite.goroutines", 1001, 1000),
    figure("RQLITE_RESOURCES", "rqlite.heap_mb", 1001, 1000),
    figure("RQLITE_SNAPSHOT_ERRORS", "rqlite.debug_vars.snapshot_errors", 1, 0),
    figure("RQLITE_ERRORS", "rqlite.debug_vars.query_errors", 1, 0),
    figure("RQLITE_ERRORS", "rqlite.debug_vars.execute_errors", 1, 0),
    figure("RQLITE_ERRORS", "rqlite.debug_vars.leader_not_found", 1, 0),
    # WireGuard
    figure("WG_DOWN", "wireguard.interface_up", False, None),
    Case("WG_PEER_MISSING", lambda s: b.without_peer(s, AT, 4), field("wireguard.peers", None)),
    Case("WG_PEER_UNKNOWN", lambda s: b.stranger(s, AT), lambda s: both(b.stranger_at(AT), lost_one)(s)),
    Case("WG_PEER_NEVER_HANDSHAKED", lambda s: b.never(s, AT, 4), lambda s: b.age(s, AT, 4, 0)),
    Case("WG_HANDSHAKE_STALE", lambda s: b.age(s, AT, 4, 181), lambda s: b.age(s, AT, 4, 180)),
    Case("WG_MTU_MISMATCH", field("wireguard.mtu", 1380), field("wireguard.mtu", None), None),
    figure("WG_CONFIG_PERMS", "wireguard.config_perms", "640", "600"),
    figure("WG_CONFIG_PERMS", "wireguard.config_perms", "604", "400"),
    # System
    figure("MEMORY_HIGH", "system.mem_use_pct", 91, 90),
    figure("DISK_HIGH", "system.disk_use_pct", 86, 85),
    figure("INODES_HIGH", "system.inode_use_pct", 91, 90, severity="warning"),
    figure("INODES_HIGH", "system.inode_use_pct", 96, 90, severity="critical"),
    Case(
        "OOM_KILLS",
        both(field("system.oom_kills", 1), field("system.oom_kills_24h", 1)),
        field("system.oom_kills", 0),
        severity=Severity.CRITICAL,
    ),
    Case(
        "OOM_KILLS",
        both(field("system.oom_kills", 1), field("system.oom_kills_24h", None)),
        both(field("system.oom_kills", None), field("system.oom_kills_24h", None)),
        severity=Severity.CRITICAL,
    ),
    figure("OOM_KILLS", "system.oom_kills", 1, 0, severity="info"),
    figure("SWAP_HIGH", "system.swap_used_mb", 635, 614),
    figure("LOAD_HIGH", "system.load_avg_1", 8.1, 8.0),
    figure("ZOMBIES", "processes.zombie_count", 1, 0),
    figure("ORPHANS", "processes.orphan_count", 1, 0),
    figure("LOG_PANICS", "processes.panic_count", 1, 0),
    Case("VERSION_MISMATCH", lambda s: b.version(s, AT, "0.108.0"), lambda s: b.version(s, AT, None), None),
    Case(
        "CLOCK_SKEW",
        field("system.time_unix", BEGAN.timestamp() + 7.39),
        field("system.time_unix", BEGAN.timestamp() + 7.37),
        None,
    ),
    # Services
    Case("SERVICE_FAILED", lambda s: b.failed(s, AT, "orama-olric"), unit("orama-olric", active_state="reloading")),
    Case("SERVICE_INACTIVE", lambda s: b.stopped(s, AT, "orama-ipfs"), unit("orama-ipfs", active_state=None)),
    Case(
        "SERVICE_INACTIVE",
        unit("orama-node", load_state="not-found", active_state="inactive", enabled=None),
        unit("orama-gateway", load_state="not-found", active_state="inactive", enabled=None),
    ),
    Case(
        "SERVICE_INACTIVE",
        unit("orama-gateway", active_state="inactive", enabled=True),
        unit("orama-gateway", active_state="inactive", enabled=False),
    ),
    Case("SERVICE_RESTART_LOOP", lambda s: b.looping(s, AT, "orama-ipfs"), unit("orama-ipfs", n_restarts=3)),
    figure("UNIT_FAILED", "services.failed_units", ["logrotate.service"], ["orama-node.service"]),
    # DNS
    figure("COREDNS_DOWN", "dns.coredns_active", False, None, NS),
    figure("CADDY_DOWN", "dns.caddy_active", False, None, NS),
    figure("DNS_PORT_UNBOUND", "dns.port_53_bound", False, None, NS),
    figure("DNS_PORT_UNBOUND", "dns.port_443_bound", False, None, NS),
    figure("DNS_SOA_FAILED", "dns.soa_resolves", False, None, NS),
    figure("DNS_NS_FAILED", "dns.ns_resolves", False, None, NS),
    figure("DNS_WILDCARD_FAILED", "dns.wildcard_resolves", False, None, NS),
    figure("DNS_A_FAILED", "dns.base_a_resolves", False, None, NS),
    Case(
        "DNS_SOA_FAILED",
        field("dns.soa_resolves", False, NS),
        both(field("dns.soa_resolves", False, NS), field("dns.coredns_active", False, NS)),
        NS,
    ),
    figure("TLS_EXPIRING", "dns.base_tls_days_left", 13, 14, NS),
    figure("TLS_EXPIRING", "dns.wild_tls_days_left", 0, 14, NS),
    figure("TLS_EXPIRED", "dns.wild_tls_days_left", -1, 0, NS),
    Case(
        "TLS_UNCHECKED",
        both(field("dns.base_tls_days_left", None, NS), field("dns.wild_tls_days_left", None, NS)),
        both(field("dns.base_tls_days_left", None, NS), lambda s: b.collector(s, NS, "dns")),
        NS,
    ),
    figure("TLS_UNCHECKED", "dns.base_tls_days_left", None, 88, NS),
    figure("TLS_UNCHECKED", "dns.wild_tls_days_left", None, 88, NS),
    # Anyone, namespaces, network
    Case(
        "ANYONE_NOT_BOOTSTRAPPED",
        both(field("anyone.bootstrapped", False), field("anyone.bootstrap_pct", 99)),
        both(field("anyone.bootstrapped", None), field("anyone.bootstrap_pct", 100)),
    ),
    figure("NAMESPACE_GATEWAY_DOWN", "namespaces.0.gateway_up", False, None),
    figure("NAMESPACE_RQLITE_DOWN", "namespaces.0.rqlite_up", False, None),
    figure("NAMESPACE_OLRIC_DOWN", "namespaces.0.olric_up", False, None),
    figure("NAMESPACE_GATEWAY_UNHEALTHY", "namespaces.0.gateway_status", 503, 200),
    figure("NAMESPACE_GATEWAY_UNHEALTHY", "namespaces.0.gateway_status", 401, None),
    figure("NAMESPACE_RQLITE_NOT_READY", "namespaces.0.rqlite_ready", False, None),
    figure("NAMESPACE_RQLITE_NOT_READY", "namespaces.0.rqlite_state", "Candidate", "Follower"),
    Case("NAMESPACE_NO_LEADER", all_followers, both(all_followers, lambda s: lost(s, 4)), None),
    figure("UFW_INACTIVE", "network.ufw_active", False, None),
    Case("PORT_EXPOSED", exposed("5001/tcp  ALLOW  Anywhere"), exposed("5001/tcp  ALLOW  10.0.0.0/24")),
    Case(
        "PORT_EXPOSED",
        both(field("wireguard.addresses", ["10.0.0.1/24"]), exposed("5001/tcp  ALLOW  10.20.0.0/16")),
        both(field("wireguard.addresses", None), exposed("5001/tcp  ALLOW  10.20.0.0/16")),
    ),
    figure("INTERNET_UNREACHABLE", "network.internet_reachable", False, None),
    figure("NO_DEFAULT_ROUTE", "network.default_route", False, None),
    figure("WG_ROUTE_MISSING", "network.wg_route_exists", False, None),
    figure("TCP_RETRANS_HIGH", "network.tcp_retrans_pct", 5.1, 5.0),
    # Olric
    figure("OLRIC_DOWN", "olric.service_active", False, None),
    figure("OLRIC_MEMBERLIST_DOWN", "olric.memberlist_up", False, None),
    Case("OLRIC_MEMBERS_MISSING", members(4), members(5)),
    figure("OLRIC_SUSPECTS", "olric.log_suspects_1h", 1, 0),
    figure("OLRIC_FLAPPING", "olric.log_flapping_1h", 6, 5),
    figure("OLRIC_LOG_ERRORS", "olric.log_errors_1h", 21, 20),
    figure("OLRIC_RESTARTS", "olric.restart_count", 4, 3),
    figure("OLRIC_MEMORY", "olric.process_mem_mb", 501, 500),
    # IPFS
    figure("IPFS_DOWN", "ipfs.daemon_active", False, None),
    figure("IPFS_CLUSTER_DOWN", "ipfs.cluster_active", False, None),
    figure("IPFS_ISOLATED", "ipfs.swarm_peers", 0, 1),
    figure("IPFS_PEERS_MISSING", "ipfs.swarm_peers", 3, 4),
    figure("IPFS_CLUSTER_PEERS_MISSING", "ipfs.cluster_peers", 4, 5),
    figure("IPFS_CLUSTER_ERRORS", "ipfs.cluster_errors", 1, 0),
    figure("IPFS_SWARM_KEY_MISSING", "ipfs.has_swarm_key", False, None),
    figure("IPFS_BOOTSTRAP_NOT_EMPTY", "ipfs.bootstrap_empty", False, None),
    figure("IPFS_REPO_FULL", "ipfs.repo_use_pct", 91, 90, severity="warning"),
    Case("IPFS_REPO_FULL", repo_on_disk(96, 86), repo_on_disk(90, 86), severity=Severity.CRITICAL),
    Case("IPFS_REPO_FULL", repo_on_disk(310, 85), repo_on_disk(90, 85), severity=Severity.WARNING),
    # Gateway
    figure("GATEWAY_DOWN", "gateway.responsive", False, None),
    figure("GATEWAY_UNHEALTHY", "gateway.http_status", 503, 200),
    figure("GATEWAY_SUBSYSTEM", "gateway.subsystems.olric.status", "degraded", "OK"),
    figure("GATEWAY_SUBSYSTEM", "gateway.subsystems.olric.status", "error", "unavailable"),
]


def lost_one(snapshot: Snapshot) -> None:
    lost(snapshot, 4)


@pytest.mark.parametrize("case", CASES, ids=[f"{number}-{case.code}" for number, case in enumerate(CASES)])
def test_fires_and_does_not(case: Case) -> None:
    broken, inside = healthy(), healthy()
    case.fires(broken)
    case.inside(inside)
    alerts = [alert for alert in judge(broken) if (alert.code, alert.node) == (case.code, case.node)]
    assert len(alerts) == 1
    assert alerts[0].severity is (case.severity or RULES[case.code].severity)
    assert alerts[0].subsystem == RULES[case.code].subsystem
    assert alerts[0].message and alerts[0].hint and "\n" not in alerts[0].message + alerts[0].hint
    assert (case.code, case.node) not in b.found(inside)


def test_every_code_has_a_case() -> None:
    assert {case.code for case in CASES} == set(RULES)


@pytest.mark.parametrize("nodes", [1, 2, 3, 5, 40, 250])
def test_a_healthy_cluster_has_nothing_to_say(nodes: int) -> None:
    assert judge(healthy(nodes)) == []


@pytest.mark.parametrize(
    ("unit", "field", "service"),
    [
        ("orama-ipfs", "ipfs.daemon_active", "Kubo"),
        ("orama-ipfs-cluster", "ipfs.cluster_active", "IPFS Cluster"),
        ("orama-olric", "olric.service_active", "Olric"),
    ],
)
def test_what_runs_and_does_not_listen_is_told_so(unit: str, field: str, service: str) -> None:
    snapshot = healthy()
    b.put(snapshot, 1, field, False)
    told = {alert.message for alert in judge(snapshot)}
    assert f"{service} runs, and nobody listens where it is asked" in told
    b.stopped(snapshot, 1, unit)
    assert f"{service} is not active" in {alert.message for alert in judge(snapshot)}
