"""A crash of our own, wherever it comes: what is printed of it holds no password."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ansible.harness import BIN, Ansible

PASSWORD = "a-marked-password"
CONF = f"testnet|root@127.0.0.1:1|{PASSWORD}|node\ntestnet|root@127.0.0.2:1|{PASSWORD}|node\n"
#: Python reads this when it starts: in one program a function fails when it is done, with all it knows in its words.
CRASHING = """\
import importlib, os, sys
program, module, name = os.environ["CRASH"].split()
if program in map(os.path.basename, sys.orig_argv):
    module = importlib.import_module(module)
    real = getattr(module, name)
    def crashing(*given, **named):
        raise RuntimeError(f"crashed with {real(*given, **named)!r} of {given!r} {named!r}")
    setattr(module, name, crashing)
"""
PLACES = (
    "orama orama_monitor.nodes read_nodes",
    "orama orama_monitor.nodes of_environment",
    "orama orama_monitor.nodes select",
    "orama orama_monitor.answer node_result",
    "orama orama_monitor.cluster_report assess",
    "orama orama_monitor.collect Request",
    "ansible-playbook orama_monitor.nodes read_nodes",
    "ansible-playbook orama_monitor.nodes of_environment",
    "ansible-playbook orama_monitor.answer node_result",
)


@pytest.fixture
def crashing(ansible: Ansible, tmp_path: Path) -> Ansible:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(CRASHING)
    ansible.environment["PYTHONPATH"] += f":{tmp_path / 'site'}"
    conf = tmp_path / "remote-nodes.conf"
    conf.write_text(CONF)
    conf.chmod(0o600)
    return ansible


@pytest.mark.parametrize("place", PLACES)
def test_no_password_in_what_is_printed_of_a_crash(crashing: Ansible, tmp_path: Path, place: str) -> None:
    crashing.environment["CRASH"] = place
    (tmp_path / "testnet.orama.yml").write_text("plugin: orama.monitor.remote_nodes\n")
    if place.startswith("orama"):
        words = ["monitor", "report", "--env", "testnet", "--config", "remote-nodes.conf", "-vvv"]
        said = crashing.run(BIN / "orama", *words, code=None)
    else:
        said = crashing.play("orama.monitor.report", "-vvv", inventory="testnet.orama.yml", code=None)
    assert "crashed with" in said
    assert PASSWORD not in said
