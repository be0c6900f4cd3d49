"""A cluster in trouble and a conf: what tests and the documentation of the command line show."""

from __future__ import annotations

from pathlib import Path

from orama_monitor.cluster_report import assess
from orama_monitor.snapshot import Snapshot
from tests.unit.clusters import healthy, key, lost, report

CONF = """\
# two environments
testnet|root@198.18.0.11|s3cret-pw|nameserver-ns1|keys/id
testnet|root@198.18.0.12||node|keys/id
testnet|ops@[2001:db8::7]:2222|other-pw|node
devnet|root@dev.example|node
"""


def faulty() -> Snapshot:
    """A cluster with a dead node, a failed unit and a full disk."""
    snapshot = healthy(5)
    lost(snapshot, 1, error="connection timed out")
    for index in (0, 2, 3, 4):
        wireguard = report(snapshot, index).wireguard
        assert wireguard and wireguard.peers
        next(peer for peer in wireguard.peers if peer.public_key == key(1)).handshake_age_sec = 600
    system = report(snapshot, 3).system
    services = report(snapshot, 4).services
    assert system and services and services.services
    system.disk_use_pct, system.disk_avail_gb = 93, 5.6
    failed = next(unit for unit in services.services if unit.name == "orama-olric")
    failed.active_state, failed.sub_state, failed.n_restarts = "failed", "failed", 5
    return snapshot


def save(snapshot: Snapshot, path: Path) -> Path:
    """Write what ``orama monitor report`` prints."""
    path.write_text(assess(snapshot).to_json(), encoding="utf-8")
    return path
