"""What a node's own tools say of it, in the shape of a report's sections: what the collectors must agree with.

No collector's code is used here, and hardly one of its sources: where it reads files of the kernel, a program is asked;
where it opens sockets, curl, dig and openssl do.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

import pytest

from orama_lab.services.ask import resp
from orama_lab.services.olric import GOSSIP
from orama_lab.services.olric import PORT as OLRIC
from orama_lab.topology import DOMAIN
from tests.lab.told import Told, curl

Section = dict[str, Any]

MIB, GIB = 2**20, 2**30


def whole(told: Told) -> Section:
    version = re.findall(r"\d+\.\d+\.\d+", told["version"])
    return {"hostname": told["hostname"], "version": version[0], "wireguard_ip": told["wg link"].split()[1]}


def system(told: Told) -> Section:
    memory, swap = ([int(word) for word in line.split()[1:]] for line in told["free"].splitlines()[1:])
    disks = [line.split() for line in told["df"].splitlines()]
    mount, size, used, free, share, _inodes = max(disks, key=lambda disk: int(disk[4].rstrip("%")))
    inodes = max(int(disk[5].rstrip("%")) for disk in disks)
    loads = re.findall(r"\d+\.\d+", told["uptime"].partition("load average")[2])
    booted = datetime.strptime(told["booted"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return {
        "cpu_count": told.number("processors"),
        **dict(zip(("load_avg_1", "load_avg_5", "load_avg_15"), map(float, loads), strict=True)),
        "mem_total_mb": memory[0] // MIB,
        "mem_free_mb": memory[2] // MIB,
        "mem_available_mb": memory[5] // MIB,
        "mem_used_mb": (memory[0] - memory[5]) // MIB,
        "mem_use_pct": ceil(100 * (memory[0] - memory[5]) / memory[0]),
        "swap_total_mb": swap[0] // MIB,
        "swap_used_mb": swap[1] // MIB,
        "disk_mount": mount,
        "disk_total_gb": pytest.approx(int(size) / GIB, abs=0.01),
        "disk_used_gb": pytest.approx(int(used) / GIB, abs=1),
        "disk_avail_gb": pytest.approx(int(free) / GIB, abs=1),
        "disk_use_pct": pytest.approx(int(share.rstrip("%")), abs=1),
        "inode_use_pct": pytest.approx(inodes, abs=1),
        "oom_kills": told.number("oom"),
        "oom_kills_24h": told.number("oom"),
        "kernel_version": told["kernel"],
        "uptime_seconds": pytest.approx(told.number("clock") - booted.timestamp(), abs=60),
        "uptime_since": Near(booted),
        "time_unix": pytest.approx(told.number("clock"), abs=60),
        "ntp_synchronized": told["synchronized"] == "yes",
    }


class Near:
    """Equal to a time written out that is no further off than two seconds: a clock's rounding."""

    def __init__(self, time: datetime) -> None:
        self.time = time

    def __eq__(self, other: object) -> bool:
        found = datetime.strptime(str(other), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        return abs(found - self.time) <= timedelta(seconds=2)

    def __repr__(self) -> str:
        return f"about {self.time}"


def services(told: Told) -> Section:
    return {
        "services": {
            name: {
                "load_state": unit["LoadState"],
                "active_state": unit["ActiveState"],
                "sub_state": unit["SubState"],
                "enabled": unit["UnitFileState"] == "enabled",
                "n_restarts": int(unit["NRestarts"]),
                "main_pid": int(unit["MainPID"]) or None,
            }
            for name, unit in told.units().items()
            if unit["LoadState"] == "loaded"
        },
        "failed_units": told["failed"].splitlines(),
    }


def rqlite(told: Told) -> Section:
    status, variables = told.json("rqlite status"), told.json("rqlite vars")
    store, raft = status["store"], status["store"]["raft"]
    index = pytest.approx(raft["applied_index"], abs=20)  # each strong read is an entry of the log
    return {
        "responsive": True,
        "ready": told["rqlite ready"] == "200",
        "strong_read": told.json("rqlite read")["results"][0].get("values") == [[42]],
        "raft_state": raft["state"],
        "leader_addr": store["leader"]["addr"],
        "leader_id": store["leader"]["node_id"],
        "node_id": store["node_id"],
        "term": raft["term"],
        "applied_index": index,
        "commit_index": index,
        "fsm_pending": 0,
        "num_peers": int(raft["num_peers"]),
        "voter": raft["voter"],
        "db_size_bytes": store["sqlite3"]["db_size"],
        "version": status["build"]["version"],
        "nodes": {
            node["id"]: (node["addr"], node["reachable"], node["leader"], node["voter"])
            for node in told.json("rqlite nodes")["nodes"]
        },
        "debug_vars": {
            "query_errors": variables["db"]["query_errors"],
            "execute_errors": variables["db"]["execution_errors"],
            "leader_not_found": variables["http"]["leader_not_found"],
        },
    }


def olric(told: Told) -> Section:
    address = (told.node.wg_address, OLRIC)
    members = told.lab.site.inside(told.node, lambda: resp(address, "CLUSTER.MEMBERS"))
    return {
        "service_active": told.active("orama-olric"),
        "memberlist_up": told.listens(GOSSIP),
        "member_count": len(members),
        "members": {name for name, _born, _coordinator in members},
        "coordinator": min(members, key=lambda member: int(member[1]))[0],
        "process_mem_mb": told.memory("orama-olric"),
        "restart_count": int(told.units()["orama-olric"]["NRestarts"]),
        "log_errors_1h": told.number("olric errors"),
        "log_suspects_1h": told.number("olric suspects"),
    }


def ipfs(told: Told) -> Section:
    size, quota = told["kubo repository"].splitlines()
    maximum = int(re.findall(r"\d+", quota)[0]) * 10**9
    peers = [json.loads(line) for line in told["cluster peers"].splitlines()]
    return {
        "daemon_active": told.active("orama-ipfs"),
        "cluster_active": told.active("orama-ipfs-cluster"),
        "swarm_peers": len({peer["Peer"] for peer in told.json("kubo peers")["Peers"]}),
        "cluster_peers": sum(1 for peer in peers if not peer["error"]),
        "cluster_errors": sum(1 for peer in peers if peer["error"] or peer["ipfs"]["error"]),
        "repo_size_bytes": pytest.approx(int(size), abs=16384),
        "repo_max_bytes": maximum,
        "repo_use_pct": ceil(100 * int(size) / maximum),
        "kubo_version": told["kubo version"],
        "cluster_version": told["cluster version"].split()[-1].partition("+")[0],
        "has_swarm_key": told["swarm key"] == "/key/swarm/psk/1.0.0/",
        "bootstrap_empty": re.search(r'"Bootstrap": (null|\[\])', told["kubo bootstrap"]) is not None,
    }


def gateway(told: Told) -> Section:
    body, _newline, code = told["gateway"].rpartition("\n")
    health = json.loads(body)
    return {
        "responsive": True,
        "http_status": int(code),
        "version": health["version"],
        "subsystems": {name: found["status"] for name, found in health["subsystems"].items()},
    }


def wireguard(told: Told) -> Section:
    public, port, *handshakes = told["wg keys"].splitlines()
    ages = dict(line.split() for line in handshakes)
    mtu, address = told["wg link"].split()
    return {
        "interface_up": told["wg"].startswith("interface: wg0"),
        "service_active": told.active("wg-quick@wg0"),
        "wg_ip": address,
        "addresses": told["wg addresses"].split(", "),
        "public_key": public,
        "listen_port": int(port),
        "peer_count": len(handshakes),
        "mtu": int(mtu),
        "config_exists": bool(told["wg permissions"]),
        "config_perms": {"-rw-------": "600"}.get(told["wg permissions"], told["wg permissions"]),
        "peers": {key: (*_peer(told["wg"], key), pytest.approx(int(ages[key]), abs=180)) for key in ages},
    }


def _peer(shown: str, key: str) -> tuple[str, str, int]:
    """Endpoint, allowed addresses and keepalive as `wg show` puts them for people."""
    text = shown.partition(f"peer: {key}\n")[2].partition("\n\n")[0]
    fields = dict(line.strip().split(": ", 1) for line in text.splitlines())
    every = re.findall(r"\d+", fields["persistent keepalive"])
    return fields["endpoint"], fields["allowed ips"], int(every[0])


def dns(told: Told) -> Section | None:
    if not told.node.nameserver:
        return None
    soa, servers, addresses = (int(count) for count in told["zone"].splitlines())
    base, wild = (_days(line, told.number("clock")) for line in told["certificates"].splitlines())
    return {
        "coredns_active": told.active("coredns"),
        "caddy_active": told.active("caddy"),
        "port_53_bound": told.listens(53, "udp"),
        "port_80_bound": told.listens(80),
        "port_443_bound": told.listens(443),
        "coredns_mem_mb": told.memory("coredns"),
        "coredns_restarts": int(told.units()["coredns"]["NRestarts"]),
        "log_errors_5m": told.number("coredns errors"),
        "corefile_exists": True,
        "domain": DOMAIN,
        "soa_resolves": soa == 1,
        "ns_resolves": servers > 0,
        "wildcard_resolves": told.number("wildcard") > 0,
        "base_a_resolves": addresses > 0,
        "ns_record_count": servers,
        "base_tls_days_left": base,
        "wild_tls_days_left": wild,
    }


def _days(written: str, now: int) -> int:
    ends = datetime.strptime(written, "%b %d %H:%M:%S %Y GMT").replace(tzinfo=UTC)
    return int(ends.timestamp() - now) // 86400


def anyone(told: Told) -> Section:
    config = dict(line.split(" ", 1) for line in told["anon"].splitlines() if " " in line)
    named = re.search(r"^(\w+) ([0-9A-F]{40})$", told["anon"], re.MULTILINE)
    percent = int(told["anon log"].split()[1])
    return {
        "relay_active": told.active("orama-anyone-relay"),
        "client_active": told.active("orama-anyone-client"),
        "mode": "relay" if "ORPort" in config else "client",
        "orport_listening": told.listens(9001),
        "socks_listening": told.listens(9050),
        "control_listening": told.listens(9051),
        "bootstrapped": percent == 100,
        "bootstrap_pct": percent,
        "fingerprint": named.group(2) if named else None,
        "nickname": named.group(1) if named else None,
    }


def network(told: Told) -> Section:
    established, waiting = told["connections"].split()
    status, _rule, rules = told["ufw"].partition("--                         ------      ----\n")
    return {
        "internet_reachable": told["ping"] == "reached",
        "default_route": told["routes"].startswith("default "),
        "wg_route_exists": " dev wg0 " in told["routes"],
        "tcp_established": pytest.approx(int(established), abs=40),
        "tcp_time_wait": pytest.approx(int(waiting), abs=200),
        "listening_ports": set(told.sockets()),
        "ufw_active": "Status: active" in status,
        "ufw_default_incoming": re.findall(r"Default: (\w+) \(incoming\)", status)[0],
        "ufw_rules": [[word for word in line.split() if word != "IN"] for line in rules.splitlines() if line],
    }


def processes(told: Told) -> Section:
    return {
        "zombie_count": sum(1 for state in told["processes"].splitlines() if state.startswith("Z")),
        "zombies": [],
        "orphan_count": 0,
        "orphans": [],
        "panic_count": told.number("panics"),
    }


def namespaces(told: Told) -> list[Section]:
    found = []
    for line in told["namespaces"].splitlines():
        name, port = line.partition("/")[0], int(line.rpartition(":")[2])
        status = told.lab.ssh(told.node.name, curl(f"http://127.0.0.1:{port}/status?key=store.raft"))
        health = told.lab.ssh(told.node.name, curl(f"http://127.0.0.1:{port + 4}/v1/health", "-w '\\n%{http_code}'"))
        found.append(
            {
                "name": name,
                "port_base": port,
                "rqlite_up": told.active(f"orama-namespace-rqlite@{name}"),
                "rqlite_ready": True,
                "rqlite_state": json.loads(status)["state"],
                "olric_up": told.listens(port + 2),
                "gateway_up": told.active(f"orama-namespace-gateway@{name}"),
                "gateway_status": int(health.split()[-1]),
            }
        )
    return found
