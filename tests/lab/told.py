"""What the tools of a node's own print: systemctl, wg, curl, dig, openssl, ss, df and others, all asked in one go."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from orama_lab import Lab
from orama_lab.services.gateway import PORT as GATEWAY
from orama_lab.services.ipfs import API as KUBO
from orama_lab.services.ipfs_cluster import API as CLUSTER
from orama_lab.services.log import path
from orama_lab.services.rqlite import HTTP as RQLITE
from orama_lab.topology import DOMAIN, HOME, RESOLVER, Node

MARK = "=-=-="
WILD = f"orama-monitor-check.{DOMAIN}"  # the wildcard's, since nobody else has that name
UNITS = "'orama-*' coredns.service caddy.service 'wg-quick@*'"
SHOWN = "Id,LoadState,ActiveState,SubState,UnitFileState,NRestarts,MainPID"


def curl(url: str, words: str = "") -> str:
    return f"curl -s -m 5 {words} '{url}'"


def _log(unit: str, since: str, pattern: str) -> str:
    """Lines in the journal, and in the file where there is one; that begins when the lab was last well."""
    lines = f"{{ journalctl -q -o cat -u {unit} --since=-{since}; cat {path(unit)} 2>/dev/null; }}"
    return f"{lines} | grep -ciE '{pattern}' || :"


def _expiry(name: str) -> str:
    shown = f"openssl s_client -connect 127.0.0.1:443 -servername {name} </dev/null 2>/dev/null"
    return f"{shown} | openssl x509 -noout -enddate | cut -d= -f2"


COMMANDS = {
    "hostname": "hostname",
    "version": "/usr/local/bin/orama version",
    "clock": "date +%s",
    "processors": "nproc",
    "uptime": "uptime",
    "booted": 'date -u -d "$(uptime -s)" +%Y-%m-%dT%H:%M:%SZ',
    "free": "free -b",
    "df": f"df -B1 --output=target,size,used,avail,pcent,ipcent / {HOME} | tail -n +2",
    "kernel": "uname -r",
    "synchronized": "timedatectl show -p NTPSynchronized --value",
    "oom": "awk '$1 == \"oom_kill\" {print $2}' /proc/vmstat",
    "units": f"systemctl show --all -p {SHOWN} {UNITS}",
    "failed": "systemctl --failed --plain --no-legend | cut -d' ' -f1",
    "rss": "ps -eo pid=,rss=",
    "rqlite status": curl(f"http://127.0.0.1:{RQLITE}/status"),
    "rqlite ready": curl(f"http://127.0.0.1:{RQLITE}/readyz", "-o /dev/null -w '%{http_code}'"),
    "rqlite nodes": curl(f"http://127.0.0.1:{RQLITE}/nodes?nonvoters&ver=2"),
    "rqlite read": curl(f"http://127.0.0.1:{RQLITE}/db/query?level=strong&q=SELECT%2041%2B1"),
    "rqlite vars": curl(f"http://127.0.0.1:{RQLITE}/debug/vars"),
    "olric errors": _log("orama-olric", "1h", r"\[ERR(OR)?\]"),
    "olric suspects": _log("orama-olric", "1h", "suspect|marking .* as failed"),
    "kubo version": "ipfs version --number",
    "kubo peers": curl(f"http://127.0.0.1:{KUBO}/api/v0/swarm/peers", "-X POST"),
    "kubo repository": f'cd {HOME}/data/ipfs/repo; du -sb . | cut -f1; grep -o \'"StorageMax": *"[^"]*"\' config',
    "kubo bootstrap": f"grep -A1 '\"Bootstrap\"' {HOME}/data/ipfs/repo/config",
    "cluster version": "ipfs-cluster-service --version",
    "cluster peers": curl(f"http://127.0.0.1:{CLUSTER}/peers"),
    "swarm key": f"head -1 {HOME}/data/ipfs/repo/swarm.key",
    "gateway": curl(f"http://127.0.0.1:{GATEWAY}/v1/health", "-w '\\n%{http_code}'"),
    "wg": "wg show wg0",
    "wg keys": "wg show wg0 public-key; wg show wg0 listen-port; wg show wg0 latest-handshakes",
    "wg link": "cat /sys/class/net/wg0/mtu; hostname -I | tr ' ' '\\n' | grep '^10[.]0[.]'",
    "wg addresses": "sed -n 's/^Address = //p' /etc/wireguard/wg0.conf",
    "wg permissions": "ls -l /etc/wireguard/wg0.conf | cut -c1-10",
    "zone": f"for kind in SOA NS A; do dig +short +time=2 @127.0.0.1 {DOMAIN} $kind | wc -l; done",
    "wildcard": f"dig +short +time=2 @127.0.0.1 {WILD} A | wc -l",
    "certificates": f"{_expiry(DOMAIN)}; {_expiry(WILD)}",
    "coredns errors": _log("coredns", "5m", r"\[ERROR\]"),
    "sockets": "ss -Hlntup",
    "connections": "ss -Htn state established | wc -l; ss -Htn state time-wait | wc -l",
    "routes": "ip route show",
    "ping": f"ping -n -q -c 1 -W 3 {RESOLVER} >/dev/null && echo reached || echo lost",
    "anon": "cat /etc/anon/anonrc; cat /var/lib/anon/fingerprint",
    "anon log": "cat /var/log/anon/notices.log.1 /var/log/anon/notices.log | grep -o 'Bootstrapped [0-9]*' | tail -1",
    "ufw": "ufw status verbose",
    "processes": "ps -eo stat=",
    "panics": _log("orama-node", "1h", "panic|fatal"),
    "namespaces": f"cd {HOME}/data/namespaces && grep -H '^HTTP_ADDR=' */rqlite.env",
}
SCRIPT = "set +e\n" + "".join(f"echo '{MARK}{name}'\n{{ {ask}; }} 2>/dev/null\n" for name, ask in COMMANDS.items())


class Told:
    """What each of the commands printed on a node."""

    def __init__(self, lab: Lab, node: Node) -> None:
        self.lab, self.node = lab, node
        parts = lab.ssh(node.name, SCRIPT, check=False, timeout=120).split(MARK)[1:]
        self.text = {name: text.strip() for name, _newline, text in (part.partition("\n") for part in parts)}

    def __getitem__(self, name: str) -> str:
        return self.text[name]

    def json(self, name: str) -> Any:
        return json.loads(self.text[name])

    def number(self, name: str) -> int:
        return int(self.text[name])

    def units(self) -> dict[str, dict[str, str]]:
        """Properties of the units by name."""
        blocks = (dict(line.split("=", 1) for line in block.splitlines()) for block in self["units"].split("\n\n"))
        return {block["Id"].removesuffix(".service"): block for block in blocks}

    def active(self, unit: str) -> bool:
        return self.units().get(unit, {}).get("ActiveState") == "active"

    def memory(self, unit: str) -> Any:
        """MiB of a unit's main process, more or less: it works on."""
        pid = self.units()[unit]["MainPID"]
        rss = next(int(line.split()[1]) for line in self["rss"].splitlines() if line.split()[0] == pid)
        return pytest.approx(rss // 1024, abs=16)

    def sockets(self) -> Iterator[tuple[str, str, int, str]]:
        """(protocol, address, port, process) of every listening socket; ephemeral ports come and go."""
        for line in self["sockets"].splitlines():
            protocol, _state, _received, _sent, local, _peer, *process = line.split()
            address, _colon, port = local.rpartition(":")
            address = "::" if address == "*" else address.strip("[]").partition("%")[0]
            if int(port) < 32768:
                yield protocol, address, int(port), (re.findall(r'"([^"]+)"', " ".join(process)) or ["?"])[0]

    def listens(self, port: int, protocol: str = "tcp") -> bool:
        return any((protocol, port) == (found[0], found[2]) for found in self.sockets())
