"""What RQLite's nodes say of each other: leader, terms, quorum, reach, and who lags behind.

Nodes are not sampled at one moment: a leader may have changed, and entries been written, between two samples. A
difference counts only when no such change can explain it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from itertools import combinations

from orama_monitor.alerts import rqlite as node_rules
from orama_monitor.alerts.because import around, here, link, there
from orama_monitor.alerts.because import cluster as on_cluster
from orama_monitor.alerts.causes import LINK_DOWN, MESH_DOWN, RAFT_GONE
from orama_monitor.alerts.cluster import Cluster, NodeView, Window
from orama_monitor.alerts.links import Complaint, gathered
from orama_monitor.alerts.rule import CRITICAL, INFO, WARNING, Finding, Findings, Found, Here
from orama_monitor.alerts.thresholds import Thresholds
from orama_monitor.alerts.words import clip, names, number
from orama_monitor.report import Rqlite, RqliteNode

rqlite = node_rules.rqlite

NODES = "on any node: curl -s 'localhost:5001/nodes?nonvoters&timeout=2s'"
# That there is no leader concerns also who answers: a muted absence explains no more than itself.
THE_REST = "rqlite"
KNOWN_STATES = ("Leader", "Follower", "Candidate", "Shutdown")
VOTER_GONE = (there(*RAFT_GONE), around("RQLITE_PEER_UNREACHABLE", *LINK_DOWN))


@dataclass(frozen=True, slots=True)
class Quorum:
    """The voters, and those that the best connected of the answering nodes reaches, itself among them."""

    voters: frozenset[str]
    missing: dict[str, str]  # id of the voter -> host, or its address where that isn't known
    is_certain: bool  # whether the reach of every voter is known

    @property
    def reachable(self) -> int:
        return len(self.voters) - len(self.missing)

    @property
    def majority(self) -> int:
        return _majority(len(self.voters))

    def __str__(self) -> str:
        return f"{self.reachable} of {number(len(self.voters), 'voter')} reachable, {self.majority} needed"


@dataclass(frozen=True, slots=True)
class Claim:
    """That someone leads, said in a term, by nodes sampled between ``first`` and ``last`` (Unix seconds)."""

    term: int | None
    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Reign:
    """A node that says that it leads, and since when its term had a leader: as its followers tell, too."""

    node: NodeView
    seen: Rqlite
    first: float  # the first of those that know was sampled from here on,
    proven: float  # and by then at the latest

    @property
    def claim(self) -> Claim:
        return Claim(self.seen.term, *self.node.window)

    @property
    def term(self) -> str:
        return "not known" if self.seen.term is None else str(self.seen.term)

    def reaches(self, other: Reign) -> bool:
        """Whether the other one is a voter of its cluster, and within its reach."""
        view = (self.seen.nodes or {}).get(other.seen.node_id or "")
        return view is not None and bool(view.reachable and view.voter)


@rqlite.on_cluster(
    "RQLITE_SPLIT_BRAIN",
    CRITICAL,
    "More than one node says that it is RQLite's leader.",
    why="Two leaders accept writes that the other side never sees.",
    hint=f"{NODES}; stop orama-node on the one with the lower term or the fewer voters, and let it join again",
)
def split_brain(cluster: Cluster) -> Found:
    """A leader sampled before the other one's term began may have handed over since."""
    reigns = _reigns(cluster)
    if any(_split(one, other) for one, other in combinations(reigns, 2)):
        terms = [f"{reign.node.host} (term {reign.term})" for reign in reigns]
        yield Here(f"{len(reigns)} leaders: {names(terms)}", about=tuple(reign.node.host for reign in reigns))


@rqlite.on_cluster(
    "RQLITE_QUORUM_LOST",
    CRITICAL,
    "Fewer voters of RQLite reach each other than a majority needs.",
    why="Nothing can be written anywhere until enough voters are back.",
    hint="bring back the voters named; on each: systemctl status orama-node; wg show wg0",
    because=VOTER_GONE,
)
def quorum_lost(cluster: Cluster) -> Found:
    quorum = _quorum(cluster)
    if quorum and quorum.reachable < quorum.majority:
        missing = _about(cluster, quorum)
        yield Here(f"{quorum}; missing: {names(sorted(quorum.missing.values()))}", about=missing)


