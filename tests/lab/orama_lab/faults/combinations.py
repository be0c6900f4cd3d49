"""Pairs of faults that stand at once: each must be seen for what it is, beside the other."""

from __future__ import annotations

Part = tuple[str, str]

#: Two faults, each with its node. What is expected is what both are expected to give.
COMBINATIONS: tuple[tuple[Part, Part], ...] = (
    (("node-frozen", "n4"), ("gateway-frozen", "n3")),
    (("node-down", "n4"), ("disk-full", "n5")),
    (("wg-down", "n3"), ("memory-high", "n5")),
    (("ssh-closed", "n5"), ("port-exposed", "n4")),
    (("coredns-stopped", "n2"), ("tls-expiring", "n1")),
    (("ufw-off", "n4"), ("wg-conf-readable", "n1")),
    (("gateway-unhealthy", "n4"), ("olric-suspects", "n5")),
    (("ipfs-stopped", "n4"), ("ipfs-bootstrap", "n5")),
    (("ipfs-cluster-stopped", "n3"), ("swarm-key-missing", "n4")),
    (("orama-node-stopped", "n3"), ("zombies", "n1")),
    (("version-mismatch", "n4"), ("load-high", "n2")),
    (("namespace-gateway-stopped", "n3"), ("caddy-failed", "n1")),
    (("no-default-route", "n5"), ("rqlite-strong-read-fails", "n3")),
    (("sudo-broken", "n1"), ("anyone-client-stopped", "n4")),
)

#: Faults that take minutes and do not touch each other: they come about side by side.
SIDE_BY_SIDE: tuple[Part, ...] = (("olric-restarts", "n5"), ("wg-handshake-stale", "n3"))
