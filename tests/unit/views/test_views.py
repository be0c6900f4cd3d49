"""Every view, of every size of cluster, at every width."""

from __future__ import annotations

import functools
import importlib
import io
import re
from collections.abc import Callable

import pytest
from rich.console import Console
from rich.text import Text

from orama_monitor.alerts.policy import Policy
from orama_monitor.alerts.thresholds import Thresholds
from orama_monitor.cluster_report import ClusterReport, assess
from orama_monitor.report import CollectorOutcome, Process
from orama_monitor.snapshot import Snapshot
from orama_monitor.views import brief, node_report
from orama_monitor.views.peers import mesh
from orama_monitor.views.service import TROUBLED_ROWS
from tests.unit.alerts.breaking import failed, node_dead, put
from tests.unit.clusters import healthy, host, lost, report

VIEWS = ("cluster", "node", "service", "mesh", "dns", "namespaces", "alerts")
WIDTHS = (60, 80, 200)


def shown(view: str, judged: ClusterReport, width: int = 80, colour: bool = False) -> str:
    """What a view prints."""
    stream = io.StringIO()
    system = "256" if colour else None
    console = Console(file=stream, width=width, color_system=system, force_terminal=colour)  # type: ignore[arg-type]
    console.print(importlib.import_module(f"orama_monitor.views.{view}").render(judged))
    return stream.getvalue()


def broken(nodes: int) -> Snapshot:
    snapshot = healthy(nodes)
    if nodes:
        lost(snapshot, nodes - 1, error="connection timed out")
        for node in snapshot.nodes[:-1]:
            assert node.report and node.report.wireguard and node.report.wireguard.peers
            node.report.wireguard.peers[-1].handshake_age_sec = 600
    return snapshot


@functools.cache
def judged_once(make: Callable[[int], Snapshot], nodes: int) -> ClusterReport:
    return assess(make(nodes))


@pytest.mark.parametrize("make", [healthy, broken])
@pytest.mark.parametrize("nodes", [0, 1, 5, 100])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("view", VIEWS)
def test_lines_fit_and_end_cleanly(view: str, width: int, nodes: int, make: Callable[[int], Snapshot]) -> None:
    text = shown(view, judged_once(make, nodes), width)
    for line in text.splitlines():
        assert Text(line).cell_len <= width, line
        assert line == line.rstrip(), line
    assert "testnet" in text.splitlines()[0]


@pytest.mark.parametrize("view", VIEWS)
def test_long_ipv6_hosts_and_names_fit(view: str) -> None:
    snapshot = healthy(5)
    for index, node in enumerate(snapshot.nodes):
        name = f"2001:db8:85a3:1234:5678:8a2e:370:{0x7300 + index:x}" if index % 2 else f"n{index}.a.very.long.example"
        node.host = snapshot.configured[index].host = name
    judged = assess(snapshot)
    for width in WIDTHS:
        text = shown(view, judged, width)
        assert all(Text(line).cell_len <= width for line in text.splitlines())


def test_a_healthy_cluster_reassures() -> None:
    text = shown("alerts", assess(healthy(5)))
    assert "✓ No alerts: all 5 nodes answered" in text


def test_nobody_answered_is_no_good_news() -> None:
    snapshot = healthy(3)
    lost(snapshot, 0, 1, 2)
    judged = assess(snapshot).model_copy(update={"alerts": []})
    assert "! No alerts: 0 of 3 nodes answered" in shown("alerts", judged)


@pytest.mark.parametrize(("said", "unheard"), [("all nominal", 4), ("all connected", 4), ("all nominal", 1)])
def test_all_is_well_only_where_all_were_heard(said: str, unheard: int) -> None:
    snapshot = healthy(5)
    lost(snapshot, *range(5 - unheard, 5))
    found = assess(snapshot).summary
    assert f"{said} ({5 - unheard} of 5 nodes heard)" in (found.service_health, found.wg_mesh_status)
    lost(snapshot, *range(5))
    found = assess(snapshot).summary
    assert (found.service_health, found.wg_mesh_status) == ("not known", "not known")


