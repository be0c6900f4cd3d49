"""Faults of the WireGuard mesh."""

from __future__ import annotations

import time

from ..services.olric import UNIT as OLRIC
from ..services.wireguard import CONFIG, MTU, PORT, config, public_key
from .registry import At, add
from .units import WIREGUARD, wake

#: Sooner or later the others give up a member without the mesh, and it them: it joins again when it starts.
JOIN = f"systemctl restart {OLRIC}; systemctl try-restart 'orama-namespace-olric@*'"
UP = f"ip link show wg0 >/dev/null 2>&1 || {{ systemctl restart {WIREGUARD}; {JOIN}; }}\n{wake(WIREGUARD)}"
OTHER = "n4"

add("wg-down", "wg0 is taken down behind systemd's back", "wg-quick down wg0", UP, "WG_DOWN")
add(
    "wg-stopped",
    f"{WIREGUARD} is stopped",
    f"systemctl stop {WIREGUARD}",
    UP,
    "SERVICE_INACTIVE",
    node="n4",
    follow="SERVICE_INACTIVE",
)


def _break_config(at: At) -> None:
    at.machine.live.write(CONFIG, "[Interface]\nnonsense\n", 0o600)
    at.sh(f"systemctl restart {WIREGUARD}", check=False)


def _mend_config(at: At) -> None:
    at.machine.live.write(CONFIG, config(at.site, at.node), 0o600)
    at.sh(f"systemctl reset-failed {WIREGUARD} || :; systemctl restart {WIREGUARD}; {JOIN}\n{wake(WIREGUARD)}")


add(
    "wg-config-broken",
    f"wg0.conf has an error, and {WIREGUARD} failed",
    _break_config,
    _mend_config,
    "SERVICE_FAILED",
    node="n5",
)


def _remove_peer(at: At) -> None:
    at.sh(f"wg set wg0 peer {public_key(at.site, at.elsewhere(OTHER).node)} remove")


def _all_peers(at: At) -> None:
    """The node's peers as wg0.conf has them; those that are right keep their sessions."""
    at.sh("wg syncconf wg0 <(wg-quick strip wg0)")


add("wg-peer-removed", f"{OTHER} is no peer any more", _remove_peer, _all_peers, "WG_PEER_MISSING")


def _cut(at: At) -> None:
    address = at.elsewhere(OTHER).node.address
    at.sh(f"iptables -I INPUT -s {address} -p udp --dport {PORT} -j DROP")
    at.sh(f"iptables -I OUTPUT -d {address} -p udp --dport {PORT} -j DROP")


def _mend(at: At) -> None:
    address = at.elsewhere(OTHER).node.address
    at.sh(f"while iptables -D INPUT -s {address} -p udp --dport {PORT} -j DROP 2>/dev/null; do :; done")
    at.sh(f"while iptables -D OUTPUT -d {address} -p udp --dport {PORT} -j DROP 2>/dev/null; do :; done")
    _all_peers(at)


def _never(at: At) -> None:
    _cut(at)
    _remove_peer(at)
    _all_peers(at)


def _age(at: At) -> float:
    told = at.run("wg", "show", "wg0", "latest-handshakes").stdout
    key = public_key(at.site, at.elsewhere(OTHER).node)
    stamps = [int(line.split()[1]) for line in told.splitlines() if line.startswith(key)]
    return time.time() - stamps[0]


def _is_stale(at: At) -> bool:
    return _age(at) > 182


add("wg-never-handshaked", f"{OTHER} has never answered", _never, _mend, "WG_PEER_NEVER_HANDSHAKED")
add(
    "wg-handshake-stale",
    f"{OTHER} has not answered for three minutes",
    _cut,
    _mend,
    "WG_HANDSHAKE_STALE",
    ripe=_is_stale,
)

STRANGER = "bGFiIGZhdWx0OiBhIHBlZXIgbm9ib2R5IGtub3dzISE="
add(
    "wg-unknown-peer",
    "a peer that is none of the nodes",
    f"wg set wg0 peer {STRANGER} allowed-ips 10.0.0.99/32",
    f"wg set wg0 peer {STRANGER} remove",
    "WG_PEER_UNKNOWN",
)
add(
    "wg-conf-readable",
    "everyone can read wg0.conf",
    f"chmod 644 /{CONFIG}",
    f"chmod 600 /{CONFIG}",
    "WG_CONFIG_PERMS",
    node="n1",
)
add(
    "wg-mtu",
    "wg0 has another MTU than the others'",
    "ip link set wg0 mtu 1380",
    f"ip link set wg0 mtu {MTU}",
    "WG_MTU_MISMATCH@cluster",
    node="n5",
)
