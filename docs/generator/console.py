"""What a command prints when a recorded report stands in for the cluster."""

from __future__ import annotations

import itertools
import os
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner

from generator.recorded import FAULTY, HEALTHY, faulty
from orama_monitor.app import orama
from orama_monitor.cluster_report import assess
from orama_monitor.commands.session import chosen
from orama_monitor.saved_report import parse

ENVIRONMENT = "lab"
WIDTH = 80
PIPE = " | jq ."  # prints what it gets, which is indented already
CONF = "scripts/remote-nodes.conf"
ELSEWHERE = "/path/to/nodes.conf"  # a conf that an example names, and that need not be here


@contextmanager
def operator() -> Iterator[Path]:
    """A directory with the recorded reports and a conf of their nodes, in which an operator may type commands."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        conf = folder / CONF
        conf.parent.mkdir()
        conf.write_text(_conf(), encoding="utf-8")
        conf.chmod(0o600)
        for report in (HEALTHY, FAULTY):
            shutil.copy(report, folder)
        os.chdir(folder)
        try:
            yield folder
        finally:
            os.chdir(before)


def _conf() -> str:
    nodes = faulty().configured
    lines = [f"{ENVIRONMENT}|ubuntu@{node.host}||{node.role}|keys/id" for node in nodes[:-1]]
    return "\n".join([*lines, f"{ENVIRONMENT}|ubuntu@{nodes[-1].host}|a password|{nodes[-1].role}"]) + "\n"


def block(example: str, report: Path, lines: int) -> str:
    """The example and what it prints, as Markdown; of long output the first lines."""
    return f"```console\n$ {example}\n{output(example, report, lines)}\n```"


def output(example: str, report: Path, most: int) -> str:
    """What it prints, from within ``operator``. Raises RuntimeError when it does not work."""
    done = CliRunner().invoke(orama, _words(example, report), env={"COLUMNS": str(WIDTH), "NO_COLOR": "1"})
    if done.exit_code:
        raise RuntimeError(f"{example}: {done.output}")
    lines = done.output.replace(str(Path.cwd()), "…").rstrip().splitlines()
    return "\n".join([*lines[:most], *([f"… {len(lines) - most} more lines"] if len(lines) > most else [])])


def _words(example: str, report: Path) -> list[str]:
    words = shlex.split(example.removesuffix(PIPE))[1:]
    return _answered(words, report) if asks_nodes(example) else words


def _answered(words: list[str], report: Path) -> list[str]:
    """The words with the report in the place of the nodes; with --node, what those nodes alone would have answered."""
    asked = [(flag, value) for flag, value in itertools.pairwise(words) if flag == "--node"]
    whole = parse(report.read_bytes(), report.name)
    hosts = chosen(whole, tuple(value for _flag, value in asked))
    if hosts is None:
        return [*words, "--from", report.name]
    part = whole.model_copy(update={"nodes": [node for node in whole.nodes if node.host in hosts]})
    Path("asked.json").write_text(assess(part).to_json(), encoding="utf-8")
    return [*(word for word in words if word not in itertools.chain(*asked)), "--from", "asked.json"]


def asks_nodes(example: str) -> bool:
    """Whether the command would ask the nodes."""
    return "--env" in example and "inventory" not in example