def test_a_part_of_a_report_speaks_of_that_part() -> None:
    found = assess(healthy(5), shown=[host(1)]).summary
    assert found.service_health == "all nominal (1 of 5 nodes shown)"
    assert found.rqlite_voters == "5/5"
    snapshot = healthy(5)
    lost(snapshot, 2)
    assert assess(snapshot, shown=[host(1), host(2)]).summary.service_health == "all nominal (1 of 2 nodes heard)"


def test_a_section_that_did_not_come_is_not_nominal() -> None:
    snapshot = healthy(5)
    report(snapshot, 2).services = None
    assert assess(snapshot).summary.service_health == "all nominal (4 of 5 nodes heard)"


def test_no_nodes_is_not_called_healthy() -> None:
    text = shown("alerts", assess(healthy(0)))
    assert text.startswith("! testnet: no nodes")
    assert "nothing was checked" in text


def test_a_node_that_did_not_answer_is_not_called_one_without_dns() -> None:
    snapshot = healthy(5)
    lost(snapshot, 4)
    text = shown("dns", assess(snapshot))
    assert "2 nodes without DNS" in text and "! 1 node did not answer" in text
    lost(snapshot, 0, 1)
    assert shown("dns", assess(snapshot)).count("? no answer") == 2


def test_units_of_one_kind_can_be_told_apart_where_it_is_narrow() -> None:
    snapshot = healthy(1)
    services = report(snapshot, 0).services
    assert services and services.services
    for kind in ("rqlite", "gateway"):
        services.services.append(services.services[0].model_copy(update={"name": f"orama-namespace-{kind}@default"}))
    rows = [line.split()[0] for line in shown("node", assess(snapshot), 60).splitlines() if "@default" in line]
    assert rows == ["namespace-rqlite@default", "namespace-gateway@default"]


def test_facts_are_written_as_a_person_would() -> None:
    snapshot = healthy(1)
    one = report(snapshot, 0)
    assert one.olric and one.rqlite and one.system
    one.olric.log_suspects_1h, one.rqlite.uptime, one.system.ntp_synchronized = 1, "17m43.414774093s", False
    text = shown("node", assess(snapshot), 200)
    assert "! 1 suspect/h" in text and "up 17m43s" in text and "! clock not synchronized" in text


def test_what_is_nothing_and_what_is_not_known() -> None:
    snapshot = healthy(1)
    one = report(snapshot, 0)
    assert one.system
    one.system.load_avg_1 = one.system.load_avg_5 = one.system.load_avg_15 = 0.0
    one.system.disk_total_gb, one.rqlite = None, None
    judged = assess(snapshot)
    text = shown("node", judged, 200)
    assert "load 0.00 0.00 0.00" in text and "disk 30% of ? (/)" in text
    assert "term not known" in brief.render(judged)


@pytest.mark.parametrize(("nodes", "said"), [(51, "… and 1 more node"), (52, "… and 2 more nodes")])
def test_a_brief_counts_the_nodes_it_leaves_out(nodes: int, said: str) -> None:
    assert brief.render(judged_once(healthy, nodes)).endswith(said)


@pytest.mark.parametrize(("limits", "mark"), [({}, "!"), ({"memory_pct": 96.0, "tls_days": 5.0}, "")])
def test_figures_are_marked_as_the_policy_judges_them(limits: dict[str, float], mark: str) -> None:
    snapshot = healthy(2)
    one = report(snapshot, 0)
    assert one.system and one.dns
    one.system.mem_use_pct, one.dns.wild_tls_days_left = 95, 9
    judged = assess(snapshot, Policy(thresholds=Thresholds(**limits)))
    assert f" 95%{mark} " in shown("cluster", judged, 200)
    assert f"memory 95%{mark} of" in shown("node", judged, 200)
    assert f" 9d{mark} " in shown("dns", judged, 200)
    assert not re.search(r"\d\dd!", shown("dns", judged, 200))


