"""The cluster report's summary and the status of its nodes, as the alerts give them."""

from __future__ import annotations

from orama_monitor.cluster_report import assess
from tests.unit.alerts import breaking as b
from tests.unit.clusters import healthy, host


def test_each_failed_unit_of_a_node_counts() -> None:
    snapshot = healthy()
    b.put(snapshot, 2, "services.failed_units", ["backup.service", "logrotate.timer"])
    assert assess(snapshot).summary.service_health == "2 other units failed"


def test_a_peer_that_may_be_one_of_several_nodes_counts_once() -> None:
    """Two dead nodes are configured by names of which no peer's address tells."""
    snapshot = healthy()
    b.node_dead(snapshot, 3, 4)
    for index in (3, 4):
        snapshot.nodes[index].host = snapshot.configured[index].host = f"n{index + 1}.example"
    assert assess(snapshot).summary.wg_mesh_status == "2 stale handshakes"


def test_a_machine_fares_alike_under_both_of_its_names() -> None:
    snapshot = healthy(3)
    twin = b.named_twice(snapshot, 0)
    assert {node.status for node in assess(snapshot).nodes} == {"healthy"}
    b.put(snapshot, 0, "network.ufw_active", False)
    assert {node.host for node in assess(snapshot).nodes if node.status == "degraded"} == {host(0), twin.host}
