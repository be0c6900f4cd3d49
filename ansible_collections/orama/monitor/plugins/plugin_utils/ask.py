# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Asks all nodes at once from within one task of a play, whatever hosts that play is at.

A gate runs for one host of a ``serial`` play and has to know the whole cluster, the hosts that failed or were left out
included. So the task runs the playbook orama.monitor.collect over them, inside its worker process, with
the inventory, variables, vault secrets and passwords of the playbook. The worker is a fork: what is changed here ends
with it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from functools import cache
from pathlib import Path
from typing import Any

from ansible import context
from ansible.executor.task_queue_manager import TaskQueueManager
from ansible.playbook import Playbook
from ansible.plugins.callback import CallbackBase
from ansible.utils.context_objects import CLIArgs

PLAYBOOK = Path(__file__).parents[2] / "playbooks" / "collect.yml"
FORKS_CAP = 50


class Listener(CallbackBase):
    """Keeps each host's answer, and prints nothing."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "orama.monitor.listener"

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, dict[str, Any]] = {}

    def v2_runner_on_ok(self, result: Any) -> None:
        self._keep(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:  # noqa: ARG002
        self._keep(result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._keep(result, unreachable=True)

    def _keep(self, result: Any, unreachable: bool = False) -> None:
        host = getattr(result, "host", None) or result._host
        answer = getattr(result, "result", None) or result._result
        self.answers[host.get_name()] = dict(answer, unreachable=unreachable)


def ask(action: Any, task_vars: dict[str, Any], hosts: list[str]) -> dict[str, dict[str, Any]]:
    """The collecting task's result by host, each with ``unreachable``."""
    _leave_alarms_here()
    hostvars = task_vars["hostvars"]
    inventory, variables, loader = hostvars._inventory, hostvars._variable_manager, action._loader
    inventory.remove_restriction()
    inventory.subset(None)
    context.CLIARGS = CLIArgs({**context.CLIARGS, **dict(tags=["all"], skip_tags=[], start_at_task=None, step=False)})
    play = Playbook.load(str(PLAYBOOK), variable_manager=variables, loader=loader).get_plays()[-1]
    play.hosts = hosts
    manager = TaskQueueManager(inventory, variables, loader, _passwords(), forks=min(len(hosts), FORKS_CAP))
    listener = _listen(manager)
    try:
        manager.run(play)
    finally:
        manager.cleanup()
    return listener.answers


@cache
def _leave_alarms_here() -> None:
    """What is forked from now on begins without what keeps this task's time: beside it Ansible sets no other."""
    os.register_at_fork(after_in_child=lambda: signal.signal(signal.SIGALRM, signal.SIG_DFL))


def _passwords() -> dict[str, str]:
    """Those that the playbook was given for all hosts (-k, -K).

    The worker has them as they were. In the task's own context they are the host's, and no other node's business.
    """
    given = getattr(multiprocessing.current_process(), "_play_context", None)
    return dict(conn_pass=getattr(given, "password", ""), become_pass=getattr(given, "become_pass", ""))


def _listen(manager: TaskQueueManager) -> Listener:
    """The only callback of the nested run."""
    listener = Listener()
    if hasattr(manager, "_callbacks_loaded"):  # ansible-core before 2.19
        manager._stdout_callback = listener
        manager._callbacks_loaded = True
    else:
        listener._init_callback_methods()
        manager._callback_plugins.append(listener)
    return listener
