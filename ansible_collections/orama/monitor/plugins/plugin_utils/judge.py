# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""From answers by host to a judged cluster, by the rules of the Python package orama-monitor."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError

from ansible_collections.orama.monitor.plugins.plugin_utils import conf_lines

try:
    from pydantic import ValidationError

    from orama_monitor import files
    from orama_monitor.alerts.alert import Alert, Severity
    from orama_monitor.alerts.policy import Policy, read_policy
    from orama_monitor.answer import bounds, node_result
    from orama_monitor.cluster_report import ClusterReport, assess
    from orama_monitor.errors import MonitorError
    from orama_monitor.snapshot import ConfiguredNode, NodeResult, Snapshot
except ImportError as error:
    MISSING: str | None = "the Python package orama-monitor is missing here (pip install orama-monitor): %s" % error
    MonitorError = Exception
else:
    MISSING = None

TIMEOUT = 60.0
ENVIRONMENT = "orama_environment"
UNNAMED = "ansible"


@dataclass(frozen=True)
class Cluster:
    """The environment, the hosts that are asked, and the role of every host that belongs to it."""

    environment: str
    asked: list[str]
    roles: dict[str, str]


def cluster_of(task_vars: dict[str, Any], hosts: list[str] | None, environment: str | None, whole: bool) -> Cluster:
    """The cluster a task speaks of. Raises MonitorError when it is none or more than one.

    Without ``hosts``: those of the play, or with ``whole`` all of their environment, whatever the play is at. Where
    nothing says which these are, the play must be at the whole inventory.
    """
    hostvars = task_vars["hostvars"]
    asked = list(dict.fromkeys(hosts or task_vars.get("ansible_play_hosts_all") or ()))
    if conf_lines.are_among([*hostvars, *asked]):
        raise MonitorError(conf_lines.REFUSAL)
    unknown = [host for host in asked if host not in hostvars]
    if unknown:
        raise MonitorError("not in the inventory: %s" % ", ".join(unknown))
    if not asked:
        raise MonitorError("no hosts to judge")
    known = _variables(hostvars, asked)
    name = environment or _environment(known, asked)
    members = _members(name, known, task_vars) if name else []
    everyone = list(dict.fromkeys([*members, *asked]))
    if whole and not hosts:
        if not members and not set(hostvars) <= set(asked):
            raise MonitorError("which hosts are the cluster? Give them orama_environment, or name `hosts`")
        asked = everyone
    return Cluster(name or UNNAMED, asked, {host: _role(known.get(host) or hostvars[host]) for host in everyone})


def snapshot(cluster: Cluster, answers: Mapping[str, Mapping[str, Any]], began: float) -> Snapshot:
    """What came home, validated."""
    return Snapshot(
        environment=cluster.environment,
        collected_at=datetime.fromtimestamp(_first(answers, began), timezone.utc),
        duration_seconds=max(0.0, time.time() - _first(answers, began)),
        configured=[ConfiguredNode(host=host, role=role) for host, role in cluster.roles.items()],
        nodes=[_result(host, cluster.roles[host], answers.get(host) or {}) for host in cluster.asked],
    )


def policy(given: Any) -> Policy:
    """The thresholds and mutes to judge by: a file's path, a mapping, or nothing for the built-in ones."""
    if not given:
        return Policy()
    if not isinstance(given, Mapping):
        return read_policy(Path(str(given)).expanduser())
    try:
        return Policy.model_validate(_plain(given))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"] if part != "[key]")
        raise MonitorError("policy: %s: %s" % (place, first["msg"].replace("Value error, ", ""))) from None


def report(cluster: Cluster, answers: Mapping[str, Mapping[str, Any]], began: float, by: Policy) -> ClusterReport:
    """The judged cluster."""
    return assess(snapshot(cluster, answers, began), by)


def standing(judged: ClusterReport, threshold: str) -> list[Alert]:
    """The alerts as bad as ``threshold`` or worse, without what is muted and what that explains."""
    return judged.standing(Severity(threshold))


def told(judged: ClusterReport, severity: str) -> list[dict[str, Any]]:
    """The standing alerts as data."""
    return [alert.model_dump(mode="json") for alert in standing(judged, severity)]


