"""Runs the collecting playbook over the nodes through ansible-runner, and yields each answer as it arrives."""

from __future__ import annotations

import contextlib
import importlib
import json
import locale
import math
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orama_monitor import ansible_cfg, shared_memory, workspace
from orama_monitor.errors import MonitorError
from orama_monitor.host_keys import HostKeys
from orama_monitor.nodes import Node, of_environment, read_nodes, select

if TYPE_CHECKING:
    from orama_monitor.snapshot import NodeResult, Snapshot

PLAYBOOK = Path(__file__).parent / "playbooks" / "collect.yml"
DEFAULT_TIMEOUT = 30.0
FORKS_CAP = 50
RESULT_LIMIT = 4_000_000
UTF_8 = "C.UTF-8"
# What a run may take beyond what its nodes are given, in s: for itself, and a node on a slow controller.
SLACK, SLACK_EACH = 60.0, 1.0
INVENTORIES = Path(__file__).parent / "inventories"
_STRICT_HOST_KEYS = {"accept-new": "accept-new", "strict": "yes", "off": "no"}


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
    if shutil.which("ansible-playbook", path=_path()) is None:
        raise MonitorError("there is no ansible-playbook here: reinstall orama-monitor, or pip install ansible-core")
    if request.conf is not None and shutil.which("ssh") is None:
        raise MonitorError("there is no ssh here: install OpenSSH's client (apt-get install openssh-client)")


def _path() -> str:
    """Where programs are looked for: first beside this Python, then beside the command that was called."""
    called = Path(sys.argv[0])
    beside = [Path(sys.executable).parent, *([called.absolute().parent] if called.is_file() else [])]
    return os.pathsep.join([*map(str, beside), os.environ.get("PATH", os.defpath)])


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
    with _watch(stop, limit, {node.password for node in request.nodes if node.password}) as late:
        ansible_runner.run(
            private_data_dir=str(directory),
            project_dir=str(ansible_cfg.project(directory)),
            host_cwd=str(directory),  # else ansible-runner asks for the current one, which may have been removed
            playbook=str(PLAYBOOK),
            inventory=str(_inventory(request, directory)),
            envvars=_environment(request, directory),
            forks=forks,
            verbosity=request.verbosity or None,
            event_handler=answers.handle,
            status_handler=_forget_command,
            cancel_callback=stop.is_set,
            quiet=True,
            suppress_env_files=True,
            suppress_output_file=True,
            fact_cache_type="memory",
        )
    if late.is_set():
        answers.said.append(f"ERROR! it had not ended after {limit:.0f} s")


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


def _environment(request: Request, directory: Path) -> dict[str, str]:
    """What Ansible is told. The user's ansible.cfg counts where this is silent, such as for a jump host."""
    home = os.environ.get("HOME") or str(directory)
    host_keys = f"-o StrictHostKeyChecking={_STRICT_HOST_KEYS[request.host_keys]}"
    theirs = ansible_cfg.ssh_extra_args(ansible_cfg.project(directory), Path(home))
    ssh = [host_keys, "-o ServerAliveInterval=5 -o ServerAliveCountMax=2", theirs]
    connect = min(10, max(2, int(request.timeout / 2)))
    environment = {
        "PATH": _path(),
        "ANSIBLE_HOME": str(directory / "ansible"),
        "ANSIBLE_LOCAL_TEMP": str(directory / "tmp"),
        "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join(_collection_paths()),
        "ANSIBLE_INVENTORY_ENABLED": "orama.monitor.remote_nodes" if request.conf else "ansible.builtin.yaml",
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "True",
        "ANSIBLE_STRATEGY": "linear",
        "ANSIBLE_GATHERING": "explicit",
        "ANSIBLE_CACHE_PLUGIN": "memory",
        "ANSIBLE_PIPELINING": "True",
        "ANSIBLE_TIMEOUT": str(connect),
        "ANSIBLE_TASK_TIMEOUT": str(math.ceil(request.timeout)),
        "ANSIBLE_SSH_RETRIES": "1",
        "ANSIBLE_HOST_KEY_CHECKING": "False" if request.host_keys == "off" else "True",
        "ANSIBLE_SSH_EXTRA_ARGS": " ".join(ssh).strip(),  # where two say something, ssh goes by the first
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(workspace.control_directory()),
        "ANSIBLE_DEPRECATION_WARNINGS": "False",
        "ANSIBLE_NOCOLOR": "True",
        "ANSIBLE_STDOUT_CALLBACK": "default",  # ansible-runner's own callback is made from this one
        "MAX_EVENT_RES": str(RESULT_LIMIT),
    }
    return {**environment, **_no_questions(directory), **_locale(), "HOME": home}


