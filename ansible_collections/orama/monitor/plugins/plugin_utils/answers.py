# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""What the play at hand knows of its hosts: the registered result of the collecting task, or the fact alone."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

REGISTERED = "orama_collection"
FACT = "orama_report"
#: Ansible does not tell whether it was out of reach or failed in a task of anybody's.
LOST = "it left the play before this task, failed or unreachable, and no answer was kept: `collect: true` asks it again"


def answers_of_play(task_vars: dict[str, Any], hosts: list[str], max_age: float) -> dict[str, dict[str, Any]]:
    """Each host's answer, with ``unreachable``. Of a host that the play has lost a fact is no answer."""
    active = set(task_vars.get("ansible_play_hosts") or ())
    lost = set(task_vars.get("ansible_play_hosts_all") or ()) - active
    return {host: _answer(task_vars["hostvars"].raw_get(host), host in lost, max_age) for host in hosts}


def _answer(variables: Any, lost: bool, max_age: float) -> dict[str, Any]:
    known = variables if isinstance(variables, Mapping) else {}
    registered = known.get(REGISTERED)
    if isinstance(registered, Mapping):
        return dict(registered, unreachable=bool(registered.get("unreachable")))
    if lost:
        return dict(unreachable=False, msg=LOST)
    report = (known.get("ansible_facts") or {}).get(FACT)
    if not isinstance(report, Mapping):
        return dict(unreachable=False, msg="orama.monitor.node_facts has not run on it in this play")
    age = _age(report)
    if age is None or abs(age) > max_age:
        return dict(unreachable=False, msg="its report is of %s: collect anew" % report.get("timestamp"))
    return dict(unreachable=False, ansible_facts={FACT: report})


def _age(report: Mapping[str, Any]) -> float | None:
    """Seconds since the report, by the two clocks. It may come out of a fact cache of any age."""
    try:
        return time.time() - datetime.fromisoformat(str(report["timestamp"]).replace("Z", "+00:00")).timestamp()
    except (KeyError, ValueError):
        return None
