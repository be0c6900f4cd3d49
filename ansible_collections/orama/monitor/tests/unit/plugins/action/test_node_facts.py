"""What becomes of a node's output: a report, or a failed task that says why."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.shell.sh import ShellModule

from ansible_collections.orama.monitor.plugins.action.node_facts import (
    AS_GIVEN,
    REPORT_LIMIT,
    ActionModule,
    _of_module,
    _result,
)
from ansible_collections.orama.monitor.plugins.plugin_utils.pack import MARK


def told(text: str, **more: Any) -> dict[str, Any]:
    found = _result(dict(stdout=text, stderr="", rc=0, **more))
    assert isinstance(found, dict)
    return found


def test_noise_before_the_report_is_passed_over() -> None:
    assert told(f"Welcome {MARK} no{MARK}{json.dumps(dict(a=1))}\n")["ansible_facts"] == {"orama_report": {"a": 1}}


def test_noise_after_the_report_is_passed_over() -> None:
    """Of a trap that a login shell runs at its end."""
    assert told(f'{MARK}{{"a": 1}}\nGoodbye {{"a": 2}}\n')["ansible_facts"] == {"orama_report": {"a": 1}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no report came back"),
        ("noise", "no report came back"),
        (MARK + "[1]", "no report came back"),
        (MARK + "{", "not valid JSON"),
        (MARK + '{"a": NaN}', "not valid JSON"),
        (MARK + '{"a": {"b": 1, "b": 2}}', "not valid JSON"),
        (MARK + "[" * 100_000, "not valid JSON"),
        (MARK + '{"a": "' + "x" * REPORT_LIMIT + '"}', "too large"),
    ],
    ids=["nothing", "noise", "a list", "broken", "NaN", "twice", "deep", "large"],
)
def test_what_is_no_report_fails(text: str, said: str) -> None:
    found = told(text)
    assert found["failed"] is True
    assert said in found["msg"]
    assert len(json.dumps(found)) < 10_000


def test_of_the_module_s_answer_the_report_alone_counts() -> None:
    facts = dict(orama_report=dict(a=1), orama_output="/root/x", discovered_interpreter_python="/tmp/x")
    answer = dict(ansible_facts=facts, changed=True, unreachable=True, rc=1, orama_policy="x", warnings=["x"])
    assert _of_module(answer) == dict(changed=False, ansible_facts={"orama_report": {"a": 1}})


def facts(report: object) -> dict[str, Any]:
    return dict(orama_output="/root/x", orama_report=report)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({}, "no report came back"),
        (dict(msg="hello"), "no report came back"),
        (dict(ansible_facts=5), "no report came back"),
        (dict(ansible_facts=dict(orama_output="/root/x")), "no report came back"),
        (dict(ansible_facts=facts([1])), "no report came back"),
        (dict(ansible_facts=facts(dict(a=float("nan")))), "not valid JSON"),
        (dict(ansible_facts=facts(dict(a={1, 2}))), "not valid JSON"),
        (dict(ansible_facts=facts(dict(a="x" * REPORT_LIMIT))), "too large"),
        (dict(ansible_facts=facts(dict(a=1)), failed=True, msg="its disk is full"), "its disk is full"),
        (dict(failed=True, msg=["x" * 9000], module_stdout="x" * 9000, module_stderr=5, rc="x" * 9000), "xxx"),
    ],
    ids=["nothing", "words", "no facts", "others", "a list", "NaN", "no JSON", "large", "failed", "any kind"],
)
def test_what_is_no_report_of_the_module_fails_and_is_no_fact(answer: dict[str, Any], said: str) -> None:
    found = _of_module(answer)
    assert found["failed"] is True and "ansible_facts" not in found
    assert said in found["msg"]
    assert len(json.dumps(found)) < 10_000


class UnderMitogen(ActionModule):
    """The action where its base is Mitogen's."""

    def __init__(self) -> None:
        """Without a task."""

    def _is_pipelining_enabled(self, *_args: object) -> bool:
        raise AssertionError("should never be called")


def test_under_mitogen_the_module_runs() -> None:
    assert UnderMitogen()._feeds_standard_input() is False


class Told(ActionModule):
    """The action with what it needs to know its interpreter."""

    def __init__(self, **task: Any) -> None:
        self._templar = SimpleNamespace(template=lambda value: value)
        self._task = SimpleNamespace(**{"delegate_to": None, "environment": None, **task})
        self._connection = SimpleNamespace(_shell=ShellModule())


NAMED = "ansible_python_interpreter"


@pytest.mark.parametrize(
    ("variables", "environment", "command"),
    [
        ({}, "", "python3 -I -"),
        ({NAMED: ""}, "", "python3 -I -"),
        ({NAMED: "auto_silent"}, "", "python3 -I -"),
        ({NAMED: "/opt/python/bin/python3"}, "", "/opt/python/bin/python3 -I -"),
        ({NAMED: "/usr/bin/env python3"}, "", "/usr/bin/env python3 -I -"),
        ({}, "/opt/python/bin/python3", "/opt/python/bin/python3 -I -"),
        ({NAMED: "/usr/bin/python3.9"}, "/opt/python/bin/python3", "/usr/bin/python3.9 -I -"),
        ({NAMED: "auto"}, "/opt/python/bin/python3", "python3 -I -"),
    ],
)
def test_the_interpreter_is_the_one_that_ansible_is_told_of(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], environment: str, command: str
) -> None:
    monkeypatch.delenv("ANSIBLE_PYTHON_INTERPRETER", raising=False)
    if environment:
        monkeypatch.setenv("ANSIBLE_PYTHON_INTERPRETER", environment)
    assert Told()._command(variables) == command


def test_an_option_that_the_task_leaves_out_is_the_variable_s() -> None:
    task = Told()
    task._task = SimpleNamespace(args={"deadline": 5, "orama_home": None})
    variables = {
        "orama_home": "/srv/orama",
        "orama_deadline": 9,
        "orama_ping_target": "192.0.2.1",
        "orama_rqlite_url": "http://127.0.0.1:5009",
        "orama_environment": "testnet",
    }
    assert task._from_variables(variables) == {
        "orama_home": "/srv/orama",
        "ping_target": "192.0.2.1",
        "rqlite_url": "http://127.0.0.1:5009",
    }


def test_a_path_is_packed_as_it_was_given() -> None:
    given = dict(orama_home="~/$HOME", orama_bin="~root/orama")
    read = ArgumentSpecValidator(AS_GIVEN).validate(given).validated_parameters
    assert (read["orama_home"], read["orama_bin"], read["deadline"]) == ("~/$HOME", "~root/orama", 20.0)


def test_where_the_task_is_delegated_the_interpreter_is_that_host_s() -> None:
    variables = {NAMED: "/here/python3", "ansible_delegated_vars": {"there": {NAMED: "/there/python3"}}}
    assert Told(delegate_to="there")._command(variables) == "/there/python3 -I -"
    assert Told()._command(variables) == "/here/python3 -I -"


def test_the_environment_of_play_and_task_counts() -> None:
    action = Told(environment=[{"PATH": "/opt/bin", "A": "of the play"}, {"A": "b c"}])
    assert action._command({}) == "PATH=/opt/bin A='b c' python3 -I -"
