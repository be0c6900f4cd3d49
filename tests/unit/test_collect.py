"""A collection of this machine, and of nodes that are not there: what comes back and what is left."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psutil
import pytest

from ansible_collections.orama.monitor.plugins.module_utils.options import Options
from orama_monitor import ansible_settings, workspace
from orama_monitor.collect import NODES_DEADLINE, Request, collect
from orama_monitor.errors import MonitorError
from orama_monitor.host_keys import HostKeys
from orama_monitor.nodes import LOCAL_NODE, read_nodes
from orama_monitor.snapshot import NodeResult


@pytest.fixture(autouse=True)
def temporary_files_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def request_for(conf: Path, timeout: float = 20) -> Request:
    nodes = read_nodes(conf)
    return Request(nodes=nodes, everyone=nodes, conf=conf, timeout=timeout)


def leftovers() -> list[Path]:
    return [path for path in workspace.user_directory().rglob("*") if path.name != "ssh"]


def test_this_machine() -> None:
    heard: list[NodeResult] = []
    snapshot = collect(Request(nodes=[LOCAL_NODE], everyone=[LOCAL_NODE], conf=None), heard.append)
    (node,) = snapshot.nodes
    assert node.failure is None
    assert node.report is not None
    assert node.report.collectors["system"].status == "ok"
    assert node.started is not None
    assert node.ended is not None
    assert node.report.system is not None
    assert node.report.system.time_unix is not None
    assert node.started <= node.report.system.time_unix <= node.ended
    assert heard == [node]
    assert not snapshot.partial
    assert leftovers() == []


@pytest.mark.parametrize(
    ("host_keys", "strict", "checking"),
    [("accept-new", "accept-new", "True"), ("strict", "yes", "True"), ("off", "no", "False")],
)
def test_ssh_and_ansible_are_told_what_to_do_with_host_keys(
    tmp_path: Path, host_keys: HostKeys, strict: str, checking: str
) -> None:
    request = Request(nodes=[LOCAL_NODE], everyone=[LOCAL_NODE], conf=None, host_keys=host_keys)
    told = ansible_settings.settings(request, tmp_path, tmp_path)
    assert f"-o StrictHostKeyChecking={strict} " in told["ANSIBLE_SSH_EXTRA_ARGS"]
    assert told["ANSIBLE_HOST_KEY_CHECKING"] == checking


@pytest.mark.parametrize(("timeout", "connect"), [(2, "2"), (10, "5"), (30, "10"), (120, "40")])
def test_a_login_may_take_its_part_of_the_timeout(tmp_path: Path, timeout: float, connect: str) -> None:
    request = Request(nodes=[LOCAL_NODE], everyone=[LOCAL_NODE], conf=None, timeout=timeout)
    assert ansible_settings.settings(request, tmp_path, tmp_path)["ANSIBLE_TIMEOUT"] == connect


@pytest.mark.parametrize(("timeout", "deadline"), [(5, 2.5), (20, 15), (25, None), (30, None)])
def test_a_node_that_is_given_little_time_has_to_keep_to_it(
    monkeypatch: pytest.MonkeyPatch, timeout: float, deadline: float | None
) -> None:
    told: dict[str, Any] = {}
    monkeypatch.setattr("ansible_runner.run", lambda **named: told.update(named))
    with pytest.raises(MonitorError):
        collect(Request(nodes=[LOCAL_NODE], everyone=[LOCAL_NODE], conf=None, timeout=timeout))
    assert told["extravars"] == ({} if deadline is None else {"orama_deadline": deadline})
    assert Options().deadline == NODES_DEADLINE


@pytest.mark.parametrize(("missing", "remedy"), [("ssh", "openssh-client"), ("ansible-playbook", "ansible-core")])
def test_a_program_that_is_missing_here_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str, remedy: str
) -> None:
    conf = tmp_path / "nodes.conf"
    conf.write_text("testnet|nobody@127.0.0.1:1|node\n")
    monkeypatch.setattr("shutil.which", lambda name, path=None: None if name == missing else f"/bin/{name}")
    with pytest.raises(MonitorError, match=f"there is no {missing} here: .*{remedy}"):
        collect(request_for(conf))


def test_what_ansible_says_is_told_without_the_reports() -> None:
    said: list[str] = []
    collect(Request(nodes=[LOCAL_NODE], everyone=[LOCAL_NODE], conf=None, verbosity=1), on_said=said.append)
    text = "\n".join(said)
    assert "ok: [localhost]" in text
    assert "orama_report" not in text


def test_a_port_where_nobody_listens(tmp_path: Path) -> None:
    conf = tmp_path / "nodes.conf"
    conf.write_text("testnet|nobody@127.0.0.1:1|node\n")
    (node,) = collect(request_for(conf)).nodes
    assert node.report is None
    assert node.failure == "unreachable"
    assert node.error == "connection refused: is sshd running, is the port right?"
    assert leftovers() == []


def test_a_conf_that_breaks_in_the_meantime_is_one_clear_line(tmp_path: Path) -> None:
    conf = tmp_path / "nodes.conf"
    conf.write_text("testnet|nobody@127.0.0.1:1|S3CRET|node\n")
    request = request_for(conf)
    conf.write_text("testnet|nobody@127.0.0.1:1|S3CRET|boss\n")
    with pytest.raises(MonitorError) as error:
        collect(request)
    text = str(error.value)
    assert "line 1: the role must be" in text
    assert "S3CRET" not in text
    assert "\n" not in text
    assert leftovers() == []


def test_a_stopped_collection_returns_what_came_and_leaves_nothing() -> None:
    stop = threading.Event()
    stop.set()
    snapshot = collect(Request(nodes=[LOCAL_NODE], everyone=[LOCAL_NODE], conf=None), stop=stop)
    assert snapshot.nodes == []
    assert snapshot.partial
    assert leftovers() == []
    assert [child for child in psutil.Process().children(recursive=True) if "ansible" in child.name()] == []


def test_an_error_on_the_way_ends_what_still_asks(tmp_path: Path) -> None:
    """One node has answered and brought the error about; the other one never says a word."""
    running: list[psutil.Process] = []

    def fail(_result: NodeResult) -> None:
        running.extend(psutil.Process().children(recursive=True))
        raise RuntimeError

    with socket.create_server(("127.0.0.2", 0)) as silent:
        conf = tmp_path / "nodes.conf"
        conf.write_text(f"testnet|nobody@127.0.0.1:1|node\ntestnet|nobody@127.0.0.2:{silent.getsockname()[1]}|node\n")
        with pytest.raises(RuntimeError):
            collect(request_for(conf), fail)
        _gone, alive = psutil.wait_procs(running, timeout=2)
    assert running
    assert alive == []
    assert leftovers() == []


def test_what_reads_answers_is_loaded_while_ansible_starts() -> None:
    code = "import sys, orama_monitor.commands.session, orama_monitor.collect; print(*sorted(sys.modules), sep='\\n')"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "orama_monitor.collect" in loaded
    assert not {"pydantic", "psutil", "rich", "ansible_runner", "orama_monitor.alerts"} & set(loaded)
