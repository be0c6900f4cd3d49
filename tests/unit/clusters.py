"""Snapshots of a healthy cluster, for tests to break.

``healthy(5)`` is five nodes that report everything and have nothing to complain of: the first two are nameservers,
the first leads RQLite, everyone is everyone's WireGuard peer. Reports are plain models: a test changes the field
that its fault would change, and says what should come of it.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from ipaddress import IPv4Address
from typing import Any

from orama_monitor.report import NodeReport
from orama_monitor.snapshot import ConfiguredNode, NodeResult, Snapshot

BEGAN = datetime(2026, 2, 16, 12, 0, 0, tzinfo=UTC)
VERSION = "0.107.0"
COLLECTORS = (
    *("system", "services", "rqlite", "olric", "ipfs", "gateway"),
    *("wireguard", "dns", "anyone", "network", "processes", "namespaces"),
)
UNITS = (
    *("orama-node", "orama-gateway", "orama-olric", "orama-ipfs", "orama-ipfs-cluster"),
    *("orama-anyone-relay", "orama-anyone-client", "coredns", "caddy", "wg-quick@wg0"),
)
NAMESPACES = ("acme",)
VOTERS = 5
DAY = 86400


def host(index: int) -> str:
    """The configured host of the node with this index, from 0."""
    return str(IPv4Address("198.18.0.11") + index)


def wg_ip(index: int) -> str:
    return str(IPv4Address("10.0.0.1") + index)


def key(index: int) -> str:
    """A WireGuard public key, the same for the same index."""
    return base64.b64encode(f"public key of node {index}".ljust(32, ".").encode()).decode()


def role(index: int, nameservers: int = 2) -> str:
    return f"nameserver-ns{index + 1}" if index < nameservers else "node"


def healthy(nodes: int = 5, nameservers: int = 2, environment: str = "testnet") -> Snapshot:
    """A cluster in which nothing is wrong."""
    roles = [role(index, nameservers) for index in range(nodes)]
    return Snapshot(
        environment=environment,
        collected_at=BEGAN,
        duration_seconds=2.4,
        configured=[ConfiguredNode(host=host(index), role=roles[index]) for index in range(nodes)],
        nodes=[_result(index, nodes, roles[index]) for index in range(nodes)],
    )


def report(snapshot: Snapshot, index: int) -> NodeReport:
    """The report of the node with this index. Fails where it has none."""
    found = next(node.report for node in snapshot.nodes if node.host == host(index))
    assert found is not None
    return found


def lost(snapshot: Snapshot, *indexes: int, failure: str = "unreachable", error: str = "timed out") -> None:
    """These nodes brought no report: nothing else changes, as in the first seconds after a node's death."""
    for node in snapshot.nodes:
        if node.host in {host(index) for index in indexes}:
            node.report, node.failure, node.error = None, failure, error  # type: ignore[assignment]


def narrowed(snapshot: Snapshot, *indexes: int) -> Snapshot:
    """What ``--node`` would have collected of it."""
    wanted = {host(index) for index in indexes}
    return snapshot.model_copy(update={"nodes": [node for node in snapshot.nodes if node.host in wanted]})


def _result(index: int, nodes: int, its_role: str) -> NodeResult:
    started = BEGAN.timestamp() + 0.01 * (index % 50)
    return NodeResult(
        host=host(index),
        role=its_role,
        collection_ms=1400,
        started=started,
        ended=started + 1.4,
        report=NodeReport.model_validate(raw_report(index, nodes, its_role)),
    )


def raw_report(index: int, nodes: int, its_role: str) -> dict[str, Any]:
    """A healthy node's report as its JSON has it."""
    nameserver = its_role.startswith("nameserver")
    absent = set() if nameserver else {"dns"}
    return {
        "schema_version": 1,
        "timestamp": BEGAN.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "hostname": f"n{index + 1}",
        "version": VERSION,
        "wireguard_ip": wg_ip(index),
        "collect_ms": 420,
        "errors": [],
        "collectors": {
            name: {"status": "absent" if name in absent else "ok", "ms": 120, "error": None} for name in COLLECTORS
        },
        "system": _system(),
        "services": _services(nameserver),
        "rqlite": _rqlite(index, nodes),
        "olric": _olric(nodes),
        "ipfs": _ipfs(nodes),
        "gateway": _gateway(),
        "wireguard": _wireguard(index, nodes),
        "dns": _dns() if nameserver else None,
        "anyone": _anyone(index),
        "network": _network(),
        "processes": {"zombie_count": 0, "zombies": [], "orphan_count": 0, "orphans": [], "panic_count": 0},
        "namespaces": [_namespace(name, index) for name in NAMESPACES],
    }


