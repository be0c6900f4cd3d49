"""The collectors under every Python found here, without Ansible: the oldest too, root or not, psutil or not."""

from __future__ import annotations

import glob
import json
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

REPORT = r"""
import json, os, re
from ansible_collections.orama.monitor.plugins.module_utils import node
from ansible_collections.orama.monitor.plugins.module_utils.options import Options

report = node.report(Options(ping_target="127.0.0.1"))
crashed = [error for error in report["errors"] if re.search(r"\w+ at \w+\.py:\d+", error)]
print(json.dumps([os.geteuid() == 0, crashed, report["system"]["mem_total_mb"], report["processes"]["zombie_count"]]))
"""
BARE = r"""
import json, re
from ansible_collections.orama.monitor.plugins.module_utils import node, probe

probe.SAFE_ENVIRONMENT["PATH"] = "/nonexistent"
report = node.report()
crashed = [error for error in report["errors"] if re.search(r"\w+ at \w+\.py:\d+", error)]
known = [report["services"], report["network"]["internet_reachable"], report["processes"]["panic_count"]]
print(json.dumps([crashed, report["errors"], known]))
"""
WITHOUT_RIGHTS = ["unshare", "--user"]  # nobody's, in a user namespace with no user in it


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


def run(command, *folders):
    return subprocess.run(
        command,
        env={"PYTHONPATH": ":".join(map(str, folders)), "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/nonexistent"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("python", interpreters())
def test_every_case_under(python):
    ran = run([python, "-W", "error", "-c", REPLAY, str(ROOT)], ROOT)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


@pytest.fixture
def without_rights(request):
    """The words that take all rights from a command; none where there are none to take."""
    if os.geteuid() != 0:
        return []
    unshare = shutil.which(WITHOUT_RIGHTS[0])
    if unshare is None or run([unshare, *WITHOUT_RIGHTS[1:], "/bin/true"]).returncode != 0:
        must_run = request.config.getoption("--require-lab", False)
        (pytest.fail if must_run else pytest.skip)("no user namespaces here")
    return [unshare, *WITHOUT_RIGHTS[1:]]


@pytest.fixture
def psutil_alone(tmp_path):
    """A folder with psutil and nothing else, which serves every Python."""
    psutil = pytest.importorskip("psutil")
    (tmp_path / "psutil").symlink_to(Path(psutil.__file__).parent)
    return tmp_path


def reported(command, folder):
    ran = run([*command, "-W", "error", "-c", REPORT], ROOT, folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    return json.loads(ran.stdout)


@pytest.mark.parametrize("python", interpreters())
def test_a_report_as_whoever_runs_the_tests_under(python, psutil_alone):
    is_root, crashed, memory, zombies = reported([python], psutil_alone)
    assert is_root == (os.geteuid() == 0)
    assert crashed == []
    assert memory > 0
    assert zombies is not None


@pytest.mark.parametrize("python", interpreters())
def test_a_report_without_rights_under(python, psutil_alone, without_rights):
    is_root, crashed, memory, _zombies = reported([*without_rights, python], psutil_alone)
    assert (is_root, crashed) == (False, [])
    assert memory > 0


@pytest.mark.parametrize("python", interpreters())
def test_a_report_without_rights_and_psutil_under(python, tmp_path, without_rights):
    is_root, crashed, memory, _zombies = reported([*without_rights, python], tmp_path)
    assert (is_root, crashed, memory) == (False, [], None)


@pytest.mark.parametrize("python", interpreters())
def test_a_report_without_any_tool_under(python, psutil_alone):
    """No systemctl, journalctl, wg, ip, ping or iptables: what they would have told is not known, and that is said."""
    ran = run([python, "-W", "error", "-c", BARE], ROOT, psutil_alone)
    assert (ran.returncode, ran.stderr) == (0, "")
    crashed, errors, known = json.loads(ran.stdout)
    assert (crashed, known) == ([], [None, None, None])
    said = " ".join(errors)
    assert not [tool for tool in ("systemctl", "ping", "journalctl") if tool + ": command not found" not in said]
