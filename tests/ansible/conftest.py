"""The fixtures of these tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ansible.harness import BIN, Ansible


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