@rqlite.on_cluster(
    "RQLITE_QUORUM_FRAGILE",
    WARNING,
    "A voter of RQLite is missing, and without one more there is no majority.",
    why="The next fault or restart stops all writes.",
    hint="bring back the voter named before anything else is restarted or upgraded",
    because=VOTER_GONE,
)
def quorum_fragile(cluster: Cluster) -> Found:
    quorum = _quorum(cluster)
    if quorum and quorum.is_certain and quorum.missing and quorum.reachable == quorum.majority:
        missing = _about(cluster, quorum)
        yield Here(f"{quorum}; missing: {names(sorted(quorum.missing.values()))}", about=missing)


@rqlite.on_cluster(
    "RQLITE_NO_LEADER",
    CRITICAL,
    "No answering node is RQLite's leader, and none names one; info while orama-node was started less than {start_s} s "
    "ago on all that were heard.",
    why="Nothing can be written, and only stale reads work.",
    hint=f"{NODES}; most voters must run and reach each other",
    because=[
        on_cluster("RQLITE_QUORUM_LOST"),
        there(*RAFT_GONE, suffices=True),
        around("RQLITE_PEER_UNREACHABLE", suffices=True),
    ],
    also=[INFO],
)
def no_leader(cluster: Cluster, limits: Thresholds) -> Found:
    """A majority that was not heard may well have a leader, of whom a node that is cut off knows nothing.

    Where nobody answers at all there is no leader only if the whole environment was heard.
    """
    if _majority_unheard(cluster):
        return
    known = [(node, seen) for node, seen in cluster.responding if seen.raft_state in KNOWN_STATES]
    if any(seen.raft_state == "Leader" or seen.leader_addr or seen.leader_id for _node, seen in cluster.responding):
        return
    down = [node for node in cluster.reporting if node.rqlite and node.rqlite.responsive is False]
    gone = _voting(cluster, {node.host for node in down} | {node.host for node in cluster.nodes if not node.reports})
    asked = [*down, *(node for node, _seen in known)]
    young = all(node.was_started("orama-node", limits.start_s) for node in asked)
    severity, remark = (INFO, "; orama-node just started") if young else (None, "")
    if known:
        states = ", ".join(f"{node.host} {seen.raft_state}" for node, seen in known[:4])
        said = f"{number(len(known), 'node')} answer, none knows a leader ({states})"
        yield Here(said + remark, severity=severity, follows=(THE_REST, *gone))
    elif down and len(down) == len(cluster.configured):
        yield Here(f"none of {number(len(down), 'node')} answers" + remark, severity=severity, follows=tuple(gone))


@rqlite.on_cluster(
    "RQLITE_LEADER_UNSEEN",
    WARNING,
    "RQLite's nodes name a leader whose own report is missing.",
    why="What the leader would say of the cluster is not known; if it is dead an election is under way.",
    hint="look at the leader's own alert; then collect again",
    because=[there("NODE_UNREACHABLE", "NODE_COLLECT_FAILED", suffices=True)],
)
def leader_unseen(cluster: Cluster) -> Found:
    """A leader of unknown identity is one of the nodes that sent no report; where all did, it is outside the inventory.

    Then nothing is missing that was asked for.
    """
    if any(seen.raft_state == "Leader" for _node, seen in cluster.responding):
        return
    named = {seen.leader_addr: seen.leader_id for _node, seen in cluster.responding if seen.leader_addr}
    for address, node_id in sorted(named.items()):
        host = cluster.raft_host(node_id or "", address)
        if host is not None and cluster.silent(host):
            yield Here(f"{host} leads and sent no report", about=(host,))
        elif host is None and (unheard := _unheard_strangers(cluster)) is not None:
            suspects = unheard or [node.host for node in cluster.nodes if not node.reports]
            if suspects:
                yield Here(f"{clip(address, 80)} leads and sent no report", about=tuple(suspects))


