"""Faults of firewall, routes and lost packets."""

from __future__ import annotations

from ..topology import INET_ADDRESS, WG_SUBNET
from .registry import At, add, add_local

add_local("ufw-off", "the firewall is off", "ufw disable", "ufw --force enable", "UFW_INACTIVE", node="n4")
add_local(
    "port-exposed",
    "the firewall lets everyone reach RQLite",
    "ufw allow 5001/tcp",
    "ufw delete allow 5001/tcp",
    "PORT_EXPOSED",
)
add_local(
    "port-range-exposed",
    "a range that holds an internal port is open",
    "ufw allow 9000:9100/tcp",
    "ufw delete allow 9000:9100/tcp",
    "PORT_EXPOSED",
    node="n1",
)
add_local(
    "port-exposed-to-a-network",
    "Kubo's API is open to somebody's network",
    "ufw allow from 203.0.113.0/24 to any port 4501 proto tcp",
    "ufw delete allow from 203.0.113.0/24 to any port 4501 proto tcp",
    "PORT_EXPOSED",
    node="n5",
)

AWAY = "OUTPUT -d 8.8.8.8 -j DROP"
add_local(
    "internet-unreachable",
    "nothing comes back from 8.8.8.8",
    f"iptables -I {AWAY}",
    f"while iptables -D {AWAY} 2>/dev/null; do :; done",
    "INTERNET_UNREACHABLE",
)
add_local(
    "no-default-route",
    "the default route is gone",
    "ip route del default",
    f"ip route replace default via {INET_ADDRESS}",
    "NO_DEFAULT_ROUTE",
    node="n5",
)


def _route_back(at: At) -> None:
    at.sh(f"ip route replace {WG_SUBNET} dev wg0 proto kernel scope link src {at.node.wg_address}")


add(
    "wg-route-missing",
    "no route leads into wg0",
    f"ip route del {WG_SUBNET} dev wg0",
    _route_back,
    "WG_ROUTE_MISSING",
    node="n5",
)

#: One connection after the other to a port that drops everything. Each is sent again after one and after
#: three seconds, so that at any moment most segments are repetitions.
KNOCKING = """
import collections, socket, time
held = collections.deque(maxlen=250)
while True:
    knock = socket.socket()
    knock.setblocking(False)
    knock.connect_ex(("127.0.0.1", 9))
    held.append(knock)
    time.sleep(0.02)
"""
BLACK_HOLE = "INPUT -i lo -p tcp --dport 9 -j DROP"


def _knock(at: At) -> None:
    at.machine.live.write("run/orama-lab/knock.py", KNOCKING)
    at.sh(
        f"iptables -I {BLACK_HOLE}; systemd-run -q --collect --unit=lab-knock /usr/bin/python3 /run/orama-lab/knock.py"
    )

    def retransmits() -> bool:
        counts = [int(word) for word in at.sh("grep ^Tcp: /proc/net/snmp | tail -1").split()[1:]]
        start.setdefault("out", counts[10])
        start.setdefault("again", counts[11])
        return counts[11] - start["again"] > 200

    start: dict[str, int] = {}
    at.until(retransmits, "segments are sent again", 30)


add_local(
    "tcp-retransmissions",
    "many TCP segments are sent again",
    _knock,
    f"systemctl stop lab-knock || :; while iptables -D {BLACK_HOLE} 2>/dev/null; do :; done",
    "TCP_RETRANS_HIGH",
    node="n4",
)