def _system() -> dict[str, Any]:
    return {
        "cpu_count": 4,
        "load_avg_1": 0.4,
        "load_avg_5": 0.3,
        "load_avg_15": 0.2,
        "mem_total_mb": 7937,
        "mem_used_mb": 2381,
        "mem_free_mb": 1200,
        "mem_available_mb": 5556,
        "mem_use_pct": 30,
        "swap_total_mb": 2048,
        "swap_used_mb": 0,
        "disk_mount": "/",
        "disk_total_gb": 80.0,
        "disk_used_gb": 24.0,
        "disk_avail_gb": 56.0,
        "disk_use_pct": 30,
        "inode_use_pct": 5,
        "oom_kills": 0,
        "oom_kills_24h": 0,
        "kernel_version": "6.1.0-18-amd64",
        "uptime_seconds": 30 * DAY,
        "uptime_since": "2026-01-17T12:00:00Z",
        "time_unix": BEGAN.timestamp() + 1.0,
        "ntp_synchronized": True,
    }


def unit(name: str, active: bool = True, installed: bool = True) -> dict[str, Any]:
    """One systemd unit as a report has it; one that does not run was never started."""
    oneshot = name.startswith("wg-quick@")
    return {
        "name": name,
        "load_state": "loaded" if installed else "not-found",
        "active_state": "active" if active else "inactive",
        "sub_state": ("exited" if oneshot else "running") if active else "dead",
        "enabled": active,
        "n_restarts": 0,
        "active_since_sec": 10 * DAY if active else None,
        "memory_current_mb": 120 if active and not oneshot else None,
        "cpu_usage_nsec": 9_000_000_000 if active else None,
        "main_pid": 4711 if active and not oneshot else None,
        "restart_loop_risk": False,
    }


def _services(nameserver: bool) -> dict[str, Any]:
    missing = {"orama-anyone-client"} | (set() if nameserver else {"coredns", "caddy"})
    units = [unit(name, active=name not in missing, installed=name not in missing) for name in UNITS]
    units += [unit(f"orama-namespace-{part}@{name}") for name in NAMESPACES for part in ("gateway", "olric", "rqlite")]
    return {"services": units, "failed_units": []}


def _rqlite(index: int, nodes: int) -> dict[str, Any]:
    leads = index == 0
    return {
        "responsive": True,
        "ready": True,
        "strong_read": True,
        "raft_state": "Leader" if leads else "Follower",
        "leader_addr": f"{wg_ip(0)}:7001",
        "leader_id": "n1",
        "node_id": f"n{index + 1}",
        "term": 42,
        "applied_index": 10_000,
        "commit_index": 10_000,
        "fsm_pending": 0,
        "last_contact": "0" if leads else "12.4ms",
        "num_peers": min(nodes, VOTERS) - 1 if index < VOTERS else 0,
        "voter": index < VOTERS,
        "db_size": "1.2 MB",
        "db_size_bytes": 1_200_000,
        "uptime": "240h0m0s",
        "version": "v8.43.4",
        "goroutines": 45,
        "heap_mb": 60,
        "nodes": {
            f"n{other + 1}": {
                "addr": f"{wg_ip(other)}:7001",
                "reachable": True,
                "leader": other == 0,
                "voter": other < VOTERS,
                "time_ms": 0.8,
                "error": None,
            }
            for other in range(min(nodes, 200))
        },
        "debug_vars": {
            "query_errors": 0,
            "execute_errors": 0,
            "remote_exec_errors": 0,
            "leader_not_found": 0,
            "snapshot_errors": 0,
            "client_retries": 0,
            "client_timeouts": 0,
        },
        **({"nodes_omitted": nodes - 200} if nodes > 200 else {}),
    }


def _olric(nodes: int) -> dict[str, Any]:
    return {
        "service_active": True,
        "memberlist_up": True,
        "member_count": nodes,
        "members": [f"{wg_ip(other)}:3320" for other in range(min(nodes, 200))],
        "coordinator": f"{wg_ip(0)}:3320",
        "process_mem_mb": 60,
        "restart_count": 0,
        "log_errors_1h": 0,
        "log_suspects_1h": 0,
        "log_flapping_1h": 0,
    }