@rqlite.on_cluster(
    "RQLITE_LEADER_DISAGREEMENT",
    WARNING,
    "RQLite's nodes name different leaders.",
    why="An election just took place, or some nodes are in another cluster than the others.",
    hint=f"collect again; if it stays: {NODES}",
    because=[on_cluster("RQLITE_SPLIT_BRAIN"), there(*RAFT_GONE, suffices=True)],
)
def leader_disagreement(cluster: Cluster) -> Found:
    """A name heard before the other one's election is no disagreement."""
    naming: dict[str, list[tuple[NodeView, Rqlite]]] = {}
    for node, seen in cluster.responding:
        if seen.leader_addr:
            naming.setdefault(seen.leader_addr, []).append((node, seen))
    claims = [_claims(nodes) for nodes in naming.values()]
    if any(_contradict(one, other) for these, those in combinations(claims, 2) for one in these for other in those):
        ordered = sorted(naming.items(), key=lambda group: (-len(group[1]), group[0]))
        said = [f"{clip(leader, 60)} named by {names([n.host for n, _ in nodes], 3)}" for leader, nodes in ordered[:4]]
        hosts = {cluster.host_of(leader) or leader for leader in naming}
        yield Here("; ".join(said), about=tuple(sorted(hosts)))


@rqlite.on_cluster(
    "RQLITE_TERM_INCONSISTENT",
    WARNING,
    "The raft terms of RQLite's nodes differ by more than 1.",
    why="A node is cut off, or belongs to another cluster, and holds elections of its own.",
    hint=f"{NODES}; look at the node with the odd term",
    because=[
        on_cluster("RQLITE_SPLIT_BRAIN", "RQLITE_QUORUM_LOST", "RQLITE_NO_LEADER"),
        there(*RAFT_GONE, "RQLITE_PEER_UNREACHABLE", "RQLITE_CANDIDATE", suffices=True),
        around(*LINK_DOWN, suffices=True),
    ],
)
def term_inconsistent(cluster: Cluster) -> Found:
    """Terms only grow: a lower one counts when it was sampled no earlier than the higher one."""
    having: dict[int, list[NodeView]] = {}
    for node, seen in cluster.responding:
        if seen.term is not None:
            having.setdefault(seen.term, []).append(node)
    lower: list[float] = []  # until when nodes with a term lower by more than 1 were sampled
    behind = iter(sorted(having))
    low = next(behind, 0)
    for term in sorted(having):
        while low < term - 1:
            lower += [max(node.window[1] for node in having[low])]
            low = next(behind)
        if lower and any(max(lower) >= node.window[0] for node in having[term]):
            ordered = sorted(having.items(), key=lambda one: (-len(one[1]), one[0]))
            odd = tuple(sorted(node.host for _term, nodes in ordered[1:] for node in nodes))
            said = "; ".join(f"term {term} on {names([n.host for n in nodes], 3)}" for term, nodes in ordered[:4])
            yield Here(said, about=odd)
            return


@rqlite.between_nodes(
    "RQLITE_APPLIED_LAG",
    WARNING,
    "The node's database is more than {rqlite_lag} entries behind the leader's. Where the leader was asked later, "
    "{rqlite_writes_per_s} entries a second are allowed for.",
    why="Reads at this node give old data, and it can't take over at once.",
    hint="on the node: curl -s localhost:5001/status?key=store.raft; iostat -x 1 3; ping the leader over the mesh",
    because=[
        here("RQLITE_FSM_BACKLOG", "RQLITE_COMMIT_GAP", "RQLITE_CANDIDATE", "RQLITE_NOT_READY"),
        here("RQLITE_SHUTDOWN", *MESH_DOWN),
        link(*LINK_DOWN, "RQLITE_PEER_UNREACHABLE"),
        on_cluster("RQLITE_SPLIT_BRAIN"),
    ],
)
def applied_lag(cluster: Cluster, limits: Thresholds) -> Findings:
    if cluster.leader is None:
        return
    leader, its = cluster.leader
    if its.applied_index is None:
        return
    for node, seen in cluster.responding:
        if node is leader or seen.applied_index is None:
            continue
        lag = its.applied_index - seen.applied_index
        if lag > limits.rqlite_lag:
            later = _asked_later(leader, node, cluster.snapshot.duration_seconds)
            if lag > limits.rqlite_lag + limits.rqlite_writes_per_s * later:
                yield Finding(node.host, f"{lag} entries behind the leader {leader.host}", about=(leader.host,))


