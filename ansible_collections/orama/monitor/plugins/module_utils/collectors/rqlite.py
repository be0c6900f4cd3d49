# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Section ``rqlite``: raft state, readiness, a strong read, the members as this node sees them, error counters.

Asked over rqlite's HTTP API, version 8 to 10, by a few requests side by side. A service that refuses connections is
not responsive, which is an answer; one that accepts and stays silent has timed out; one that asks for credentials is
alive and nothing more is known.
"""

from __future__ import annotations

from .. import local
from ..errors import Absent, ProbeError, ProbeTimeout
from ..pick import at, count, flag, mapping, real, text
from ..probe import Probe, Response

UNITS = ("orama-node",)
NODES_LIMIT = 200
UNTIMED = ("v8.", "v9.")  # these stop the clock before they ask a member: what they tell is no time of an answer
UNITS_OF_SIZE = ("B", "kB", "MB", "GB", "TB")

COUNTERS = {
    "query_errors": ["db.query_errors"],
    "execute_errors": ["db.execution_errors"],
    "remote_exec_errors": ["http.remote_executions_failed", "proxy.remote_executions_failed"],
    "leader_not_found": ["http.leader_not_found"],
    "snapshot_errors": [
        "store.num_snapshots_failed",
        "store.num_wal_snapshots_failed",
        "store.num_snapshot_persists_failed",
        "snapshot.sink_errors",
    ],
    "client_retries": ["cluster.num_client_retries"],
    "client_timeouts": ["cluster.num_client_read_timeouts", "cluster.num_client_write_timeouts"],
}


def collect(probe: Probe) -> dict:
    base = local.url(probe, probe.options.rqlite_url)
    patience = "timeout=" + go_duration(probe.options.http_timeout * 2 / 3)  # of rqlite with its peers, within ours
    paths = {
        "/status": "/status",
        "/readyz": "/readyz?" + patience,
        "/nodes": "/nodes?nonvoters&" + patience,
        "strong read": "/db/query?level=strong&" + patience + "&q=SELECT%201",
        "/debug/vars": "/debug/vars",
    }
    found = probe.together({name: _question(probe, base + path) for name, path in paths.items()})
    answers = local.Answers("rqlite", found)
    if answers.refused() and not local.installed(probe, UNITS, probe.options.orama_home):
        raise Absent
    return _section(answers)


def go_duration(seconds: float) -> str:
    """Seconds as Go reads them, which knows no exponent."""
    return ("%.3f" % seconds).rstrip("0").rstrip(".") + "s"


def _question(probe: Probe, url: str):
    return lambda: probe.get(url)


def _section(answers: local.Answers) -> dict:
    """The section from all answers. Raises Incomplete where one of them is no use."""
    responsive = answers.responded()
    section = dict(responsive=responsive, ready=None, strong_read=None, **parse_status({}))
    section.update(nodes=None, debug_vars=None)
    if not responsive:
        for name in answers.answers:
            answers.of(name)
        return answers.conclude(section)
    for name, parse, essential in PARSERS:
        found = answers.json(name)
        section.update(parse(found))
        if found is not None:
            answers.understood(name, section[essential])
    if not section["version"] or section["version"].startswith(UNTIMED):
        for member in (section["nodes"] or {}).values():
            member["time_ms"] = None
    section["ready"] = _judged(answers, "/readyz", is_ready)
    section["strong_read"] = _judged(answers, "strong read", read_succeeded)
    return answers.conclude(section)


def _judged(answers: local.Answers, name: str, judge) -> bool | None:
    """A check by its answer. One that doesn't end while the service answers others is a check that failed."""
    if isinstance(answers.answers[name], ProbeTimeout):
        return False
    answer = answers.of(name)
    return None if answer is None or answer.status in local.UNAUTHORIZED else judge(answer)


def is_ready(answer: Response) -> bool:
    """The text may claim "[+]" for what failed: only the status counts."""
    return answer.status == 200


def read_succeeded(answer: Response) -> bool:
    """One row with the value 1 and nothing else is a successful ``SELECT 1``: errors come with HTTP 200 too."""
    if answer.status != 200:
        return False
    try:
        found = answer.json()
    except ProbeError:
        return False
    results = at(found, "results")
    if not isinstance(results, list) or len(results) != 1 or "error" in found:
        return False
    return "error" not in mapping(results[0]) and at(results[0], "values") == [[1]]


