"""Faults of RQLite."""

from __future__ import annotations

from ..services.ask import http
from ..services.rqlite import HTTP, RAFT
from .lie import Lies, lying
from .registry import FOLLOWER, LEADER, Action, At, add_local
from .units import start, stop

STOP, START = stop("orama-node"), start("orama-node")
VOTERS_BACK = ["n3", "n4", "n5"]
ELSEWHERE = "10.0.0.9:7001"

add_local("rqlite-stopped", "orama-node is stopped", STOP, START, "SERVICE_INACTIVE", node=FOLLOWER)
add_local("leader-stopped", "orama-node is stopped on the leader", STOP, START, "SERVICE_INACTIVE", node=LEADER)
add_local(
    "rqlite-frozen",
    "rqlited stands still and its unit is active",
    "systemctl kill -s STOP orama-node",
    "systemctl kill -s CONT orama-node",
    "RQLITE_DOWN",
    node=FOLLOWER,
)


def _on(names: list[str], script: str, at: At) -> None:
    for name in names:
        at.elsewhere(name).sh(script)


add_local(
    "two-voters-stopped",
    "orama-node is stopped on n4 and n5: one more and the majority is lost",
    lambda at: _on(["n4", "n5"], STOP, at),
    lambda at: _on(["n4", "n5"], START, at),
    "SERVICE_INACTIVE@n4 SERVICE_INACTIVE@n5",
    node="n4",
    follow="RQLITE_QUORUM_FRAGILE@cluster",
)
add_local(
    "majority-stopped",
    "orama-node is stopped on n3, n4 and n5: no majority",
    lambda at: _on(VOTERS_BACK, STOP, at),
    lambda at: _on(VOTERS_BACK, START, at),
    "SERVICE_INACTIVE@n3 SERVICE_INACTIVE@n4 SERVICE_INACTIVE@n5",
    follow="RQLITE_QUORUM_LOST@cluster",
)


def _bad_sql(at: At) -> None:
    url = f"http://127.0.0.1:{HTTP}/db/query?q=SELECT%20nothing%20FROM%20nowhere"
    at.site.inside(at.node, lambda: [http(url) for _ in range(3)])


add_local(
    "rqlite-query-errors", "a client sent SQL that fails", _bad_sql, lambda at: None, "RQLITE_ERRORS", node=LEADER
)

CUT = f"-p tcp --dport {RAFT} -j REJECT --reject-with tcp-reset"


def _cut(at: At, name: str) -> None:
    """Both ways between two nodes; the others still reach either."""
    other = at.elsewhere(name)
    at.sh(f"iptables -I INPUT -s {other.node.wg_address} {CUT}")
    other.sh(f"iptables -I INPUT -s {at.node.wg_address} {CUT}")
    (at.site.directory("faults") / "cut").write_text(name)


def _mend_cut(at: At) -> None:
    other = at.elsewhere((at.site.directory("faults") / "cut").read_text())
    at.sh(f"while iptables -D INPUT -s {other.node.wg_address} {CUT} 2>/dev/null; do :; done")
    other.sh(f"while iptables -D INPUT -s {at.node.wg_address} {CUT} 2>/dev/null; do :; done")


def _cut_off_follower(at: At) -> None:
    """From a later one: the alert stands on the earlier of the two."""
    leader = at.pick(LEADER)
    _cut(at, next(node.name for node in at.site.topology.nodes[at.node.index :] if node.name != leader))


def _cut_off_leader(at: At) -> None:
    """From a follower that comes first of all, or where that leads, from the next one."""
    leader = at.pick(LEADER)
    _cut(at, leader if leader != at.node.name else at.site.topology.nodes[1].name)


add_local(
    "raft-link-cut",
    "two followers can't reach each other's raft port",
    _cut_off_follower,
    _mend_cut,
    "RQLITE_PEER_UNREACHABLE",
    node=FOLLOWER,
)
add_local(
    "raft-leader-cut",
    "the leader and one follower can't reach each other's raft port",
    _cut_off_leader,
    _mend_cut,
    "RQLITE_PEER_UNREACHABLE",
    node="n1",
)