def _no_questions(directory: Path) -> dict[str, str]:
    """What keeps Ansible from asking for a password, which nobody would see. Nothing that it reads is in a vault."""
    vault = directory / "no-vault"
    vault.write_text("none")  # an empty list can't be said in a variable
    return {
        "ANSIBLE_ASK_PASS": "False",
        "ANSIBLE_BECOME_ASK_PASS": "False",
        "ANSIBLE_ASK_VAULT_PASS": "False",
        "ANSIBLE_VAULT_PASSWORD_FILE": str(vault),
        "ANSIBLE_VAULT_IDENTITY_LIST": f"none@{vault}",
    }


def _locale() -> dict[str, str]:
    """Ansible refuses to start without UTF-8, and what ssh and sudo say is looked for in English."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, UTF_8)
    except locale.Error:
        return {}
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return {"LC_ALL": UTF_8, "LANGUAGE": ""}


def _collection_paths() -> list[str]:
    """This package's own collection first, so that no other version answers for it; then the user's."""
    package = Path(__file__).resolve().parent
    candidates = [package.parent, package.parent.parent]
    own = [path for path in candidates if (path / "ansible_collections" / "orama" / "monitor" / "plugins").is_dir()]
    if not own:
        raise MonitorError("the collection orama.monitor is missing beside this package: reinstall orama-monitor")
    return [str(own[0]), *filter(None, os.environ.get("ANSIBLE_COLLECTIONS_PATH", "").split(os.pathsep))]


@contextlib.contextmanager
def _watch(stop: threading.Event, limit: float, passwords: Collection[str]) -> Iterator[threading.Event]:
    """While this lasts, a set ``stop`` ends every process below this one, in whatever session; an error does, too.

    So does the end of ``limit`` s: it sets the event that this gives.
    """
    over, late = threading.Event(), threading.Event()

    def watch() -> None:
        left, last = limit, time.monotonic()
        while not over.wait(0.1):
            now = time.monotonic()
            left, last = left - min(1.0, now - last), now  # while this process is stopped no time passes
            if left < 0:
                late.set()
            if stop.is_set() or late.is_set():
                _end_children(passwords)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield late
    except BaseException:
        _end_children(passwords)
        raise
    finally:
        over.set()
        watcher.join()


def _end_children(passwords: Collection[str]) -> None:
    """Ask what runs below this process to end, and kill what does not within 2 s. Warm SSH masters are not below.

    Of the ``passwords`` none is left in shared memory.

    The children themselves are ansible-runner's to wait for.
    """
    import psutil  # later than the rest: who never stops a run need not wait for it

    def descendants(process: psutil.Process) -> list[psutil.Process]:
        with contextlib.suppress(psutil.Error):
            return process.children(recursive=True)
        return []

    children = psutil.Process().children()
    below = [process for child in children for process in descendants(child)]
    for process in [*children, *below]:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    _gone, alive = psutil.wait_procs(below, timeout=2)
    for process in [*children, *alive]:
        with contextlib.suppress(psutil.Error):
            process.kill()
    shared_memory.clear(passwords)
