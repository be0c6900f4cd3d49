# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit) or, at your choice,
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)

"""The fast road of orama.monitor.node_facts: the packed collectors go to the node's Python over standard input.

It saves the node most of what Ansible's own module wrapper costs, and leaves no file there. Where standard input can't
be used (no pipelining) the module of the same name runs instead and gives the same report. On either road nothing else
of what the node says becomes a fact: a variable of the play is not a node's to set.
"""

from __future__ import annotations

import json
import time

from ansible import constants as C
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.orama.monitor.plugins.module_utils.options import ARGUMENT_SPEC
from ansible_collections.orama.monitor.plugins.plugin_utils import conf_lines
from ansible_collections.orama.monitor.plugins.plugin_utils.pack import MARK, packed

#: A path is read on the node: ``~`` is a home there.
AS_GIVEN = {name: dict(spec, type="str") if spec["type"] == "path" else spec for name, spec in ARGUMENT_SPEC.items()}
FACT = "orama_report"
SAID_LIMIT = 2000
REPORT_LIMIT = 2_000_000
NO_REPORT = "no report came back"
NOT_JSON = "the report is not valid JSON"


class ActionModule(ActionBase):
    """Collect one node's report."""

    _supports_check_mode = True
    _supports_async = False
    _requires_connection = True

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        if conf_lines.are_among([(task_vars or {}).get("inventory_hostname", ""), self._task.delegate_to or ""]):
            raise AnsibleActionFail(conf_lines.REFUSAL)
        self._task.args.update(self._from_variables(task_vars or {}))
        _spec, options = self.validate_argument_spec(AS_GIVEN)
        started = time.time()
        if self._feeds_standard_input():
            command = self._command(task_vars or {})
            found = _result(self._low_level_execute_command(command, in_data=packed(options), sudoable=True))
        else:
            found = _of_module(self._execute_module(task_vars=task_vars))
        result.update(found, started=started, ended=time.time())
        return result

    def _feeds_standard_input(self) -> bool:
        try:
            return self._is_pipelining_enabled("new")
        except AssertionError:  # Mitogen, whose strategy runs modules in a way of its own and must not be asked
            return False

    def _from_variables(self, task_vars) -> dict:
        """The options that the task leaves out and a variable gives.

        A template for each option in the task would be compiled once a node, at half the cost of asking it.
        """
        left_out = [name for name in ARGUMENT_SPEC if self._task.args.get(name) is None]
        variables = {name: name if name.startswith("orama_") else "orama_%s" % name for name in left_out}
        return {
            name: self._templar.template(task_vars[variable])
            for name, variable in variables.items()
            if variable in task_vars
        }

    def _command(self, task_vars) -> str:
        """What reads the program: the interpreter that Ansible is told of, ``python3`` where it would look for one.

        As Ansible takes it, unquoted: it may be several words, such as "/usr/bin/env python3".
        """
        delegate = self._task.delegate_to
        variables = task_vars["ansible_delegated_vars"][delegate] if delegate else task_vars
        named = C.config.get_config_value("INTERPRETER_PYTHON", variables=variables)
        interpreter = str(self._templar.template(named or "")).strip()
        if not interpreter or interpreter.startswith("auto"):
            interpreter = "python3"
        return ("%s %s -I -" % (self._compute_environment_string(), interpreter)).strip()


def _result(answer: dict) -> dict:
    """The task's result, from what the node's Python printed: noise of a login shell may stand before and after it."""
    _noise, mark, text = (answer.get("stdout") or "").rpartition(MARK)
    text = text.partition("\n")[0]
    if len(text) > REPORT_LIMIT:
        return dict(failed=True, msg="the answer is too large: %d characters" % len(text))
    if mark:
        try:
            report = json.loads(text, parse_constant=_refuse, object_pairs_hook=_once)
        except (ValueError, RecursionError):
            return dict(failed=True, msg=NOT_JSON)
        if isinstance(report, dict):
            return dict(changed=False, ansible_facts={FACT: report})
    return _no_report(answer.get("rc"), answer.get("stdout"), answer.get("stderr"))


def _of_module(answer: dict) -> dict:
    """The task's result, from what Ansible read of the module: the report, or why there is none."""
    facts = answer.get("ansible_facts")
    report = facts.get(FACT) if isinstance(facts, dict) and not answer.get("failed") else None
    if isinstance(report, dict):
        try:
            return _result(dict(stdout=MARK + json.dumps(report)))
        except (RecursionError, TypeError, ValueError):
            return dict(failed=True, msg=NOT_JSON)
    said = answer.get("msg") if answer.get("failed") else None
    return _no_report(answer.get("rc"), answer.get("module_stdout"), answer.get("module_stderr"), said or NO_REPORT)


def _no_report(rc: object, stdout: object, stderr: object, reason: object = NO_REPORT) -> dict:
    """A failed task: the reason, and the end of what was said."""
    return dict(
        failed=True,
        msg=str(reason)[:SAID_LIMIT],
        rc=rc if isinstance(rc, int) else None,
        module_stderr=_end(stderr),
        module_stdout=_end(stdout),
    )


def _end(text: object) -> str:
    return str(text or "")[-SAID_LIMIT:]


def _refuse(constant: str):
    raise ValueError("%s is not JSON" % constant)


def _once(pairs: list) -> dict:
    """An object's fields, of which none may stand there twice: two readers could believe two different ones."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands there twice")
    return found