def test_what_hurts_comes_first() -> None:
    text = shown("cluster", assess(broken(5)))
    rows = [line for line in text.splitlines() if line.startswith("198.18.0.")]
    assert rows[0].startswith(host(4))
    assert "✗ unreachable" in rows[0]
    assert "NODE_UNREACHABLE" in text


def test_consequences_are_folded_and_unfold() -> None:
    from orama_monitor.views import alerts

    judged = assess(broken(5))
    consequences = sum(not alert.is_root for alert in judged.alerts)
    assert consequences
    assert f"+{consequences} consequence" in shown("alerts", judged)
    assert "└" not in shown("alerts", judged)
    stream = io.StringIO()
    Console(file=stream, width=200, color_system=None).print(alerts.render(judged, unfold=True))
    assert stream.getvalue().count("└") == consequences


def test_muted_alerts_are_counted_apart() -> None:
    judged = assess(broken(5))
    for alert in judged.alerts:
        if alert.is_root:
            alert.muted, alert.mute_reason = True, "known"
    text = shown("alerts", judged)
    assert "No alerts" in text
    assert "muted alert" in text
    assert "NODE_UNREACHABLE" not in text


@pytest.mark.parametrize("view", ("cluster", "service", "mesh"))
def test_status_is_told_without_colour(view: str) -> None:
    judged = assess(broken(5))
    assert shown(view, judged) != shown(view, assess(healthy(5)))
    coloured = shown(view, judged, colour=True)
    assert "\x1b[" in coloured
    assert Text.from_ansi(coloured).plain.split() == shown(view, judged).split()


HOSTILE = "[red]x[/]\x1b]0;owned\x07\x1b[2J\n\u202eevil\u200b"


def poison(snapshot: Snapshot) -> None:
    """Put hostile text wherever a node may put text."""
    for node in snapshot.nodes:
        found = node.report
        assert found and found.rqlite and found.services and found.dns and found.processes and found.namespaces
        assert (
            found.services.services
            and found.olric
            and found.gateway
            and found.gateway.subsystems
            and found.wireguard
            and found.wireguard.peers
        )
        assert found.anyone and found.network and found.network.listening_ports and found.network.ufw_rules
        found.hostname = found.version = found.wireguard_ip = HOSTILE
        found.rqlite.raft_state = found.rqlite.leader_addr = found.rqlite.version = found.rqlite.uptime = HOSTILE
        found.rqlite.nodes = {HOSTILE: next(iter((found.rqlite.nodes or {}).values()))}
        next(iter(found.rqlite.nodes.values())).error = HOSTILE
        found.services.services[0].name = found.services.services[1].active_state = HOSTILE
        found.services.failed_units = [HOSTILE]
        found.olric.members, found.olric.coordinator = [HOSTILE], HOSTILE
        subsystem = next(iter(found.gateway.subsystems.values()))
        subsystem.status = subsystem.error = HOSTILE
        found.gateway.subsystems[HOSTILE] = subsystem
        found.wireguard.peers[0].public_key = HOSTILE
        found.wireguard.peers[0].endpoint = found.wireguard.config_perms = HOSTILE
        found.dns.domain = found.anyone.nickname = found.anyone.fingerprint = found.anyone.mode = HOSTILE
        found.network.listening_ports[0].process = HOSTILE
        found.network.ufw_rules[0] = HOSTILE
        found.processes.zombies = [Process(pid=1, command=HOSTILE)]
        found.processes.zombie_count = 1
        found.namespaces[0].name = found.namespaces[0].rqlite_state = HOSTILE
        found.collectors["dns"].status, found.collectors["dns"].error = "failed", HOSTILE


@pytest.mark.parametrize("nodes", [1, 2])
@pytest.mark.parametrize("view", VIEWS)
def test_hostile_nodes_cannot_draw(view: str, nodes: int) -> None:
    snapshot = healthy(nodes, nameservers=nodes)
    if nodes == 1:
        other = healthy(2, nameservers=2).nodes[0].report
        assert other and snapshot.nodes[0].report
        snapshot.nodes[0].report.wireguard = other.wireguard
    poison(snapshot)
    judged = assess(snapshot)
    for text in (shown(view, judged, 200), shown(view, judged, 60)):
        assert "\x1b" not in text
        assert "\x07" not in text
        assert "\u202e" not in text and "\u200b" not in text


