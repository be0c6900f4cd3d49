"""Runs the collecting playbook over the nodes through ansible-runner, and yields each answer as it arrives."""

from __future__ import annotations

import importlib
import json
import math
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orama_monitor import ansible_cfg, ansible_settings, children, workspace
from orama_monitor.errors import MonitorError
from orama_monitor.host_keys import HostKeys
from orama_monitor.nodes import Node, of_environment, read_nodes, select

if TYPE_CHECKING:
    from orama_monitor.snapshot import NodeResult, Snapshot

PLAYBOOK = Path(__file__).parent / "playbooks" / "collect.yml"
DEFAULT_TIMEOUT = 30.0
FORKS_CAP = 50
NODES_DEADLINE = 20.0  # by which a node answers where nothing else is said
ON_THE_WAY = 5.0  # of a node's timeout, for the login and Ansible
# What a run may take beyond what its nodes are given, in s: for itself, and a node on a slow controller.
SLACK, SLACK_EACH = 60.0, 1.0
INVENTORIES = Path(__file__).parent / "inventories"


@dataclass(frozen=True)
class Request:
    """What to collect. ``conf`` is None for the built-in environment of this machine; ``timeout`` in s a node."""

    nodes: list[Node]
    everyone: list[Node]
    conf: Path | None
    forks: int | None = None
    timeout: float = DEFAULT_TIMEOUT
    host_keys: HostKeys = "accept-new"
    verbosity: int = 0


def collect(
    request: Request,
    on_result: Callable[[NodeResult], None] | None = None,
    stop: threading.Event | None = None,
    on_said: Callable[[str], None] | None = None,
) -> Snapshot:
    """Ask every node of the request, and return what came.

    ``on_result`` hears of each node as it answers, ``on_said`` what Ansible says meanwhile. When ``stop`` is set, what
    has come is returned, marked partial. Raises MonitorError when nothing could be asked.
    """
    _require_programs(request)
    began, ticks = datetime.now(UTC), time.monotonic()
    answers = _Answers(request, on_result, on_said)
    with workspace.run_directory() as directory, workspace.connections_in_use():
        _run(request, directory, answers, stop or threading.Event())
    stopped = bool(stop and stop.is_set())
    if not stopped:
        answers.complete()
    from orama_monitor.snapshot import Snapshot, configured

    return Snapshot(
        environment=request.nodes[0].environment,
        collected_at=began,
        duration_seconds=time.monotonic() - ticks,
        partial=stopped and len(answers.results) < len(request.nodes),
        configured=configured(request.everyone),
        nodes=[answers.results[node.host] for node in request.nodes if node.host in answers.results],
    )


class _Answers:
    """Turns the events of a run into node results."""

    def __init__(
        self,
        request: Request,
        on_result: Callable[[NodeResult], None] | None,
        on_said: Callable[[str], None] | None,
    ) -> None:
        self.request = request
        self.on_result = on_result
        self.on_said = on_said
        self.asked = {node.host: node for node in request.nodes}
        self.results: dict[str, NodeResult] = {}
        self.said: list[str] = []

    def handle(self, event: Mapping[str, Any]) -> bool:
        """Take one event of ansible-runner. False keeps the event off the disk."""
        kind, data = event.get("event"), event.get("event_data") or {}
        said = str(event.get("stdout") or "")
        node = self.asked.get(str(data.get("host")))
        if node and kind in ("runner_on_ok", "runner_on_failed", "runner_on_unreachable"):
            self._take(node, data, unreachable=kind == "runner_on_unreachable")
        elif said:
            self.said.append(said)
        if said and self.on_said:
            self.on_said(said.partition(" => ")[0] if kind == "runner_on_ok" else said)
        return False

    def _take(self, node: Node, data: Mapping[str, Any], unreachable: bool) -> None:
        from orama_monitor.answer import event_result

        self._keep(event_result(node, data, unreachable=unreachable, timeout=self.request.timeout))

    def _keep(self, result: NodeResult) -> None:
        self.results[result.host] = result
        if self.on_result:
            self.on_result(result)

    def complete(self) -> None:
        """Give every node that was asked and never heard of a result. Raises MonitorError when that is all of them."""
        if not self.results:
            _check_again(self.request)
            raise MonitorError(f"Ansible could not run: {self._last_words()}")
        from orama_monitor.answer import no_result

        for node in self.request.nodes:
            if node.host not in self.results:
                self._keep(no_result(node))

    def _last_words(self) -> str:
        lines = [line.strip() for text in self.said for line in text.splitlines() if line.strip()]
        errors = [line for line in lines if "ERROR" in line]
        words = (errors or lines or ["it said nothing"])[-1]
        return words.replace("[ERROR]: ", "").replace("ERROR! ", "")[:500]


