# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit) or, at your choice,
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)

"""The action orama.monitor.cluster_alerts: the cluster judged on the controller. Its docs: the module of its name."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.orama.monitor.plugins.plugin_utils import judge
from ansible_collections.orama.monitor.plugins.plugin_utils.answers import answers_of_play
from ansible_collections.orama.monitor.plugins.plugin_utils.ask import ask

SEVERITIES = ["critical", "warning", "info"]
ARGUMENT_SPEC: dict[str, dict[str, Any]] = dict(
    hosts=dict(type="list", elements="str"),
    environment=dict(type="str"),
    collect=dict(type="bool"),
    policy=dict(type="raw"),
    severity=dict(type="str", choices=SEVERITIES),
    fail_on=dict(type="str", choices=[*SEVERITIES, "never"]),
    until_healthy=dict(type="bool", default=False),
    retries=dict(type="int", default=30),
    delay=dict(type="float", default=10.0),
    passes=dict(type="int", default=1),
    max_age=dict(type="float", default=600.0),
    reports=dict(type="bool", default=False),
    dest=dict(type="path"),
    format=dict(type="str", choices=["json", "text"], default="json"),
)
display = Display()


@dataclass(frozen=True)
class Seen:
    """The last report, of how many, and how often in a row the cluster was found healthy of the times it must be."""

    report: Any
    attempts: int
    passed: int
    passes: int

    @property
    def healthy(self) -> bool:
        return self.passed >= self.passes

    def sentence(self, threshold: str) -> str:
        said = judge.sentence(self.report, threshold)
        enough = self.healthy or not self.passed
        return said if enough else "%s (seen %d of %d times)" % (said, self.passed, self.passes)


class ActionModule(ActionBase):
    """Judges the cluster, once or until it is healthy."""

    _supports_check_mode = True
    _supports_async = False
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result = super().run(tmp, task_vars)
        _spec, options = self.validate_argument_spec(ARGUMENT_SPEC)
        if judge.MISSING:
            raise AnsibleActionFail(judge.MISSING)
        try:
            result.update(self._judged(options, task_vars or {}))
        except judge.MonitorError as error:
            raise AnsibleActionFail(str(error)) from None
        return result

    def _judged(self, options: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        seen = self._watch(options, task_vars)
        report, threshold = seen.report, _threshold(options)
        severity = options["severity"] or (threshold if options["until_healthy"] else "info")
        lines = judge.lines(report, severity)
        if options["dest"] and not self._task.check_mode:
            text = report.to_json() if options["format"] == "json" else "\n".join(lines) + "\n"
            judge.write(options["dest"], text)
        content = json.loads(report.to_json(indent=None))
        return dict(
            changed=False,
            failed=not seen.healthy and _fails(options),
            msg=seen.sentence(threshold),
            healthy=seen.healthy,
            attempts=seen.attempts,
            lines=lines,
            meta=content["meta"],
            summary=content["summary"],
            alerts=judge.told(report, severity),
            nodes=content["nodes"] if options["reports"] else _unwell(content["nodes"]),
        )

    def _watch(self, options: dict[str, Any], task_vars: dict[str, Any]) -> Seen:
        """The last report, of one or of as many as until_healthy allows."""
        waits = options["retries"] if options["until_healthy"] and not self._task.check_mode else 0
        passes = max(1, options["passes"]) if waits else 1
        if passes > waits + 1:
            raise AnsibleActionFail("passes: %d in a row are more than retries: %d allows" % (passes, waits))
        threshold, passed, attempt = _threshold(options), 0, 0
        while True:
            attempt += 1
            report = self._report(options, task_vars)
            passed = 0 if judge.standing(report, threshold) else passed + 1
            seen = Seen(report, attempt, passed, passes)
            if seen.healthy or attempt > waits:
                return seen
            display.display("%s; tries left: %d" % (seen.sentence(threshold), waits - attempt + 1))
            time.sleep(options["delay"])

    def _report(self, options: dict[str, Any], task_vars: dict[str, Any]) -> Any:
        collect = options["until_healthy"] if options["collect"] is None else options["collect"]
        cluster = judge.cluster_of(task_vars, options["hosts"], options["environment"], whole=collect)
        began = time.time()
        if collect:
            answers = ask(self, task_vars, cluster.asked)
        else:
            answers = answers_of_play(task_vars, cluster.asked, options["max_age"])
        policy = judge.policy(options["policy"])
        return judge.report(cluster, answers, began, policy.at_a_gate() if options["until_healthy"] else policy)


def _threshold(options: dict[str, Any]) -> str:
    return options["fail_on"] if options["fail_on"] in SEVERITIES else "critical"


def _fails(options: dict[str, Any]) -> bool:
    return options["until_healthy"] if options["fail_on"] is None else options["fail_on"] != "never"


def _unwell(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The nodes that are not healthy, without their reports: a task's result is printed when it fails."""
    return [
        {key: value for key, value in node.items() if key != "report"} for node in nodes if node["status"] != "healthy"
    ]
