"""Each ansible-core that the collection is for, in an environment of its own, made when it is asked for first.

They are kept in .venv/ansible-core-VERSION.
"""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from tests.ansible.harness import ROOT

VENV = ROOT / ".venv"
OLDEST_PYTHON_OF_THE_PACKAGE = 11


@dataclass(frozen=True)
class Core:
    """An ansible-core, and the minor versions of Python 3 that it is for."""

    version: str
    controller: tuple[int, int]
    node: int
    cli: bool = True

    @property
    def python(self) -> int | None:
        """The newest Python here that it and the package run in."""
        lowest, highest = max(self.controller[0], OLDEST_PYTHON_OF_THE_PACKAGE), self.controller[1]
        return max((minor for minor in pythons() if lowest <= minor <= highest), default=None)

    @property
    def requirement(self) -> str:
        return f"ansible-core=={self.version}.*"


CORES = {
    core.version: core
    for core in (
        Core("2.17", (10, 12), node=7, cli=False),
        Core("2.18", (11, 13), node=8, cli=False),
        Core("2.19", (11, 13), node=8),
        Core("2.20", (12, 14), node=9),
        Core("2.21", (12, 14), node=9),
    )
}
OLDEST, *_BETWEEN, NEWEST = CORES
OLDEST_PYTHON_OF_A_NODE = 8

INVENTORY, PLAYBOOKS = "tests/ansible/test_inventory.py::test_", "tests/ansible/test_playbooks.py::test_"
VERSIONS = "tests/ansible/test_versions.py::test_"
CONF = "tests/ansible/test_conf_as_inventory.py::test_"
COMMAND = f"{VERSIONS}the_command"
TESTS = (
    f"{VERSIONS}nodes_of_every_python",
    f"{INVENTORY}groups_and_variables",
    f"{INVENTORY}a_connection_gets_the_password_and_a_template_in_it_stays_text",
    f"{INVENTORY}one_environment_some_nodes_and_constructed",
    f"{INVENTORY}a_cache_holds_no_password_and_answers_without_the_conf",
    f"{PLAYBOOKS}a_report_tells_every_node_and_goes_on",
    f"{PLAYBOOKS}stats_carry_summary_and_alerts_not_reports",
    f"{PLAYBOOKS}a_stale_fact_and_a_host_that_left_are_not_judged_as_healthy",
    f"{PLAYBOOKS}a_gate_in_a_serial_play_asks_the_whole_environment_and_stops",
    f"{PLAYBOOKS}a_gate_opens_when_the_cluster_is_healthy_often_enough",
    f"{PLAYBOOKS}a_gate_offers_a_node_s_password_to_no_other",
    f"{PLAYBOOKS}templates_name_environment_and_role",
    f"{PLAYBOOKS}the_configuration_s_strategy_and_secrecy_change_nothing",
    f"{PLAYBOOKS}a_limit_that_leaves_no_node_is_an_error",
    f"{PLAYBOOKS}a_gate_asks_the_hosts_that_carry_the_environment_s_name",
    f"{PLAYBOOKS}prepare_looks_for_psutil_with_the_interpreter_of_the_configuration",
    f"{CONF}nor_where_its_directory_is_given",
)


@cache
def pythons() -> dict[int, Path]:
    """The minor versions of Python 3 that run here, with their programs."""
    folders = [Path(folder) for folder in os.environ["PATH"].split(os.pathsep)]
    folders += sorted(Path.home().glob(".pyenv/versions/*/bin"))
    found: dict[int, Path] = {}
    for path in (path for folder in folders for path in folder.glob("python3.*")):
        minor = re.fullmatch(r"python3\.(\d+)", path.name)
        if minor and int(minor[1]) not in found and _runs(path):
            found[int(minor[1])] = path
    return dict(sorted(found.items()))


def _runs(python: Path) -> bool:
    return subprocess.run([python, "-c", "import venv"], capture_output=True, check=False).returncode == 0


def environment(core: Core) -> Path:
    """The bin of an environment with this ansible-core and what the package needs. Raises CalledProcessError."""
    venv = VENV / f"ansible-core-{core.version}"
    if not (venv / ".ready").exists():
        subprocess.run([pythons()[core.python or 0], "-m", "venv", "--clear", venv], check=True)
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        others = [name for name in project["dependencies"] if not name.startswith("ansible-core")]
        subprocess.run([venv / "bin" / "pip", "install", "--quiet", core.requirement, *others], check=True)
        (venv / ".ready").touch()
    return venv / "bin"


def tests(core: Core, output: IO[str] | int = subprocess.PIPE) -> subprocess.Popen[str]:
    """Starts what differs between them with the commands of that ansible-core."""
    env = {**os.environ, "ORAMA_ANSIBLE_BIN": str(environment(core))}
    chosen = [*TESTS, COMMAND] if core.cli else TESTS
    command: list[str | Path] = [VENV / "bin" / "pytest", "-q", "-p", "no:cacheprovider", "-rP", *chosen]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, text=True)
