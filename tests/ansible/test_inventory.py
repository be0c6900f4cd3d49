"""The inventory plugin: groups, variables, errors, and no password anywhere."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.ansible.harness import Ansible

CONF = """\
# two environments
testnet|ubuntu@192.0.2.1|{{ 7*7 }}|nameserver-ns1
testnet|ubuntu@192.0.2.2:2222||node|keys/id
testnet|root@[2001:db8::3]:22|hunter2|node
mainnet|root@ns1.example|say "it's" \\ ok|nameserver-ns2
"""
VARIABLES = "msg={{ [ansible_password | default(), ansible_ssh_private_key_file | default()] }}"
SECRETS = ("7*7", "hunter2", "say ")


@pytest.fixture
def source(ansible: Ansible) -> Ansible:
    conf = ansible.directory / "remote-nodes.conf"
    conf.write_text(CONF, encoding="utf-8")
    conf.chmod(0o600)
    write(ansible)
    return ansible


def write(ansible: Ansible, **options: object) -> None:
    (ansible.directory / "all.orama.yml").write_text(
        json.dumps({"plugin": "orama.monitor.remote_nodes", **options}), encoding="utf-8"
    )


def inventory(ansible: Ansible, code: int = 0) -> str:
    return ansible.run("ansible-inventory", "-i", "all.orama.yml", "--list", "--export", code=code)


def parsed(ansible: Ansible) -> dict[str, dict[str, object]]:
    text = inventory(ansible)
    found: dict[str, dict[str, object]] = json.loads(
        text[text.index("{") :], object_hook=lambda found: found.get("__ansible_unsafe", found)
    )
    return found


def test_what_a_controller_exports_still_finds_the_password(source: Ansible) -> None:
    """AWX imports what ansible-inventory exports, and gives it to its jobs as a script that prints it."""
    text = inventory(source)
    script = source.directory / "exported.py"
    script.write_text(f"#!/bin/sh\ncat <<'EOF'\n{text[text.index('{') :]}\nEOF\n")
    script.chmod(0o700)
    said = source.run("ansible", "-i", script, "2001:db8::3", "-m", "debug", "-a", "msg={{ ansible_password }}")
    assert '"hunter2"' in said


def test_groups_and_variables(source: Ansible) -> None:
    listed = parsed(source)
    assert listed["testnet"]["hosts"] == ["192.0.2.1", "192.0.2.2", "2001:db8::3"]
    assert listed["nameservers"]["hosts"] == ["192.0.2.1", "ns1.example"]
    assert len(listed["nodes"]["hosts"]) == 4  # type: ignore[arg-type]
    second = listed["_meta"]["hostvars"]["192.0.2.2"]  # type: ignore[index]
    assert second == {
        "ansible_host": "192.0.2.2",
        "ansible_port": 2222,
        "ansible_user": "ubuntu",
        "ansible_ssh_private_key_file": str(source.directory / "keys/id"),
        "orama_environment": "testnet",
        "orama_role": "node",
    }


def test_the_graph_shows_environments_nameservers_and_nodes(source: Ansible) -> None:
    graph = source.run("ansible-inventory", "-i", "all.orama.yml", "--graph")
    groups = {part.split(":")[0]: re.findall(r"--([\w.:]+)", part) for part in graph.split("@")[1:]}
    testnet, mainnet = ["192.0.2.1", "192.0.2.2", "2001:db8::3"], ["ns1.example"]
    assert groups["testnet"] == testnet and groups["mainnet"] == mainnet
    assert groups["nodes"] == testnet + mainnet and groups["nameservers"] == ["192.0.2.1", "ns1.example"]


def test_paths_begin_at_the_file_that_names_them(source: Ansible) -> None:
    for folder in ("sources", "confs", "elsewhere"):
        (source.directory / folder).mkdir()
    (source.directory / "remote-nodes.conf").rename(source.directory / "confs" / "nodes.conf")
    write(source, config="../confs/nodes.conf")
    (source.directory / "all.orama.yml").rename(source.directory / "sources" / "all.orama.yml")
    given = source.directory
    source.directory = given / "elsewhere"
    said = source.run(
        "ansible", "-i", "../sources/all.orama.yml", "192.0.2.1,192.0.2.2", "-m", "debug", "-a", VARIABLES
    )
    assert '"{{ 7*7 }}"' in said and f"{given}/sources/../confs/keys/id" in said


def test_no_password_in_the_inventory(source: Ansible) -> None:
    text = inventory(source) + source.run("ansible-inventory", "-i", "all.orama.yml", "--graph", "--vars")
    assert "ansible_password" in text
    assert not [secret for secret in SECRETS if secret in text]


def test_a_connection_gets_the_password_and_a_template_in_it_stays_text(source: Ansible) -> None:
    said = source.run(
        "ansible", "-i", "all.orama.yml", "nodes:!192.0.2.2", "-m", "debug", "-a", "msg={{ ansible_become_password }}"
    )
    assert '"{{ 7*7 }}"' in said and '"hunter2"' in said
    assert json.dumps('say "it\'s" \\ ok') in said


def test_a_node_without_a_password_is_said(source: Ansible) -> None:
    asked = (
        "{{ lookup('orama.monitor.node_password', '192.0.2.2', environment='testnet', config='remote-nodes.conf') }}"
    )
    said = source.run("ansible", "localhost", "-m", "debug", "-a", f"msg={asked}", code=2)
    assert "remote-nodes.conf: gives no password for 192.0.2.2 in the environment testnet" in " ".join(said.split())


def test_one_environment_some_nodes_and_constructed(source: Ansible) -> None:
    write(
        source,
        environment="testnet",
        nodes=["nameserver-ns1", "2001:db8::3"],
        keyed_groups=[{"key": "orama_role", "prefix": "role"}],
        groups={"first": "orama_role == 'nameserver-ns1'"},
        compose={"site": "orama_environment ~ '!'"},
    )
    listed = parsed(source)
    assert listed["nodes"]["hosts"] == ["192.0.2.1", "2001:db8::3"]
    assert listed["first"]["hosts"] == listed["role_nameserver_ns1"]["hosts"] == ["192.0.2.1"]
    assert listed["_meta"]["hostvars"]["192.0.2.1"]["site"] == "testnet!"  # type: ignore[index]


def test_a_cache_holds_no_password_and_answers_without_the_conf(source: Ansible) -> None:
    cache = source.directory / "cache"
    write(source, cache=True, cache_plugin="ansible.builtin.jsonfile", cache_connection=str(cache))
    before = inventory(source)
    kept = "".join(path.read_text() for path in cache.iterdir())
    assert "192.0.2.1" in kept and not [secret for secret in SECRETS if secret in kept]
    (source.directory / "remote-nodes.conf").unlink()
    assert inventory(source) == before


@pytest.mark.parametrize(
    ("conf", "options", "said"),
    [
        ("testnet|ubuntu@192.0.2.1|hunter2|boss\n", {}, "remote-nodes.conf, line 1: the role must be node"),
        ("# none\n", {}, "names no node"),
        (CONF, {"environment": "tesnet"}, "no environment 'tesnet' in the conf; it has: mainnet, testnet"),
        (CONF, {"environment": "testnet", "nodes": ["192.0.2.9"]}, "no node '192.0.2.9' in this environment"),
        (CONF, {"config": "other.conf"}, "other.conf: no such file"),
        ("nodes|u@192.0.2.1|node\n", {}, "may not be called nodes"),
        ("a|u@192.0.2.1|node\nb|u@192.0.2.1|node\n", {}, "in the environments a and b: choose one"),
    ],
)
def test_an_error_names_the_place_and_no_secret(
    ansible: Ansible, conf: str, options: dict[str, object], said: str
) -> None:
    (ansible.directory / "remote-nodes.conf").write_text(conf, encoding="utf-8")
    write(ansible, **options)
    text = inventory(ansible, code=1)
    assert "".join(said.split()) in "".join(text.split()), text  # older Ansible wraps its warnings
    assert not [secret for secret in SECRETS if secret in text]


def test_a_readable_conf_with_passwords_is_warned_of(source: Ansible) -> None:
    (source.directory / "remote-nodes.conf").chmod(0o644)
    assert "others can read it" in " ".join(inventory(source).split())


def test_without_the_package_one_line_says_so(source: Ansible, tmp_path: Path) -> None:
    (tmp_path / "hide").mkdir()
    (tmp_path / "hide" / "orama_monitor.py").write_text("raise ImportError('hidden')")
    source.environment["PYTHONPATH"] = str(tmp_path / "hide")
    text = inventory(source, code=1)
    assert "orama-monitor is missing here (pip install orama-monitor)" in " ".join(text.split())
