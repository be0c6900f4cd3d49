"""RQLite on each node: whether it answers, and how it does."""

from __future__ import annotations

from orama_monitor.alerts.because import anywhere, concerning, here, link, there, unit
from orama_monitor.alerts.because import cluster as on_cluster
from orama_monitor.alerts.causes import MESH_DOWN, MISSED, RAFT_GONE, RAFT_OUT, RAFT_STUCK
from orama_monitor.alerts.cluster import EVER, Cluster, NodeView
from orama_monitor.alerts.hints import rqlite_log
from orama_monitor.alerts.rule import CRITICAL, INFO, WARNING, Finding, Findings, Found, Here, Subsystem
from orama_monitor.alerts.thresholds import Thresholds
from orama_monitor.alerts.words import number
from orama_monitor.report import Rqlite

rqlite = Subsystem("rqlite")

STATUS = "on the node: curl -s localhost:5001/status?key=store.raft"


NO_LEADER = "no leader"
BY_ITSELF = ""  # about nobody
# Why a node can't take part: itself, the cluster, the leader it still names, or an election after someone's loss.
CUT_OFF = (
    here(*MESH_DOWN, *unit("orama-node"), "RQLITE_SHUTDOWN"),
    on_cluster(*RAFT_STUCK),
    there(*RAFT_GONE, suffices=True),
    link("RQLITE_PEER_UNREACHABLE", suffices=True),
    here("RQLITE_PEER_UNREACHABLE", of=NO_LEADER, suffices=True),
    here("RQLITE_PEER_UNREACHABLE", of=BY_ITSELF),
    anywhere(*RAFT_GONE, of=NO_LEADER, suffices=True),
)


def _answering(node: NodeView) -> Rqlite | None:
    return node.rqlite if node.rqlite and node.rqlite.responsive else None


@rqlite.on_node(
    "RQLITE_DOWN",
    CRITICAL,
    "RQLite is installed and doesn't answer; info while orama-node was started less than {start_s} s ago.",
    why="The node reads and writes no data, and the cluster has one voter less.",
    hint=f"on the node: systemctl status orama-node; curl -s localhost:5001/readyz; {rqlite_log()}",
    because=[here(*unit("orama-node"), *MESH_DOWN)],
    also=[INFO],
)
def down(node: NodeView, limits: Thresholds) -> Found:
    if node.rqlite and node.rqlite.responsive is False:
        if node.was_started("orama-node", limits.start_s):
            yield Here("RQLite doesn't answer; orama-node just started", severity=INFO)
        else:
            yield "RQLite doesn't answer"


@rqlite.on_node(
    "RQLITE_SHUTDOWN",
    CRITICAL,
    "RQLite answers, and its raft state is Shutdown.",
    why="The process lives and takes no part in the cluster.",
    hint=f"on the node: {rqlite_log(100)}; then systemctl restart orama-node",
    because=[here(*unit("orama-node"))],
)
def shutdown(node: NodeView) -> Found:
    if (seen := _answering(node)) and seen.raft_state == "Shutdown":
        yield "raft is shut down"


@rqlite.between_nodes(
    "RQLITE_CANDIDATE",
    WARNING,
    "RQLite's raft state is Candidate: it knows of no leader and asks for votes.",
    why="Normal for a second after a leader is lost; longer means that it can't reach a majority.",
    hint=f"{STATUS}; wg show wg0 latest-handshakes",
    because=CUT_OFF,
)
def candidate(cluster: Cluster) -> Findings:
    for node, seen in cluster.responding:
        if seen.raft_state == "Candidate":
            said = "raft state is Candidate" + ("" if seen.term is None else f" in term {seen.term}")
            yield _left_out(cluster, node, seen, said)


@rqlite.between_nodes(
    "RQLITE_NOT_READY",
    WARNING,
    "RQLite answers and says that it isn't ready (/readyz).",
    why="It knows of no leader, or hasn't caught up since its start.",
    hint="on the node: curl -s localhost:5001/readyz",
    because=[*CUT_OFF, here("RQLITE_CANDIDATE")],
)
def not_ready(cluster: Cluster) -> Findings:
    for node, seen in cluster.responding:
        if seen.ready is False:
            yield _left_out(cluster, node, seen, "not ready")


@rqlite.between_nodes(
    "RQLITE_STRONG_READ_FAILED",
    WARNING,
    "A strong read (SELECT 1 through the raft log) failed.",
    why="Writes from this node would fail as well.",
    hint="on the node: curl -s 'localhost:5001/db/query?level=strong&q=SELECT%201'",
    because=[*CUT_OFF, here("RQLITE_CANDIDATE", "RQLITE_NOT_READY")],
)
def strong_read_failed(cluster: Cluster) -> Findings:
    for node, seen in cluster.responding:
        if seen.strong_read is False:
            yield _left_out(cluster, node, seen, "a strong read failed")


