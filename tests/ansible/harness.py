"""Ansible's own commands, run on the collection of this tree as a user would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = ROOT / "ansible_collections" / "orama" / "monitor"
BIN = Path(os.environ.get("ORAMA_ANSIBLE_BIN") or Path(sys.executable).parent)


class Ansible:
    """Runs Ansible's commands in a directory, with no settings but its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")},
            "PATH": os.pathsep.join([str(BIN), os.environ["PATH"]]),
            "PYTHONPATH": str(ROOT / "cli"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT),
            "ANSIBLE_HOME": str(directory / "ansible-home"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_HOST_KEY_CHECKING": "False",
            "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "True",
            "ANSIBLE_DEPRECATION_WARNINGS": "False",
            "COLUMNS": "1000",
        }

    def run(self, *command: str | Path, code: int | None = 0, **environment: str) -> str:
        """What the command prints, on both streams. Fails unless it exits with ``code``."""
        done = subprocess.run(
            [str(part) for part in command],
            cwd=self.directory,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert code is None or done.returncode == code, f"exit {done.returncode}\n{done.stdout}"
        return done.stdout

    def play(self, playbook: str | Path, *arguments: str, inventory: str = "hosts.yml", code: int | None = 0) -> str:
        return self.run("ansible-playbook", "-i", inventory, playbook, *arguments, code=code)
