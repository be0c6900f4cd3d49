"""Fields of remote-nodes.conf that look like options, commands or templates: refused, or nothing but text.

Each would leave a file, the canary, if it were more than text to Ansible, ssh or a shell.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from orama_monitor.errors import MonitorError
from orama_monitor.nodes import parse_nodes
from tests.ansible.harness import BIN, Ansible

NOBODY = "127.0.0.1:1"


def hostile(canary: Path) -> list[str]:
    return [
        f"-oProxyCommand=touch {canary}",
        f"x -oProxyCommand=touch\t{canary}",
        f'x" -o "ProxyCommand=touch {canary}',
        f"$(touch {canary})",
        f"`touch {canary}`",
        f"x; touch {canary} #",
        f"x' ; touch {canary} ; '",
        f"{{{{ lookup('ansible.builtin.pipe', 'touch {canary}') }}}}",
        f"{{% set x = lookup('ansible.builtin.pipe', 'touch {canary}') %}}",
    ]


@pytest.fixture
def canary(ansible: Ansible) -> Path:
    (ansible.directory / "all.orama.yml").write_text(json.dumps({"plugin": "orama.monitor.remote_nodes"}))
    return ansible.directory / "canary"


def write(ansible: Ansible, lines: list[str]) -> None:
    conf = ansible.directory / "remote-nodes.conf"
    conf.write_text("\n".join(lines) + "\n", encoding="utf-8")
    conf.chmod(0o600)


def connect(ansible: Ansible, inventory: str = "all.orama.yml") -> str:
    return ansible.run("ansible", "-i", inventory, "all", "-m", "ansible.builtin.raw", "-a", "true", code=None)


def test_the_canary_sings_where_a_field_is_more_than_text(ansible: Ansible, canary: Path) -> None:
    """The control: the same words in an inventory that Ansible trusts do run."""
    words = hostile(canary)
    variables = {"ansible_host": words[-2], "ansible_port": 1}
    (ansible.directory / "trusted.yml").write_text(json.dumps({"all": {"hosts": {"n": variables}}}))
    connect(ansible, "trusted.yml")
    assert canary.exists()
    canary.unlink()
    variables = {"ansible_host": "127.0.0.1", "ansible_port": 1, "ansible_ssh_extra_args": f"'{words[0]}'"}
    (ansible.directory / "trusted.yml").write_text(json.dumps({"all": {"hosts": {"n": variables}}}))
    connect(ansible, "trusted.yml")
    assert canary.exists()


def test_no_name_may_be_more_than_a_name(ansible: Ansible, canary: Path) -> None:
    for field in ("environment", "user", "host", "role"):
        for words in hostile(canary):
            named = {"environment": "testnet", "user": "root", "host": NOBODY, "role": "node", field: words}
            line = "{environment}|{user}@{host}||{role}".format(**named)
            with pytest.raises(MonitorError, match="line 1: "):
                parse_nodes(line, Path("remote-nodes.conf"))
    write(ansible, [f"testnet|root@{hostile(canary)[0]}||node"])
    assert "the host must be a name or an IP address" in " ".join(connect(ansible).split())
    assert not canary.exists()


def test_a_password_is_nothing_but_a_password(ansible: Ansible, canary: Path) -> None:
    write(ansible, [f"testnet|root@127.0.0.{n}:1|{words}|node" for n, words in enumerate(hostile(canary), 1)])
    said = connect(ansible)
    assert said.count("UNREACHABLE!") == len(hostile(canary))
    assert "touch" not in said
    assert not canary.exists()


def test_a_key_is_a_file_or_refused(ansible: Ansible, canary: Path) -> None:
    files = [words for words in hostile(canary) if "{" not in words and "\t" not in words]
    write(ansible, [f"testnet|root@127.0.0.{n}:1||node|{words}" for n, words in enumerate(files, 1)])
    said = connect(ansible)
    assert said.count("UNREACHABLE!") == len(files)
    assert not canary.exists()
    for words in hostile(canary)[-2:]:
        write(ansible, [f"testnet|root@{NOBODY}||node|{words}"])
        assert "the key must be the path of a file" in " ".join(connect(ansible).split())
    assert not canary.exists()


def test_the_command_runs_none_of_them_either(ansible: Ansible, canary: Path) -> None:
    """The same by `orama monitor`, which runs Ansible by itself."""
    words = hostile(canary)
    fields = [(secret, "") for secret in words] + [("", key) for key in words if "{" not in key and "\t" not in key]
    lines = [f"testnet|root@127.0.0.{n}:1|{secret}|node|{key}" for n, (secret, key) in enumerate(fields, 1)]
    write(ansible, lines)
    report = [str(BIN / "python"), "-m", "orama_monitor", "monitor", "report", "--env", "testnet"]
    said = ansible.run(*report, "--config", "remote-nodes.conf", "-vvv")
    nodes = json.loads(said[said.index("\n{") :])["nodes"]
    assert [node["failure"] for node in nodes] == ["unreachable"] * len(lines)
    for number, line in enumerate([f"testnet|root@{words[0]}||node", f"{words[-1]}|root@{NOBODY}||node"]):
        write(ansible, [line])
        told = ansible.run(*report, "--config", "remote-nodes.conf", code=1)
        assert told.startswith("orama: ") and "line 1: " in told and told.count("\n") == 1, number
    assert not canary.exists()