def _require_programs(request: Request) -> None:
    """Raises MonitorError, with the remedy, when what asks the nodes is missing here."""
    if shutil.which("ansible-playbook", path=ansible_settings.search_path()) is None:
        raise MonitorError("there is no ansible-playbook here: reinstall orama-monitor, or pip install ansible-core")
    if request.conf is not None and shutil.which("ssh") is None:
        raise MonitorError("there is no ssh here: install OpenSSH's client (apt-get install openssh-client)")


def _check_again(request: Request) -> None:
    """Say it ourselves when the conf has changed under a run so that it can't be used. Raises MonitorError."""
    if request.conf is not None:
        nodes = of_environment(read_nodes(request.conf), request.nodes[0].environment)
        select(nodes, [node.host for node in request.nodes])


def _run(request: Request, directory: Path, answers: _Answers, stop: threading.Event) -> None:
    import ansible_runner

    _load_meanwhile()
    forks = request.forks or min(len(request.nodes), FORKS_CAP)
    limit = math.ceil(len(request.nodes) / forks) * request.timeout + SLACK + SLACK_EACH * len(request.nodes)
    project = ansible_cfg.project(directory)
    passwords = {node.password for node in request.nodes if node.password}
    with children.ended_with(stop, limit, passwords) as late:
        ansible_runner.run(
            private_data_dir=str(directory),
            project_dir=str(project),
            host_cwd=str(directory),  # else ansible-runner asks for the current one, which may have been removed
            playbook=str(PLAYBOOK),
            inventory=str(_inventory(request, directory)),
            envvars=ansible_settings.settings(request, directory, project),
            extravars=_variables(request),
            forks=forks,
            verbosity=request.verbosity or None,
            event_handler=answers.handle,
            status_handler=_forget_command,
            cancel_callback=lambda: False,  # it would kill Ansible before what that started could be found
            quiet=True,
            suppress_env_files=True,
            suppress_output_file=True,
            fact_cache_type="memory",
        )
    if late.is_set():
        answers.said.append(f"ERROR! it had not ended after {limit:.0f} s")


def _variables(request: Request) -> dict[str, float]:
    """What a node must keep to where it is given little time: what it knows by then is worth more than no answer."""
    deadline = max(request.timeout - ON_THE_WAY, request.timeout / 2)
    return {"orama_deadline": deadline} if deadline < NODES_DEADLINE else {}


def _forget_command(_status: Mapping[str, Any], runner_config: Any) -> None:
    """Remove the file in which ansible-runner notes its command, with the whole environment of who called."""
    Path(runner_config.artifact_dir, "command").unlink(missing_ok=True)


def _load_meanwhile() -> None:
    """Load what reads and judges the answers while Ansible starts: that takes it a second, and others a third of it."""
    threading.Thread(target=importlib.import_module, args=("orama_monitor.cluster_report",), daemon=True).start()


def _inventory(request: Request, directory: Path) -> Path:
    """The inventory to give Ansible: a source that names the conf, so that no secret is written anywhere."""
    if request.conf is None:
        return INVENTORIES / "local"
    source = directory / "nodes.orama.yml"
    source.write_text(
        json.dumps(
            {
                "plugin": "orama.monitor.remote_nodes",
                "config": str(request.conf.absolute()),
                "environment": request.nodes[0].environment,
                "nodes": [node.host for node in request.nodes],
            }
        ),
        encoding="utf-8",
    )
    return source