def sentence(judged: ClusterReport, threshold: str) -> str:
    """One line: is the cluster healthy by this threshold, and if not, what stands."""
    meta, found = judged.meta, standing(judged, threshold)
    if not found:
        return "%s is healthy: %d of %d nodes, no alert at or above %s" % (
            meta.environment,
            meta.healthy_count,
            meta.node_count,
            threshold,
        )
    roots = [alert for alert in found if alert.is_root] or found
    more = "" if len(roots) <= 3 else " and %d more" % (len(roots) - 3)
    said = "; ".join("%s on %s: %s" % (alert.code, alert.node, _line(alert.message)) for alert in roots[:3])
    return "%s is not healthy: %s%s" % (meta.environment, said, more)


def lines(judged: ClusterReport, severity: str) -> list[str]:
    """The report for people: a headline, the summary, the nodes that are not healthy, the alerts."""
    meta, summary = judged.meta, judged.summary
    text = [
        "%s: %d nodes, %d healthy, %d degraded, %d unreachable"
        % (meta.environment, meta.node_count, meta.healthy_count, meta.degraded_count, meta.unreachable_count),
        "RQLite leader %s, voters %s; mesh: %s; services: %s"
        % (
            summary.rqlite_leader or "unknown",
            summary.rqlite_voters or "unknown",
            summary.wg_mesh_status,
            summary.service_health,
        ),
        "alerts: %d critical, %d warning, %d info"
        % (summary.critical_alerts, summary.warning_alerts, summary.info_alerts),
    ]
    for node in judged.nodes:
        if node.error:
            text.append("%-11s %s: %s" % (node.status, node.host, _line(node.error)))
    for alert in standing(judged, severity):
        mark = "" if alert.is_root else "  (because of %s on %s)" % (alert.cause.code, alert.cause.node)
        text.append("%-8s %s %s: %s%s" % (alert.severity.value, alert.code, alert.node, _line(alert.message), mark))
    return text


def write(path: str, text: str) -> None:
    """Put the whole text in place at once. A new file is readable by its owner only."""
    files.replace(Path(path), text, mode=0o600)


def _variables(hostvars: Any, asked: list[str]) -> dict[str, Mapping[str, Any]]:
    """The variables of each host that was asked or can be known: Ansible gathers them anew each time.

    Those of others may be closed to us, such as in another environment's vault.
    """
    known = {}
    for host in dict.fromkeys([*hostvars, *asked]):
        try:
            known[host] = hostvars[host]
        except AnsibleError:
            if host in asked:
                raise
    return known


def _environment(known: Mapping[str, Mapping[str, Any]], asked: list[str]) -> str | None:
    names = {known[host].get(ENVIRONMENT) for host in asked} - {None}
    if len(names) > 1:
        raise MonitorError(
            "the hosts are of several environments (%s): choose one, such as with orama_hosts=%s"
            % (", ".join(sorted(map(str, names))), sorted(map(str, names))[0])
        )
    return str(names.pop()) if names else None


def _members(name: str, known: Mapping[str, Mapping[str, Any]], task_vars: dict[str, Any]) -> list[str]:
    """The hosts whose variable names the environment; where none's does, the group that is called so.

    An extra variable is every host's and says nothing of them.
    """
    by_variable = [] if _is_extra(task_vars) else [host for host in known if _is_of(known[host], name)]
    return by_variable or list((task_vars.get("groups") or {}).get(name) or ())


def _is_extra(task_vars: dict[str, Any]) -> bool:
    return ENVIRONMENT in task_vars["hostvars"]._variable_manager.extra_vars


def _is_of(variables: Mapping[str, Any], name: str) -> bool:
    """Not where the variable is a template that has no value: that host need be nobody's who is asked."""
    try:
        said = variables.get(ENVIRONMENT)
    except AnsibleError:
        return False
    return said is not None and str(said) == name


def _role(variables: Mapping[str, Any]) -> str:
    role = variables.get("orama_role")
    if role:
        return str(role)
    return "nameserver" if "nameservers" in (variables.get("group_names") or ()) else "node"


def _first(answers: Mapping[str, Mapping[str, Any]], began: float) -> float:
    """When the first node was asked: in a play that collected before this task, earlier than ``began``."""
    return min([began, *(started for started, _ended in map(bounds, answers.values()) if started)])


def _result(host: str, role: str, answer: Mapping[str, Any]) -> NodeResult:
    return node_result(
        host,
        role,
        _plain(answer),
        unreachable=bool(answer.get("unreachable")),
        timeout=TIMEOUT,
        silence="no answer came back",
    )


def _plain(value: Any) -> Any:
    """Built-in types only: Ansible marks texts with types of its own, and strict validation refuses them."""
    return json.loads(json.dumps(value, default=str))


def _line(text: str) -> str:
    """One line without control characters: a node's words reach a terminal here."""
    return "".join(char if char.isprintable() else " " for char in text)[:300]
