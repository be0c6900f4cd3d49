# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Section ``ipfs``: the Kubo daemon and the IPFS Cluster peer of this node, each by its own HTTP API."""

from __future__ import annotations

from .. import local
from ..errors import Absent, ProbeError, ProbeTimeout
from ..pick import at, count, from_json, percent, text
from ..probe import Probe, Response

KUBO_UNIT, CLUSTER_UNIT = "orama-ipfs", "orama-ipfs-cluster"
DATA, SWARM_KEY = "/data/ipfs", "/data/ipfs/repo/swarm.key"
KUBO = {
    "swarm/peers": "/api/v0/swarm/peers",
    "repo/stat": "/api/v0/repo/stat?size-only=true",  # without it the call walks every object
    "version": "/api/v0/version",
    "bootstrap/list": "/api/v0/bootstrap/list",
}
CLUSTER = ("/id", "/peers")


def collect(probe: Probe) -> dict:
    kubo = local.url(probe, probe.options.kubo_url)
    cluster = local.url(probe, probe.options.ipfs_cluster_url)
    questions = {name: _post(probe, kubo + path) for name, path in KUBO.items()}
    questions.update({path: _get(probe, cluster + path) for path in CLUSTER})
    answers = local.Answers("ipfs", probe.together(questions))
    home = probe.options.orama_home
    if answers.refused() and not local.installed(probe, (KUBO_UNIT, CLUSTER_UNIT), home + DATA):
        raise Absent
    section = dict(
        daemon_active=answers.active(probe, KUBO_UNIT, *KUBO),
        cluster_active=answers.active(probe, CLUSTER_UNIT, *CLUSTER),
    )
    section.update(_kubo(answers))
    section.update(_cluster(answers))
    section.update(has_swarm_key=local.has(probe, home + SWARM_KEY))
    return answers.conclude(section)


def _post(probe: Probe, url: str):
    return lambda: probe.post(url)


def _get(probe: Probe, url: str):
    return lambda: probe.get(url)


def _kubo(answers: local.Answers) -> dict:
    return dict(
        swarm_peers=_read(answers, "swarm/peers", count_swarm_peers),
        bootstrap_empty=_read(answers, "bootstrap/list", parse_bootstrap_empty),
        kubo_version=_read(answers, "version", lambda found: text(at(found, "Version"))),
        **(_read(answers, "repo/stat", parse_repository) or NO_REPOSITORY),
    )


def _read(answers: local.Answers, name: str, parse):
    """What a parser makes of an answer, of which None is not to be had without a reason."""
    found = answers.json(name)
    return None if found is None else answers.understood(name, parse(found))


def _peers(found: object) -> list | None:
    """The list in {"Peers": […]}, where null means none."""
    if not isinstance(found, dict) or "Peers" not in found:
        return None
    peers = found["Peers"]
    return [] if peers is None else peers if isinstance(peers, list) else None


def count_swarm_peers(found: object) -> int | None:
    """How many others there are in swarm/peers, which lists connections: two that dialled each other have two."""
    peers = _peers(found)
    return None if peers is None else len({text(at(peer, "Peer")) for peer in peers} - {None})


def parse_bootstrap_empty(found: object) -> bool | None:
    """Whether no bootstrap peer is configured. The literal "auto" stands for public ones."""
    peers = _peers(found)
    return None if peers is None else not peers


NO_REPOSITORY = dict(repo_size_bytes=None, repo_max_bytes=None, repo_use_pct=None)


def parse_repository(found: object) -> dict | None:
    """Sizes from repo/stat. A repository without a quota (Kubo writes 2^64-1) has no maximum to fill."""
    size, quota = count(at(found, "RepoSize")), count(at(found, "StorageMax"))
    if size is None:
        return None
    return dict(repo_size_bytes=size, repo_max_bytes=quota, repo_use_pct=count(percent(size, quota)))


def _cluster(answers: local.Answers) -> dict:
    identity = answers.json("/id")
    version = text(at(identity, "version"))
    if identity is not None:
        answers.understood("/id", version)
    answer = answers.of("/peers")
    if answer is not None and answer.status != 204:
        answer = answers.good("/peers")
    if answer is None:
        return dict(cluster_peers=None, cluster_errors=None, cluster_version=version)
    try:
        peers = parse_cluster_peers(answer)
    except (ValueError, RecursionError):
        answers.problems.append(ProbeError("ipfs /peers: the answer is not JSON"))
        return dict(cluster_peers=None, cluster_errors=None, cluster_version=version)
    silent = 0
    if not answer.complete:
        members = at(identity, "cluster_peers")
        silent = count_silent(members, peers)
        if silent is None:
            answers.problems.append(ProbeTimeout("ipfs /peers: not every cluster peer has answered"))
    return dict(count_cluster_peers(peers, silent), cluster_version=version)


def parse_cluster_peers(answer: Response) -> list[dict]:
    """The peers in /peers: one array, or one object a line; of an answer cut off, those that came whole.

    Raises ValueError when it is neither, RecursionError when it is too deep to be.
    """
    body = answer.body.strip()
    if body.startswith("["):
        found = from_json(body)
    else:
        lines = body.split("\n")
        if not answer.complete and lines and not answer.body.endswith("\n"):
            lines.pop()
        found = [from_json(line) for line in lines if line.strip()]
    if not all(isinstance(peer, dict) for peer in found):
        raise ValueError("not peers")
    return found


def count_silent(members: object, peers: list[dict]) -> int | None:
    """How many of the cluster's members have not been heard of before the answer was cut off."""
    if not isinstance(members, list):
        return None
    heard = {text(peer.get("id")) for peer in peers}
    return sum(1 for member in members if text(member) and text(member) not in heard)


def count_cluster_peers(peers: list[dict], silent: int | None) -> dict:
    """Peers that answered, and those with an error: of their own or of the Kubo daemon behind them."""
    answered = [peer for peer in peers if not text(peer.get("error"))]
    ailing = [peer for peer in answered if text(at(peer, "ipfs", "error"))]
    unheard = None if silent is None else len(peers) - len(answered) + silent
    return dict(cluster_peers=len(answered), cluster_errors=None if unheard is None else unheard + len(ailing))