def lie(name: str, text: str, lies: Lies, expect: str, node: str = FOLLOWER) -> None:
    """Declare a fault in which RQLite says something of itself that it can't be brought to."""
    inject, heal = lying(HTTP, lies)
    add_local(name, text, inject, heal, expect, node=node)


def status(**fields: object) -> Lies:
    """Lies in /status; names with __ for a dot."""
    return {"/status": {f"store.{key.replace('__', '.')}": value for key, value in fields.items()}}


lie(
    "rqlite-not-ready",
    "/readyz says 503",
    {"/readyz": {"__status__": 503, "__body__": "[+]node ok\n[+]leader not found\n"}},
    "RQLITE_NOT_READY",
)
lie(
    "rqlite-strong-read-fails",
    "a strong read finds no leader",
    {"/db/query": {"__body__": '{"results":[],"error":"leader not found"}'}},
    "RQLITE_STRONG_READ_FAILED",
)
lie("rqlite-shut-down", "raft's state is Shutdown", status(raft__state="Shutdown"), "RQLITE_SHUTDOWN")
lie(
    "rqlite-candidate",
    "raft's state is Candidate",
    status(raft__state="Candidate", leader__addr="", leader__node_id=""),
    "RQLITE_CANDIDATE",
)
lie("rqlite-split-brain", "a follower says it leads, too", status(raft__state="Leader"), "RQLITE_SPLIT_BRAIN@cluster")
lie(
    "rqlite-leader-disagreement",
    "a follower names another leader",
    status(leader__addr=ELSEWHERE, leader__node_id="n9"),
    "RQLITE_LEADER_DISAGREEMENT@cluster",
)
lie(
    "rqlite-term-ahead",
    "a follower's term ran away",
    status(raft__term={"add": 40}, raft__current_term={"add": 40}),
    "RQLITE_TERM_INCONSISTENT@cluster",
)
AHEAD = status(**{f"raft__{index}": {"add": 500_000} for index in ("applied_index", "commit_index", "last_log_index")})
_run_ahead, _come_back = lying(HTTP, AHEAD)


def _all_but(at: At, action: Action) -> None:
    """The log of a lab is short: it is the others that are far ahead."""
    for node in at.site.topology.others(at.node):
        action(At(at.site, node))


add_local(
    "rqlite-lag",
    "a follower is half a million entries behind",
    lambda at: _all_but(at, _run_ahead),
    lambda at: _all_but(at, _come_back),
    "RQLITE_APPLIED_LAG",
    node=FOLLOWER,
)
lie(
    "rqlite-commit-gap",
    "5000 committed entries are not applied",
    status(raft__commit_index={"add": 5000}),
    "RQLITE_COMMIT_GAP",
)
lie("rqlite-fsm-backlog", "40 entries wait to be applied", status(raft__fsm_pending=40), "RQLITE_FSM_BACKLOG")
lie(
    "rqlite-goroutines",
    "rqlited runs 4000 goroutines",
    {"/status": {"runtime.num_goroutine": 4000}},
    "RQLITE_RESOURCES",
)
lie(
    "rqlite-snapshot-errors",
    "three snapshots failed",
    {"/debug/vars": {"store.num_snapshots_failed": 3, "store.num_wal_snapshots_failed": 0, "snapshot.sink_errors": 0}},
    "RQLITE_SNAPSHOT_ERRORS",
)

_lost_leader, _found_leader = lying(HTTP, status(raft__state="Candidate", leader__addr="", leader__node_id=""))


def _everywhere(at: At, action: Action) -> None:
    for node in at.site.topology.nodes:
        action(At(at.site, node))


add_local(
    "rqlite-no-leader",
    "every node is a candidate",
    lambda at: _everywhere(at, _lost_leader),
    lambda at: _everywhere(at, _found_leader),
    "RQLITE_NO_LEADER@cluster",
    node="n1",
)
