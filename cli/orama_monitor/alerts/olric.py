"""Olric: the cache's member on each node, and whether the members know each other."""

from __future__ import annotations

from orama_monitor.alerts.because import anywhere, concerning, here, link, there, unit
from orama_monitor.alerts.causes import LINK_DOWN, MESH_DOWN, MISSED, OLRIC_GONE, OLRIC_OUT
from orama_monitor.alerts.cluster import Cluster, NodeView, runs
from orama_monitor.alerts.hints import log
from orama_monitor.alerts.links import Complaint, gathered
from orama_monitor.alerts.rule import CRITICAL, INFO, WARNING, Finding, Findings, Found, Here, Subsystem
from orama_monitor.alerts.thresholds import Thresholds
from orama_monitor.alerts.units import severity_on_its_way
from orama_monitor.alerts.words import names, number

olric = Subsystem("olric")

UNIT = "orama-olric"
# What a member's log of the last hour tells may have begun with any other member's trouble.
OTHERS_TROUBLE = (
    here(*OLRIC_OUT, "OLRIC_RESTARTS"),
    anywhere(*OLRIC_OUT, "OLRIC_RESTARTS", "OLRIC_MEMBERS_MISSING", heard_only=True),
    concerning("OLRIC_MEMBERS_MISSING", *MISSED),
    anywhere(*MISSED, heard_only=True),
)


@olric.on_node(
    "OLRIC_DOWN",
    CRITICAL,
    "Olric is installed and doesn't run, or nobody listens at its port a minute after its start; info while systemd "
    "starts or stops it, where a start is given time ({start_s} s).",
    why="The cache misses this member's share, and the gateway's rate limits and sessions with it.",
    hint=f"on the node: systemctl status orama-olric; {log(UNIT)}",
    because=[here(*unit(UNIT), *MESH_DOWN)],
    also=[INFO],
)
def down(node: NodeView, limits: Thresholds) -> Found:
    if node.olric and node.olric.service_active is False:
        yield Here(node.why_down(UNIT, "Olric"), severity=severity_on_its_way(node, UNIT, limits))


@olric.on_node(
    "OLRIC_MEMBERLIST_DOWN",
    CRITICAL,
    "Olric runs, and its memberlist port (3322/tcp) isn't open; info while it was started less than {start_s} s ago.",
    why="No other member can find or keep it.",
    hint=f"on the node: ss -ltnp 'sport = :3322'; {log(UNIT)}",
    because=[here(*unit(UNIT), *MESH_DOWN)],
    also=[INFO],
)
def memberlist_down(node: NodeView, limits: Thresholds) -> Found:
    if node.olric and node.olric.service_active and node.olric.memberlist_up is False:
        young = node.was_started(UNIT, limits.start_s)
        message = "nothing listens on the memberlist port 3322" + "; it just started" * young
        yield Here(message, severity=INFO if young else None)


@olric.between_nodes(
    "OLRIC_MEMBERS_MISSING",
    WARNING,
    "Olric knows fewer members than there are nodes on which it is active; info while one of them started less than "
    "{olric_settle_s} s ago.",
    why="The members have parted into groups, each with its own copy of the cache.",
    hint=f"is 3322 (tcp and udp) open over the mesh? On the node: {log(UNIT)}",
    because=[here(*OLRIC_GONE), there(*OLRIC_GONE), link(*LINK_DOWN)],
    also=[INFO],
)
def members_missing(cluster: Cluster, limits: Thresholds) -> Findings:
    """By name where the members' addresses are known, else by number."""
    active = [
        node for node in cluster.reporting if node.olric and runs(node.olric.service_active, node.olric.member_count)
    ]
    complaints: dict[Complaint, bool] = {}
    for node in active:
        count = node.olric.member_count if node.olric else None
        if count is None or count >= len(active):
            continue
        young = _started_since(active, node, limits.olric_settle_s)
        missed = _missed(cluster, active, node)
        if not missed:
            yield _finding(node.host, f"knows {number(count, 'member')} of {len(active)}", (), bool(young))
        for host in missed:
            complaints[node.host, host] = node.host in young or host in young
    ailing = [n.host for n in active if (n.olric and n.olric.memberlist_up is False) or _off_mesh(n)]
    for group in gathered(complaints, cluster.by_host, ailing):
        links = [(group.host, other) for other in group.sees] + [(other, group.host) for other in group.seen_by]
        said = []
        if group.sees:
            said.append(f"doesn't know {number(len(group.sees), 'member')}: {names(group.sees)}")
        if group.seen_by:
            said.append(f"isn't known to {number(len(group.seen_by), 'member')}: {names(group.seen_by)}")
        yield _finding(group.host, "; ".join(said), group.others, all(complaints[pair] for pair in links))