def _left_out(cluster: Cluster, node: NodeView, seen: Rqlite, said: str) -> Finding:
    """About the leader that the node names, so that the leader's trouble explains the node's.

    One that was not heard leads well when another node that names it has read since. A node that knows of none may
    have lost its link to the one that leads. It waits for no election where that one leads in the node's own term or
    before: then it has lost the cluster by itself.
    """
    if not seen.leader_addr and not seen.leader_id:
        if cluster.leader is None or cluster.leader[1].term is None:
            return Finding(node.host, said, (NO_LEADER,))
        leader, its = cluster.leader
        is_led = its.term is not None and seen.term is not None and its.term <= seen.term
        about = () if is_led else (NO_LEADER,)
        return Finding(node.host, said, about, follows=(*about, leader.host))
    host = cluster.raft_host(seen.leader_id or "", seen.leader_addr)
    leads_well = cluster.read_through.get(seen.leader_addr, EVER[0]) > node.window[0]
    return Finding(node.host, said, () if host is None or (leads_well and cluster.silent(host)) else (host,))


@rqlite.on_node(
    "RQLITE_FSM_BACKLOG",
    WARNING,
    "More than {rqlite_fsm_pending} committed entries wait to be applied to the database.",
    why="The disk or SQLite is too slow for the writes.",
    hint=f"{STATUS}; iostat -x 1 3",
)
def fsm_backlog(node: NodeView, limits: Thresholds) -> Found:
    if (seen := _answering(node)) and seen.fsm_pending is not None and seen.fsm_pending > limits.rqlite_fsm_pending:
        yield f"{seen.fsm_pending} entries wait to be applied"


@rqlite.on_node(
    "RQLITE_COMMIT_GAP",
    WARNING,
    "The database is more than {rqlite_lag} entries behind what this node knows to be committed.",
    why="Reads at this node give old data.",
    hint=f"{STATUS}; iostat -x 1 3",
    because=[here("RQLITE_FSM_BACKLOG", "RQLITE_SHUTDOWN")],
)
def commit_gap(node: NodeView, limits: Thresholds) -> Found:
    seen = _answering(node)
    if seen and seen.commit_index is not None and seen.applied_index is not None:
        gap = seen.commit_index - seen.applied_index
        if gap > limits.rqlite_lag:
            yield f"{gap} entries committed and not applied ({seen.applied_index} of {seen.commit_index})"


@rqlite.on_node(
    "RQLITE_RESOURCES",
    WARNING,
    "RQLite runs more than {rqlite_goroutines} goroutines or uses more than {rqlite_heap_mb} MiB of heap.",
    why="Requests pile up, or something leaks; the kernel's killer may come next.",
    hint="on the node: curl -s 'localhost:5001/debug/vars?key=memstats'; who asks so much?",
)
def resources(node: NodeView, limits: Thresholds) -> Found:
    seen = _answering(node)
    if not seen:
        return
    said = []
    if seen.goroutines is not None and seen.goroutines > limits.rqlite_goroutines:
        said.append(f"{seen.goroutines} goroutines")
    if seen.heap_mb is not None and seen.heap_mb > limits.rqlite_heap_mb:
        said.append(f"{seen.heap_mb} MiB of heap")
    if said:
        yield ", ".join(said)


@rqlite.on_node(
    "RQLITE_SNAPSHOT_ERRORS",
    WARNING,
    "RQLite failed to write snapshots since its start.",
    why="Its log grows until the disk is full, and restarts take ever longer.",
    hint=f"on the node: df -h; {rqlite_log(grep='snapshot')}",
)
def snapshot_errors(node: NodeView) -> Found:
    seen = _answering(node)
    if seen and seen.debug_vars and seen.debug_vars.snapshot_errors:
        yield f"{number(seen.debug_vars.snapshot_errors, 'snapshot')} failed since its start"


@rqlite.on_node(
    "RQLITE_ERRORS",
    INFO,
    "RQLite counted failed queries or writes, or requests without a leader, since its start.",
    why="A client sends wrong SQL, or the cluster was without a leader for a while.",
    hint=f"on the node: curl -s localhost:5001/debug/vars; {rqlite_log(100)}",
    because=[
        on_cluster(*RAFT_STUCK),
        here(*RAFT_OUT),
        anywhere(*RAFT_OUT, heard_only=True),
        concerning(*MISSED),
        anywhere(*MISSED, heard_only=True),
    ],
)
def errors(node: NodeView) -> Found:
    seen = _answering(node)
    if not seen or not seen.debug_vars:
        return
    counters = seen.debug_vars
    counted = [
        (counters.query_errors, "failed query", "failed queries"),
        (counters.execute_errors, "failed write", "failed writes"),
        (counters.leader_not_found, "request without a leader", "requests without a leader"),
    ]
    said = [number(count, one, many) for count, one, many in counted if count]
    if said:
        yield ", ".join(said) + " since its start"