def _ipfs(nodes: int) -> dict[str, Any]:
    return {
        "daemon_active": True,
        "cluster_active": True,
        "swarm_peers": nodes - 1,
        "cluster_peers": nodes,
        "cluster_errors": 0,
        "repo_size_bytes": 2_000_000_000,
        "repo_max_bytes": 10_000_000_000,
        "repo_use_pct": 20,
        "kubo_version": "0.38.2",
        "cluster_version": "1.1.6",
        "has_swarm_key": True,
        "bootstrap_empty": True,
    }


def _gateway() -> dict[str, Any]:
    parts = ("rqlite", "olric", "ipfs", "anyone")
    return {
        "responsive": True,
        "http_status": 200,
        "version": VERSION,
        "subsystems": {name: {"status": "ok", "latency": "1.2ms", "error": None} for name in parts},
    }


def _wireguard(index: int, nodes: int) -> dict[str, Any]:
    peers = [other for other in range(nodes) if other != index]
    return {
        "interface_up": True,
        "service_active": True,
        "wg_ip": wg_ip(index),
        "public_key": key(index),
        "listen_port": 51820,
        "peer_count": len(peers),
        "mtu": 1420,
        "config_exists": True,
        "config_perms": "600",
        "peers": [peer(other) for other in peers[:200]],
        **({"peers_omitted": len(peers) - 200} if len(peers) > 200 else {}),
    }


def peer(other: int, age: int = 60) -> dict[str, Any]:
    """The node with this index as another one's WireGuard peer; handshake ``age`` in seconds."""
    return {
        "public_key": key(other),
        "endpoint": f"{host(other)}:51820",
        "allowed_ips": f"{wg_ip(other)}/32",
        "latest_handshake": int(BEGAN.timestamp()) - age,
        "handshake_age_sec": age,
        "transfer_rx_bytes": 812_000_000,
        "transfer_tx_bytes": 790_000_000,
        "keepalive": 25,
    }


def _dns() -> dict[str, Any]:
    return {
        "coredns_active": True,
        "caddy_active": True,
        "port_53_bound": True,
        "port_80_bound": True,
        "port_443_bound": True,
        "coredns_mem_mb": 40,
        "coredns_restarts": 0,
        "log_errors_5m": 0,
        "corefile_exists": True,
        "domain": "testnet.orama.example",
        "soa_resolves": True,
        "ns_resolves": True,
        "wildcard_resolves": True,
        "base_a_resolves": True,
        "ns_record_count": 2,
        "base_tls_days_left": 88,
        "wild_tls_days_left": 88,
    }


def _anyone(index: int) -> dict[str, Any]:
    return {
        "relay_active": True,
        "client_active": False,
        "mode": "relay",
        "orport_listening": True,
        "socks_listening": False,
        "control_listening": True,
        "bootstrapped": True,
        "bootstrap_pct": 100,
        "fingerprint": f"{index + 1:040X}",
        "nickname": f"orama{index + 1}",
    }


def _network() -> dict[str, Any]:
    return {
        "internet_reachable": True,
        "default_route": True,
        "wg_route_exists": True,
        "tcp_established": 60,
        "tcp_time_wait": 12,
        "tcp_retrans_pct": 0.1,
        "listening_ports": [
            {"port": 22, "proto": "tcp", "address": "0.0.0.0", "process": "sshd"},
            {"port": 5001, "proto": "tcp", "address": "0.0.0.0", "process": "rqlited"},
            {"port": 51820, "proto": "udp", "address": "0.0.0.0", "process": None},
        ],
        "ufw_active": True,
        "ufw_default_incoming": "deny",
        "ufw_rules": [
            "22/tcp                     ALLOW       Anywhere",
            "51820/udp                  ALLOW       Anywhere",
            "80/tcp                     ALLOW       Anywhere",
            "443/tcp                    ALLOW       Anywhere",
            "9001/tcp                   ALLOW       Anywhere",
            "Anywhere                   ALLOW       10.0.0.0/8",
            "22/tcp (v6)                ALLOW       Anywhere (v6)",
        ],
    }


def _namespace(name: str, index: int) -> dict[str, Any]:
    return {
        "name": name,
        "port_base": 10_000,
        "rqlite_up": True,
        "rqlite_ready": True,
        "rqlite_state": "Leader" if index == 0 else "Follower",
        "olric_up": True,
        "gateway_up": True,
        "gateway_status": 200,
    }
