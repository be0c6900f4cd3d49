"""The collectors under every Python found here, without Ansible and without psutil: the oldest a node may have too."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[7]
OLDEST = (3, 8)
REPLAY = r"""
import json, sys
from pathlib import Path
from ansible_collections.orama.monitor.plugins.module_utils import node
from ansible_collections.orama.monitor.plugins.module_utils.collectors import COLLECTORS
from ansible_collections.orama.monitor.plugins.module_utils.options import Options
from ansible_collections.orama.monitor.tests.unit.plugins.module_utils.replay import Replay

cases = Path(sys.argv[1]) / "ansible_collections/orama/monitor/tests/unit/plugins/module_utils/collectors"
for path in sorted(cases.glob("*/*.json")):
    case = json.loads(path.read_text(encoding="utf-8"))
    outcome = node._guarded(Replay(case), COLLECTORS[path.parent.name])
    came = json.loads(json.dumps([outcome.status, outcome.error, outcome.section]))
    if came != [case["status"], case["error"], case["section"]]:
        print("%s/%s: %s" % (path.parent.name, path.stem, came))
report = node.report(Options(ping_target="127.0.0.1"))
assert set(report["collectors"]) == set(COLLECTORS), report["collectors"]
json.dumps(report)
"""


def interpreters() -> list[str]:
    found = {shutil.which("python3.%d" % minor) for minor in range(8, 20)}
    found |= set(glob.glob(os.path.expanduser(os.environ.get("PYENV_ROOT", "~/.pyenv") + "/versions/*/bin/python3")))
    versions: dict[str, str] = {}
    for path in sorted(filter(None, found)):
        told = subprocess.run(
            [path, "-c", "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"],
            capture_output=True,
            text=True,
            check=False,
        )
        version, _blank, executable = told.stdout.strip().partition(" ")  # behind a shim, the real one
        if told.returncode == 0 and tuple(map(int, version.split("."))) >= OLDEST:
            versions.setdefault(version, executable)
    return list(versions.values()) or [sys.executable]


@pytest.mark.parametrize("python", interpreters())
def test_every_case_under(python):
    ran = subprocess.run(
        [python, "-W", "error", "-c", REPLAY, str(ROOT)],
        env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/nonexistent"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
