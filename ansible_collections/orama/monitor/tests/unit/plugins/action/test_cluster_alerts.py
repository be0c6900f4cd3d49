# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""What a play knows of its hosts, and how that becomes a cluster to judge."""

from __future__ import annotations

import json
import time
from datetime import datetime, timezone
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

pytest.importorskip("orama_monitor")

from ansible.errors import AnsibleUndefinedVariable  # noqa: E402

from ansible_collections.orama.monitor.plugins.action import cluster_alerts  # noqa: E402
from ansible_collections.orama.monitor.plugins.modules import cluster_alerts as docs  # noqa: E402
from ansible_collections.orama.monitor.plugins.plugin_utils import conf_lines, judge  # noqa: E402
from ansible_collections.orama.monitor.plugins.plugin_utils.answers import LOST, answers_of_play  # noqa: E402

UNREACHABLE = "Failed to connect to the host via ssh: ssh: connect to host 192.0.2.1 port 22: Connection refused"


class HostVars(dict):
    _variable_manager = SimpleNamespace(extra_vars={})

    def raw_get(self, host: str) -> dict[str, Any]:
        return self[host]


def report(age: float = 0.0) -> dict[str, Any]:
    stamp = datetime.fromtimestamp(time.time() - age, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return dict(schema_version=1, timestamp=stamp, hostname="n", collect_ms=1)


def play(hosts: dict[str, dict[str, Any]], active: list[str] | None = None, **groups: list[str]) -> dict[str, Any]:
    names = list(hosts)
    return dict(
        hostvars=HostVars(hosts),
        groups=groups,
        ansible_play_hosts_all=names,
        ansible_play_hosts=names if active is None else active,
    )


def judged(task_vars: dict[str, Any], **options: Any) -> Any:
    cluster = judge.cluster_of(task_vars, options.get("hosts"), options.get("environment"), options.get("whole", False))
    answers = answers_of_play(task_vars, cluster.asked, 600.0)
    return judge.snapshot(cluster, answers, time.time())


def test_registered_results_count_before_facts_and_failures_are_kept() -> None:
    fact = dict(ansible_facts=dict(orama_report=report()))
    found = judged(
        play(
            dict(
                fine=dict(orama_collection=dict(ansible_facts=dict(orama_report=report()), started=1.0, ended=1.5)),
                away=dict(fact, orama_collection=dict(unreachable=True, msg=UNREACHABLE)),
                broken=dict(fact, orama_collection=dict(failed=True, msg="sudo: a password is required")),
                empty=dict(orama_collection=dict()),
            )
        )
    )
    fine, away, broken, empty = found.nodes
    assert fine.report is not None and fine.collection_ms == 500
    assert (away.failure, away.report) == ("unreachable", None) and "refused" in away.error
    assert broken.failure == "collect_failed" and "password" in broken.error
    assert empty.failure == "collect_failed"


def test_a_fact_alone_counts_while_it_is_fresh_and_its_host_in_the_play() -> None:
    def host(age: float) -> dict[str, Any]:
        return dict(ansible_facts=dict(orama_report=report(age)))

    hosts = dict(fresh=host(1), old=host(3600), ahead=host(-3600), lost=host(1), never={})
    nodes = {node.host: node for node in judged(play(hosts, active=["fresh", "old", "ahead", "never"])).nodes}
    assert nodes["fresh"].report is not None
    assert all(nodes[name].report is None for name in ("old", "ahead", "lost", "never"))
    assert nodes["lost"].failure == "collect_failed" and nodes["lost"].error == LOST


def test_a_report_that_is_not_valid_is_a_failure() -> None:
    wrong = dict(report(), collect_ms="soon")
    node = judged(play(dict(n=dict(orama_collection=dict(ansible_facts=dict(orama_report=wrong)))))).nodes[0]
    assert node.failure == "collect_failed" and "collect_ms" in node.error


def test_a_gate_takes_the_whole_environment_and_a_report_what_was_asked() -> None:
    hosts = dict(a=dict(orama_environment="x", orama_role="node"), b=dict(orama_environment="x"), c={})
    one = dict(play(hosts, x=["a", "b"]), ansible_play_hosts_all=["a"])
    assert judge.cluster_of(one, None, None, whole=True).asked == ["a", "b"]
    narrow = judge.cluster_of(one, None, None, whole=False)
    assert (narrow.environment, narrow.asked, list(narrow.roles)) == ("x", ["a"], ["a", "b"])


OF_X = dict(orama_environment="x")


def members(hosts: dict[str, dict[str, Any]], extra: tuple[str, ...] = (), **groups: list[str]) -> list[str]:
    """The hosts that a gate at the host ``a`` asks for the environment x."""
    task_vars = dict(play(hosts, **groups), ansible_play_hosts_all=["a"])
    task_vars["hostvars"]._variable_manager = SimpleNamespace(extra_vars=dict.fromkeys(extra))
    return judge.cluster_of(task_vars, None, "x", whole=True).asked


def test_of_an_environment_are_the_hosts_that_carry_its_name_whatever_the_groups_are_called() -> None:
    assert members(dict(a=OF_X, b=OF_X, c={}), x=["a", "c"]) == ["a", "b"]
    assert members(dict(a=OF_X, b=dict(orama_environment="y"), c=OF_X), all=["a", "b", "c"]) == ["a", "c"]


def test_where_no_host_carries_the_name_the_group_of_that_name_counts() -> None:
    assert members(dict(a={}, b={}, c={}), x=["b", "a"]) == ["b", "a"]
    everywhere = dict.fromkeys("abc", OF_X)
    assert members(everywhere, extra=("orama_environment",), x=["a", "b"]) == ["a", "b"]


PLAIN = play(dict(a={}, b={}), ansible=["b"], web=["a"])
AT_ONE = dict(PLAIN, ansible_play_hosts_all=["a"])


@pytest.mark.parametrize("environment", [None, "nobody_s"])
def test_a_gate_at_a_part_of_the_inventory_must_know_which_hosts_are_the_cluster(environment: str | None) -> None:
    with pytest.raises(judge.MonitorError, match="which hosts are the cluster\\? Give them orama_environment"):
        judge.cluster_of(AT_ONE, None, environment, whole=True)
    assert judge.cluster_of(AT_ONE, ["a"], environment, whole=True).asked == ["a"]
    assert judge.cluster_of(AT_ONE, None, "web", whole=True).asked == ["a"]


def test_without_a_name_the_whole_inventory_is_the_cluster_of_a_gate() -> None:
    cluster = judge.cluster_of(PLAIN, None, None, whole=True)
    assert (cluster.environment, cluster.asked) == ("ansible", ["a", "b"])


def test_without_a_name_no_group_is_the_cluster_of_a_report() -> None:
    assert list(judge.cluster_of(AT_ONE, None, None, whole=False).roles) == ["a"]


class Undefined(dict):
    def get(self, *_words: Any) -> Any:
        raise AnsibleUndefinedVariable("'stage' is undefined")


def test_a_name_that_is_a_number_counts_and_one_that_has_no_value_is_nobody_s() -> None:
    numbered = play(dict(a=dict(orama_environment=7), b=dict(orama_environment=7), c=Undefined()))
    cluster = judge.cluster_of(dict(numbered, ansible_play_hosts_all=["a"]), None, None, whole=True)
    assert (cluster.environment, cluster.asked) == ("7", ["a", "b"])


@pytest.mark.parametrize("asked", [["a"], ["testnet|ubuntu@192.0.2.1|s3cret|node"]])
def test_lines_of_a_conf_are_no_hosts_and_their_passwords_not_told(asked: list[str]) -> None:
    hosts = play({"a": {}, "testnet|ubuntu@192.0.2.1|s3cret|node": {}})
    with pytest.raises(judge.MonitorError) as told:
        judge.cluster_of(hosts, asked, None, whole=False)
    assert str(told.value) == conf_lines.REFUSAL


@pytest.mark.parametrize(
    ("hosts", "said"),
    [(["nobody"], "not in the inventory: nobody"), (["a", "b"], "several environments \\(x, y\\)"), ([], "no hosts")],
)
def test_no_cluster_or_two_are_refused(hosts: list[str], said: str) -> None:
    task_vars = play(dict(a=dict(orama_environment="x"), b=dict(orama_environment="y")))
    if not hosts:
        task_vars["ansible_play_hosts_all"] = []
    with pytest.raises(judge.MonitorError, match=said):
        judge.cluster_of(task_vars, hosts or None, None, whole=False)


def test_roles_from_variable_or_group() -> None:
    hosts = dict(a=dict(orama_role="nameserver-ns1"), b=dict(group_names=["nameservers"]), c={})
    assert judge.cluster_of(play(hosts), None, "x", whole=False).roles == dict(
        a="nameserver-ns1", b="nameserver", c="node"
    )


def watched(monkeypatch: pytest.MonkeyPatch, sights: str, retries: int, passes: int) -> cluster_alerts.Seen:
    """What the gate makes of these sights of the cluster, ``+`` for healthy."""
    reports = iter(sights)
    gate = object.__new__(cluster_alerts.ActionModule)
    gate._task = SimpleNamespace(check_mode=False)
    monkeypatch.setattr(gate, "_report", lambda _options, _vars: next(reports))
    monkeypatch.setattr(judge, "standing", lambda report, _threshold: [] if report == "+" else ["bad"])
    monkeypatch.setattr(judge, "sentence", lambda report, _threshold: report)
    return gate._watch(dict(until_healthy=True, fail_on=None, delay=0.0, retries=retries, passes=passes), {})


@pytest.mark.parametrize(
    ("sights", "retries", "passes", "healthy", "attempts"),
    [
        ("+", 5, 1, True, 1),
        ("-+-++", 5, 2, True, 5),
        ("---+", 3, 2, False, 4),
        ("+-+-", 3, 2, False, 4),
        ("-", 0, 2, False, 1),
        ("+", 0, 2, True, 1),
    ],
)
def test_a_gate_opens_after_so_many_sights_in_a_row(
    monkeypatch: pytest.MonkeyPatch, sights: str, retries: int, passes: int, healthy: bool, attempts: int
) -> None:
    found = watched(monkeypatch, sights, retries, passes)
    assert (found.healthy, found.attempts) == (healthy, attempts)


def test_a_last_sight_that_is_not_enough_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert watched(monkeypatch, "--+", 2, 2).sentence("critical") == "+ (seen 1 of 2 times)"


@pytest.mark.parametrize("until_healthy", [True, False])
def test_what_was_just_started_gets_no_time_at_a_gate_alone(
    monkeypatch: pytest.MonkeyPatch, until_healthy: bool
) -> None:
    task = object.__new__(cluster_alerts.ActionModule)
    monkeypatch.setattr(cluster_alerts, "ask", lambda _task, _vars, _asked: {})
    monkeypatch.setattr(judge, "report", lambda _cluster, _answers, _began, by: by)
    options = dict(until_healthy=until_healthy, collect=True, hosts=None, environment=None, policy=None)
    assert (task._report(options, play(dict(n={}))).thresholds.start_s == 0) is until_healthy


def test_lines_hold_no_control_characters() -> None:
    bad = dict(orama_collection=dict(failed=True, msg="\x1b[31mred\x07"))
    lines = judge.lines(judge.assess(judged(play(dict(n=bad)))), "info")
    assert "red" in "".join(lines) and all(line.isprintable() for line in lines)


def test_the_alerts_that_are_handed_on_are_those_that_stand() -> None:
    away = dict(orama_collection=dict(unreachable=True, msg=UNREACHABLE))
    mutes = judge.policy(dict(mutes=[dict(code="NODE_UNREACHABLE", node="known")]))
    found = judge.assess(judged(play(dict(known=away, gone=away))), mutes)
    assert {alert.node for alert in found.alerts if alert.code == "NODE_UNREACHABLE"} == {"known", "gone"}
    alerts = judge.told(found, "info")
    assert [alert["node"] for alert in alerts if alert["code"] == "NODE_UNREACHABLE"] == ["gone"]
    assert json.loads(json.dumps(alerts)) == alerts and not [alert for alert in alerts if alert["muted"]]
    assert {alert["severity"] for alert in judge.told(found, "critical")} == {"critical"}


def test_the_docs_tell_each_option_as_the_action_takes_it_and_a_sample_of_all_that_it_returns() -> None:
    def told(options: dict[str, Any]) -> dict[str, Any]:
        return {
            name: {key: value for key, value in option.items() if key not in ("description", "version_added")}
            for name, option in options.items()
        }

    assert told(yaml.safe_load(docs.DOCUMENTATION)["options"]) == told(cluster_alerts.ARGUMENT_SPEC)
    assert docs.RETURN and all("sample" in value for value in yaml.safe_load(docs.RETURN).values())