@rqlite.between_nodes(
    "RQLITE_PEER_UNREACHABLE",
    CRITICAL,
    "A node's RQLite can't reach that of another; info while the other's orama-node is up for less than "
    "{rqlite_settle_s} s.",
    why="They can't replicate or elect each other.",
    hint="on the node: curl -s 'localhost:5001/nodes?nonvoters&timeout=2s'; is 7001/tcp open over the mesh?",
    because=[
        here(*RAFT_GONE),
        there(*RAFT_GONE),
        link(*LINK_DOWN),
    ],
    also=[INFO],
)
def peer_unreachable(cluster: Cluster, limits: Thresholds) -> Findings:
    complaints: dict[Complaint, bool] = {}
    strangers: dict[str, list[str]] = {}
    for node, node_id, other in cluster.unreached:
        host = cluster.raft_host(node_id, other.addr)
        if host is None:
            strangers.setdefault(other.addr or node_id, []).append(node.host)
        elif host != node.host:
            peer = cluster.by_host.get(host)
            complaints[node.host, host] = bool(peer and peer.is_young("orama-node", limits.rqlite_settle_s))
    ailing = [node.host for node in cluster.nodes if not _in_reach(node)]
    for group in gathered(complaints, cluster.by_host, ailing):
        links = [(group.host, other) for other in group.sees] + [(other, group.host) for other in group.seen_by]
        young = all(complaints[pair] for pair in links)
        said = []
        if group.seen_by:
            said.append(f"not reached by {number(len(group.seen_by), 'node')}: {names(group.seen_by)}")
        if group.sees:
            said.append(f"doesn't reach {number(len(group.sees), 'node')}: {names(group.sees)}")
        message = "; ".join(said) + ("; orama-node just started" if young else "")
        yield Finding(group.host, message, group.others, severity=INFO if young else None)
    suspects = _lost_strangers(cluster)
    for address, observers in sorted(strangers.items()):
        message = f"{clip(address, 80)} is not reached by {number(len(observers), 'node')}: {names(observers)}"
        yield Finding(min(observers), message, about=suspects or (address,))


def _majority(voters: int) -> int:
    return voters // 2 + 1


def _majority_unheard(cluster: Cluster) -> bool:
    """Whether a majority of the voters, or where they are not known of the nodes, brought no report."""
    hosts = [cluster.raft_host(node_id, address) for node_id, address in cluster.voters.items()] or cluster.configured
    heard = {node.host for node in cluster.reporting}
    return sum(host not in heard for host in hosts) >= _majority(len(hosts))


def _voting(cluster: Cluster, hosts: Set[str]) -> list[str]:
    """Those of the hosts that are voters, or may be: where the voters are not known, or one of them not by its host."""
    voters = {cluster.raft_host(node_id, address) for node_id, address in cluster.voters.items()}
    if None in voters:
        voters |= _strangers(cluster)
    return sorted(hosts & voters if voters else hosts)


def _in_reach(node: NodeView) -> bool:
    """Whether nothing is known to keep others from this node's RQLite."""
    if not node.rqlite or node.rqlite.responsive is False:
        return False
    no_mesh = node.wireguard is not None and node.wireguard.interface_up is False
    return not no_mesh and not (node.network is not None and node.network.wg_route_exists is False)


def _reigns(cluster: Cluster) -> list[Reign]:
    """The leaders, with what is known of their terms from all who follow them."""
    known: dict[tuple[int | None, str | None], list[Window]] = {}
    for node, seen in cluster.responding:
        known.setdefault((seen.term, seen.leader_addr), []).append(node.window)
    leaders = [(node, seen) for node, seen in cluster.responding if seen.raft_state == "Leader"]
    reigns = []
    for node, seen in leaders:
        windows = known[seen.term, seen.leader_addr] if seen.leader_addr else [node.window]
        reigns.append(Reign(node, seen, min(began for began, _ in windows), min(ended for _, ended in windows)))
    return reigns


def _split(one: Reign, other: Reign) -> bool:
    """Whether both lead at one time.

    Who led in the older term until the newer one began handed over. Where the samples don't tell which came first, two
    that are voters of one cluster and reach each other are no two halves of one.
    """
    if one.seen.term is None or other.seen.term is None or one.seen.term == other.seen.term:
        return _contradict(one.claim, other.claim)
    older, newer = sorted((one, other), key=lambda reign: reign.seen.term or 0)
    if older.node.window[0] > newer.proven:
        return True
    return older.node.window[1] >= newer.first and not (older.reaches(newer) and newer.reaches(older))