def parse_status(status: object) -> dict:
    """The fields that come from /status, each where the known versions have it."""
    raft, store = at(status, "store", "raft"), at(status, "store")
    size = count(at(store, "sqlite3", "db_size"))
    return dict(
        raft_state=text(at(raft, "state")),
        leader_addr=text(at(store, "leader", "addr")),
        leader_id=text(at(store, "leader", "node_id")),
        node_id=text(at(store, "node_id")),
        term=_first(count, at(raft, "term"), at(raft, "current_term")),
        applied_index=count(at(raft, "applied_index")),
        commit_index=count(at(raft, "commit_index")),
        fsm_pending=count(at(raft, "fsm_pending")),
        last_contact=_duration(at(raft, "last_contact")),
        num_peers=count(at(raft, "num_peers")),
        voter=flag(at(raft, "voter")),
        db_size=text(at(store, "sqlite3", "db_size_friendly")) or friendly_size(size),
        db_size_bytes=size,
        uptime=_first(text, at(status, "node", "uptime"), at(status, "http", "uptime")),
        version=text(at(status, "build", "version")),
        goroutines=count(at(status, "runtime", "num_goroutine")),
        heap_mb=None,
    )


def _first(pick, *values: object):
    return next((found for found in map(pick, values) if found is not None), None)


def _duration(value: object) -> str | None:
    """A Go duration or "never"; the leader's own is the number 0."""
    number = count(value)
    return text(value) if number is None else str(number)


def friendly_size(size: int | None) -> str | None:
    """Bytes as rqlite itself writes them in the versions that do: 8.2 kB."""
    if size is None:
        return None
    number, unit = float(size), 0
    while number >= 1000 and unit < len(UNITS_OF_SIZE) - 1:
        number, unit = number / 1000, unit + 1
    return ("%.1f %s" if number < 10 and unit else "%.0f %s") % (number, UNITS_OF_SIZE[unit])


def parse_nodes(nodes: object) -> dict:
    """``nodes`` by id from /nodes, and ``nodes_omitted`` where there are too many: voters are left out last."""
    if not isinstance(nodes, dict):
        return dict(nodes=None)
    members = {text(name): _member(node) for name, node in nodes.items() if text(name) and isinstance(node, dict)}
    first = set(sorted(members, key=lambda name: _weight(members[name]))[:NODES_LIMIT])
    kept = {name: member for name, member in members.items() if name in first}
    omitted = len(members) - len(kept)
    return dict(nodes=kept, nodes_omitted=omitted) if omitted else dict(nodes=kept)


def _weight(member: dict) -> int:
    """The lower, the more depends on what is known of the member: a voter counts for the quorum."""
    return 0 if member["voter"] is not False else 1 if member["reachable"] is not True else 2


def _member(node: dict) -> dict:
    seconds = real(node.get("time"))
    return dict(
        addr=text(node.get("addr")),
        reachable=flag(node.get("reachable")),
        leader=flag(node.get("leader")),
        voter=flag(node.get("voter")),
        time_ms=None if seconds is None else round(seconds * 1000, 3),
        error=text(node.get("error")),
    )


def parse_vars(found: object) -> dict:
    """Heap and error counters from /debug/vars. A counter that a version doesn't have is not known."""
    heap = count(at(found, "memstats", "HeapAlloc"))
    counters = {name: _sum(found, sources) for name, sources in COUNTERS.items()}
    return dict(
        heap_mb=None if heap is None else heap // 2**20, debug_vars=counters if isinstance(found, dict) else None
    )


PARSERS = (  # what is asked, how it is read, and the field without which it was no such answer
    ("/status", parse_status, "raft_state"),
    ("/nodes", parse_nodes, "nodes"),
    ("/debug/vars", parse_vars, "debug_vars"),
)


def _sum(found: object, sources: list[str]) -> int | None:
    numbers = [count(at(found, *source.split("."))) for source in sources]
    known = [number for number in numbers if number is not None]
    return count(sum(known)) if known else None
