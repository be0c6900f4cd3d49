"""What operators write: the policy, and JMESPath on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import click

from orama_monitor import output
from orama_monitor.alerts.muting import mute_fields, with_mute
from orama_monitor.alerts.policy import __doc__ as example
from orama_monitor.alerts.policy import parse_policy
from orama_monitor.cluster_report import assess
from orama_monitor.commands.parts import part
from orama_monitor.errors import MonitorError
from tests.fuzz.target import Target, one_line, refused, text
from tests.unit.cli.samples import faulty

PLACE = Path("monitor-policy.yml")
DATA = json.loads(json.dumps(part(assess(faulty()), "cluster")))
QUERIES = (
    "nodes[?status != 'healthy'].host",
    "alerts[].{code: code, node: node}",
    "sort_by(nodes, &collection_ms)[-1].host",
    "length(nodes[*].report.services.services[?active_state=='failed'][])",
    "&host",
    "to_number('x') || map(&host, nodes) | [0:2:1]",
    "merge(meta, summary).keys(@)",
    '`[1, 2, {"a": null}]`',
)
POLICIES = (
    (example or "").partition("\n\n")[2].partition("\n\nWhat")[0],
    "mutes: []\n",
    "severities: {ZOMBIES: warning}\n",
    "thresholds:\n  disk_pct: 90\nmutes:\n- {code: DISK_HIGH, until: 2026-03-01}\n",
)


def _policy(raw: bytes) -> None:
    given = text(raw)
    try:
        policy = parse_policy(given, PLACE)
    except MonitorError as error:
        one_line(str(error))
        return
    try:
        edited = with_mute(given, PLACE, mute_fields("DISK_HIGH", "h", ["a"], None, None, "known"))
        assert len(parse_policy(edited, PLACE).mutes) == len(policy.mutes) + 1
    except MonitorError as error:
        one_line(str(error))


def _query(raw: bytes) -> None:
    try:
        json.loads(output.written(DATA, text(raw)), parse_constant=refused)
    except click.UsageError as error:
        one_line(error.message)


TARGETS = (
    Target("policy", _policy, tuple(given.encode() for given in POLICIES)),
    Target("query", _query, tuple(query.encode() for query in QUERIES), share=4, longest=200),
)