def _claims(nodes: Iterable[tuple[NodeView, Rqlite]]) -> list[Claim]:
    """What the nodes say, by the term in which they say it."""
    windows: dict[int | None, list[Window]] = {}
    for node, seen in nodes:
        windows.setdefault(seen.term, []).append(node.window)
    return [Claim(term, min(began for began, _ in seen), max(end for _, end in seen)) for term, seen in windows.items()]


def _contradict(one: Claim, other: Claim) -> bool:
    """Whether no election between the samples can have turned one claim into the other."""
    if one.term is not None and other.term is not None:
        if one.term == other.term:
            return True
        older, newer = sorted((one, other), key=lambda claim: claim.term or 0)
        return older.last >= newer.first
    return one.last >= other.first and other.last >= one.first


def _asked_later(leader: NodeView, node: NodeView, duration: float) -> float:
    """Most seconds by which the leader may have been sampled after the node.

    By the nodes' own clocks where both are known, within what the controller's clock allows.
    """
    (began, ended), (node_began, node_ended) = leader.window, node.window
    most = min(ended - node_began, duration) if ended - node_began != float("inf") else duration
    least = max(0.0, began - node_ended)
    clocks = [one.system.time_unix if one.system else None for one in (leader, node)]
    if clocks[0] is not None and clocks[1] is not None:
        return max(least, min(max(most, 0.0), clocks[0] - clocks[1]))
    return max(most, 0.0)


def _quorum(cluster: Cluster) -> Quorum | None:
    """The voters that all views know of, and the missing in the best view; None without a view.

    What a view doesn't know of a voter, the others tell. A voter whose reach nobody knows counts as reachable, and so
    does one that was not asked: it may see others.
    """
    views = {node.host: seen.nodes for node, seen in cluster.responding if seen.nodes and seen.voter is not False}
    if not views or not cluster.voters:
        return None
    lost = {id_: other for node, id_, other in cluster.unreached if node.host in views and id_ in cluster.voters}
    if not lost:
        return Quorum(frozenset(cluster.voters), {}, is_certain=True)
    reached = {node_id for view in views.values() for node_id, other in view.items() if other.reachable}
    missing = [_missing(cluster, host, view, lost, reached) for host, view in views.items()]
    is_certain = cluster.voters.keys() <= reached | lost.keys()
    return Quorum(frozenset(cluster.voters), min(missing, key=len), is_certain)


def _missing(
    cluster: Cluster, seer: str, view: Mapping[str, RqliteNode], lost: Mapping[str, RqliteNode], reached: Set[str]
) -> dict[str, str]:
    """What a node misses of the voters that are lost to someone: host or address by id."""
    missing: dict[str, str] = {}
    for node_id, other in lost.items():
        seen = view[node_id].reachable if node_id in view else True
        if seen is False or (seen is None and node_id not in reached):
            host = cluster.raft_host(node_id, other.addr)
            if host != seer and _was_asked(cluster, host):
                missing[node_id] = host or other.addr or node_id
    return missing


def _was_asked(cluster: Cluster, host: str | None) -> bool:
    return host in cluster.by_host if host else cluster.asked_all


def _about(cluster: Cluster, quorum: Quorum) -> tuple[str, ...]:
    """The missing voters; in place of those without a name, the nodes that they must be."""
    named = {place for place in quorum.missing.values() if place in cluster.by_host}
    unnamed = set(quorum.missing.values()) - named
    suspects = set(_lost_strangers(cluster)) - named
    return tuple(sorted(named | (suspects if unnamed and len(suspects) >= len(unnamed) else unnamed)))


def _unheard_strangers(cluster: Cluster) -> list[str] | None:
    """The nodes whose address in the mesh nobody knows. None when one of them reported, or was not asked."""
    strangers = sorted(_strangers(cluster))
    return strangers if all(cluster.silent(host) for host in strangers) else None


def _lost_strangers(cluster: Cluster) -> tuple[str, ...]:
    """Those that an address which is nobody's must belong to: none when one of them may be in reach."""
    strangers = _strangers(cluster) - set(cluster.raft_hosts.values())
    asked = [cluster.by_host.get(host) for host in sorted(strangers)]
    return () if any(node is None or _in_reach(node) for node in asked) else tuple(sorted(strangers))


def _strangers(cluster: Cluster) -> set[str]:
    return set(cluster.configured) - set(cluster.mesh_hosts.values())