def test_hostile_nodes_cannot_write_markdown() -> None:
    snapshot = healthy(2, nameservers=2)
    poison(snapshot)
    report(snapshot, 0).hostname = "x | **bold** | <script> `a`\n# Title"
    text = brief.render(assess(snapshot))
    assert "<script>" not in text.replace("\\<", "")
    assert "\n# Title" not in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("status", "is_bad"), [("ok", False), ("Healthy", False), ("unavailable", False), (None, False), ("degraded", True)]
)
def test_a_subsystem_is_marked_where_the_rule_finds_fault(status: str | None, is_bad: bool) -> None:
    snapshot = healthy(1)
    put(snapshot, 0, "gateway.subsystems.rqlite.status", status)
    judged = assess(snapshot)
    assert ("GATEWAY_SUBSYSTEM" in {alert.code for alert in judged.alerts}) is is_bad
    assert ("! rqlite " in shown("node", judged, 200)) is is_bad


def test_the_local_page_fits() -> None:
    judged = assess(healthy(1))
    stream = io.StringIO()
    Console(file=stream, width=80, color_system=None).print(node_report.render(judged))
    assert all(Text(line).cell_len <= 80 for line in stream.getvalue().splitlines())


def test_the_mesh_knows_both_sides() -> None:
    snapshot = healthy(4)
    wireguard = report(snapshot, 0).wireguard
    assert wireguard and wireguard.peers
    wireguard.peers[0].handshake_age_sec = None  # node 0 never heard node 1; node 1 heard node 0
    found = mesh(assess(snapshot))
    assert found.one_sided(host(0), host(1))
    assert list(found.troubled_pairs()) == [(host(0), host(1))]
    assert "≠" in shown("mesh", assess(snapshot))


def test_a_silent_node_is_found_by_its_endpoint() -> None:
    snapshot = healthy(3)
    lost(snapshot, 2)
    found = mesh(assess(snapshot))
    assert found.sees[host(0)][host(2)] is not None
    assert found.strangers == {}
    assert not found.one_sided(host(0), host(2))


@pytest.mark.parametrize("view", ["cluster", "node"])
def test_who_cannot_be_reached_may_live_all_the_same(view: str) -> None:
    snapshot = healthy(5)
    lost(snapshot, 2)
    for index in (0, 1, 3, 4):
        one = report(snapshot, index)
        assert one.rqlite and one.rqlite.nodes
        one.rqlite.nodes["n3"].reachable = index != 4
    line = f"? {host(2)}  last heard over WireGuard"
    assert line in shown(view, assess(snapshot), 200)
    assert "heard lately by 4 of 4 · its RQLite reached from 3 of 4" in shown(view, assess(snapshot), 200)
    lost(snapshot, 0, 1, 3, 4)
    assert line not in shown(view, assess(snapshot), 200)


def test_peers_that_were_left_out_are_not_called_missing() -> None:
    snapshot = healthy(3)
    wireguard = report(snapshot, 0).wireguard
    assert wireguard and wireguard.peers and wireguard.model_extra is not None
    del wireguard.peers[0]
    wireguard.model_extra["peers_omitted"] = 1
    found = mesh(assess(snapshot))
    assert list(found.troubled_pairs()) == []


def with_policy(snapshot: Snapshot, seconds: float) -> ClusterReport:
    return assess(snapshot, Policy(thresholds=Thresholds(wg_handshake_s=seconds)))


@pytest.mark.parametrize("view", ["cluster", "mesh", "node"])
def test_handshakes_are_marked_by_the_policy(view: str) -> None:
    snapshot = healthy(3)
    wireguard = report(snapshot, 0).wireguard
    assert wireguard and wireguard.peers
    wireguard.peers[0].handshake_age_sec = 300
    marks = {"cluster": "1/2!", "mesh": "5m!", "node": "! 1 of 2 peers fresh"}
    assert marks[view] in shown(view, with_policy(snapshot, 180))
    assert marks[view] not in shown(view, with_policy(snapshot, 600))