@olric.on_node(
    "OLRIC_SUSPECTS",
    WARNING,
    "Olric suspected or declared dead a member more than {olric_suspects} times in the last hour.",
    why="Members lose touch: packets are lost, or a member is too busy to answer.",
    hint=f"on the node: {log(UNIT, grep='suspect|marking')}",
    because=OTHERS_TROUBLE,
)
def suspects(node: NodeView, limits: Thresholds) -> Found:
    count = node.olric.log_suspects_1h if node.olric else None
    if count is not None and count > limits.olric_suspects:
        yield f"{number(count, 'suspicion')} in the last hour"


@olric.on_node(
    "OLRIC_FLAPPING",
    WARNING,
    "A member left Olric or came back more than {olric_flapping} times in the last hour.",
    why="At each change data moves between the members.",
    hint=f"on the node: {log(UNIT, grep='node (joined|left)')}",
    because=OTHERS_TROUBLE,
)
def flapping(node: NodeView, limits: Thresholds) -> Found:
    count = node.olric.log_flapping_1h if node.olric else None
    if count is not None and count > limits.olric_flapping:
        yield f"a member left or came back {number(count, 'time')} in the last hour"


@olric.on_node(
    "OLRIC_LOG_ERRORS",
    WARNING,
    "Olric logged more than {olric_log_errors} errors in the last hour.",
    why="Requests fail, or members can't be reached.",
    hint=f"on the node: {log(UNIT, grep='error')}",
    because=OTHERS_TROUBLE,
)
def log_errors(node: NodeView, limits: Thresholds) -> Found:
    count = node.olric.log_errors_1h if node.olric else None
    if count is not None and count > limits.olric_log_errors:
        yield f"{number(count, 'error')} in the log of the last hour"


@olric.on_node(
    "OLRIC_RESTARTS",
    WARNING,
    "systemd restarted Olric more than {olric_restarts} times.",
    why="It crashes, and comes back with an empty cache.",
    hint=f"on the node: {log(UNIT, 100)}",
    because=[here(*unit(UNIT), *MESH_DOWN)],
)
def restarts(node: NodeView, limits: Thresholds) -> Found:
    count = node.olric.restart_count if node.olric else None
    if count is not None and count > limits.olric_restarts:
        yield f"restarted {number(count, 'time')}"


@olric.on_node(
    "OLRIC_MEMORY",
    WARNING,
    "Olric uses more than {olric_memory_mb} MiB of memory.",
    why="A cache without a limit grows until the kernel kills something.",
    hint="on the node: systemctl status orama-olric; which maps have no TTL or size limit?",
)
def memory(node: NodeView, limits: Thresholds) -> Found:
    used = node.olric.process_mem_mb if node.olric else None
    if used is not None and used > limits.olric_memory_mb:
        yield f"{used} MiB of memory in use"


def _missed(cluster: Cluster, active: list[NodeView], node: NodeView) -> list[str]:
    """The active nodes that a node's list of members lacks; none when that list can't be read by name.

    Where each name is some node's, one whose address nobody knows is not among them.
    """
    seen = node.olric
    if not seen or seen.members is None or seen.member_count != len(seen.members):
        return []
    hosts = {cluster.host_of(member) for member in seen.members}
    if None in hosts:
        return []
    return [other.host for other in active if other.host not in hosts and other is not node]


def _started_since(active: list[NodeView], node: NodeView, settle: float) -> set[str]:
    """The active nodes whose Olric started within ``settle`` seconds before ``node`` was sampled, or after."""
    began = node.window[0]
    young = set()
    for other in active:
        up, ended = other.up_for(UNIT), other.window[1]
        apart = ended - began if abs(ended - began) != float("inf") else 0.0
        if up is not None and up < settle + max(0.0, apart):
            young.add(other.host)
    return young


def _off_mesh(node: NodeView) -> bool:
    return node.wireguard is not None and node.wireguard.interface_up is False


def _finding(host: str, message: str, about: tuple[str, ...], young: bool) -> Finding:
    remark = "; a member just started" if young else ""
    return Finding(host, message + remark, about, severity=INFO if young else None)
