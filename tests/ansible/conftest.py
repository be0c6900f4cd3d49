"""The fixtures of these tests."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.ansible.harness import BIN, ROOT, Ansible

TREES = ("ansible_collections", "cli", "plugins", "playbooks", "roles", "meta", "changelogs", "*.md", "*.toml", "*.yml")


@pytest.fixture
def ansible(tmp_path: Path) -> Ansible:
    return Ansible(tmp_path)


@pytest.fixture
def hosts(ansible: Ansible) -> Ansible:
    """An inventory of this machine under three names, and of one host that nobody answers for."""
    (ansible.directory / "hosts.yml").write_text(
        f"""\
demo:
  hosts:
    here-1: &here {{ansible_connection: local, ansible_become: false, ansible_python_interpreter: {BIN / "python"}}}
    here-2: *here
    here-3: *here
    gone: {{ansible_host: 127.0.0.1, ansible_port: 9}}
  vars:
    orama_environment: demo
    orama_role: node
""",
        encoding="utf-8",
    )
    return ansible


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What git has of this tree, changes that are not committed included, as a repository of one commit."""
    target = tmp_path_factory.mktemp("repository")
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *TREES, "LICENSE"]
    files = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True).stdout
    packed = ["tar", "--create", "--null", "--files-from=-", "--ignore-failed-read"]
    archive = subprocess.run(packed, cwd=ROOT, input=files, check=True, capture_output=True).stdout
    subprocess.run(["tar", "--extract", "--directory", str(target)], input=archive, check=True)
    for command in (["init", "-q"], ["add", "-A"], ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "t"]):
        subprocess.run(["git", *command], cwd=target, check=True)
    return target
