"""Nodes whose Python says anything but a report: each is told for what it is, beside healthy ones, and on time."""

from __future__ import annotations

import json
import time

from tests.ansible.harness import BIN, Ansible

MARK = "printf '\\n#orama-report:'"
REAL = f"{BIN / 'python'} -I -"
TIME = 20
#: What the interpreter does when it is handed the collectors, and what is then said of the node.
BROKEN = {
    "nothing": ("cat >/dev/null", "no report came back"),
    "not-json": (f"cat >/dev/null; {MARK}; echo '{{broken'", "not valid JSON"),
    "other-kind": (f"cat >/dev/null; {MARK}; echo '[1, 2]'", "no report came back"),
    "nan": (f'{REAL} | sed \'s/"collect_ms": [0-9]*/"collect_ms": NaN/\'', "not valid JSON"),
    "twice": (f'{REAL} | sed \'s/"collect_ms"/"collect_ms": 1, &/\'', "not valid JSON"),
    "out-of-bounds": (f"{REAL} | sed 's/\"collect_ms\": /&-/'", "the report is not valid: collect_ms"),
    "deep": (f"cat >/dev/null; {MARK}; head -c 100000 /dev/zero | tr '\\0' '['", "not valid JSON"),
    "large": (f"cat >/dev/null; {MARK}; head -c 52428800 /dev/zero | tr '\\0' x", "the answer is too large"),
    "noise": ("cat >/dev/null; head -c 52428800 /dev/zero | tr '\\0' x", "the answer is too large"),
    "killed": ("head -c 1000 >/dev/null; kill -9 $$", "it was killed before it could answer"),
    "late": (f"sleep 60; exec {REAL}", f"no answer within {TIME} s"),
    "old": (
        f"exec {BIN / 'python'} -I -c 'import sys; sys.version_info = (3, 7, 3); exec(sys.stdin.read())'",
        "its Python is too old",
    ),
}


def test_each_is_told_for_what_it_is_and_holds_up_nobody(ansible: Ansible) -> None:
    hosts = {"well": str(BIN / "python"), "not-utf8": _script(ansible, "not-utf8", f"printf '\\377\\n'; exec {REAL}")}
    hosts |= {name: _script(ansible, name, does) for name, (does, _said) in BROKEN.items()}
    variables = {"ansible_connection": "local", "ansible_become": False}
    inventory = {name: {**variables, "ansible_python_interpreter": python} for name, python in hosts.items()}
    (ansible.directory / "hosts.yml").write_text(json.dumps({"demo": {"hosts": inventory}}))
    began = time.monotonic()
    ansible.play("orama.monitor.report", "-e", f"orama_output=report.json orama_timeout={TIME}", "--forks", "20")
    assert time.monotonic() - began < TIME + 60
    found = {node["host"]: node for node in json.loads((ansible.directory / "report.json").read_text())["nodes"]}
    for name in ("well", "not-utf8"):
        assert found[name]["report"]["collectors"]["system"]["status"] == "ok", found[name]["error"]
    told = {name: found[name]["error"] for name in BROKEN}
    assert {name for name, (_does, said) in BROKEN.items() if said not in told[name]} == set(), told
    assert all(len(reason) <= 300 and reason.isprintable() for reason in told.values())


def _script(ansible: Ansible, name: str, does: str) -> str:
    path = ansible.directory / f"python-{name}"
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)
    return str(path)