def test_one_node_of_many_has_no_strangers() -> None:
    snapshot = healthy(4)
    wireguard = report(snapshot, 1).wireguard
    assert wireguard and wireguard.peers
    wireguard.peers[0].handshake_age_sec = 300
    text = shown("mesh", assess(snapshot, shown=[host(1)]), 200)
    row = next(line for line in text.splitlines() if f" {host(1)} " in line)
    assert "2/3!" in row and row.endswith("–")


def test_a_failed_unit_is_told_once() -> None:
    snapshot = healthy(2)
    failed(snapshot, 0, "orama-olric")
    services = report(snapshot, 0).services
    assert services
    services.failed_units = ["orama-olric.service", "certbot.timer"]
    text = shown("node", assess(snapshot), 200)
    assert text.count("✗ orama-olric failed") == 1 and text.count("✗ certbot.timer failed") == 1
    assert "✗ orama-olric.service" not in text


@pytest.mark.parametrize("rows", [5, TROUBLED_ROWS + 3])
def test_of_the_units_in_trouble_there_are_so_many_lines(rows: int) -> None:
    snapshot = healthy(rows)
    for index in range(rows):
        failed(snapshot, index, "orama-olric")
    text = shown("service", assess(snapshot), 200)
    assert text.partition("Not as they should be")[2].count("✗ failed") == min(rows, TROUBLED_ROWS)
    assert ("… and 3 more (--json shows them)" in text) is (rows > TROUBLED_ROWS)


def test_units_that_are_not_known_are_not_called_missing() -> None:
    snapshot = healthy(3)
    put(snapshot, 1, "services", None)
    report(snapshot, 1).collectors["services"] = CollectorOutcome(status="timeout", error="systemctl hangs")
    text = shown("service", assess(snapshot), 200)
    row = next(line for line in text.splitlines() if line.startswith(host(1)))
    assert "?" in row and "✓" not in row
    assert "COLLECTOR_FAILED" in text and "COLLECTOR_FAILED" not in shown("dns", assess(snapshot), 200)


def test_peers_that_are_not_known_are_not_called_missing() -> None:
    snapshot = healthy(3)
    for index in range(3):
        put(snapshot, index, "wireguard.peers", None)
    text = shown("mesh", assess(snapshot), 200)
    assert "!" not in text.partition("Mesh:")[2].partition("HEARS")[0] and "0 B" not in text
    assert "told nothing of its peers" not in text


@pytest.mark.parametrize(
    ("up", "said"), [(None, "1, not known whether up"), (False, "! 0 of 1 up"), (True, "1 of 1 up")]
)
def test_namespaces_that_are_not_known_are_not_called_down(up: bool | None, said: str) -> None:
    snapshot = healthy(1)
    for part in ("rqlite_up", "olric_up", "gateway_up"):
        setattr((report(snapshot, 0).namespaces or [])[0], part, up)
    assert said in shown("node", assess(snapshot), 200)


@pytest.mark.parametrize(
    ("state", "said"),
    [("Candidate", "! Candidate"), ("Leader", "✓ Leader"), ("Follower", "✓ Follower"), (None, "✓ up")],
)
def test_a_namespace_without_a_leader_is_not_called_well(state: str | None, said: str) -> None:
    snapshot = healthy(1)
    (report(snapshot, 0).namespaces or [])[0].rqlite_state = state
    assert said in shown("namespaces", assess(snapshot), 200)


def test_of_many_silent_nodes_those_left_out_are_counted() -> None:
    snapshot = healthy(20)
    lost(snapshot, *range(10, 18))
    assert "and 3 more nodes that did not answer" in shown("cluster", assess(snapshot), 120)


def test_a_brief_names_the_consequences_it_counts() -> None:
    snapshot = healthy(30)
    node_dead(snapshot, 1)
    line = next(line for line in brief.render(assess(snapshot)).splitlines() if "consequences: " in line)
    assert line.count(" on ") == brief.CONSEQUENCES and re.search(r" and \d+ more$", line) and "…" not in line
