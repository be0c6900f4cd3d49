"""Nodes whose Python says anything but a report: each is told for what it is, beside healthy ones, and on time."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.ansible.harness import BIN, Ansible

MARK = "printf '\\n#orama-report:'"
REAL = f"{BIN / 'python'} -I -"
TIME = 20
Variables = dict[str, Any]
WELL: Variables = {
    "ansible_connection": "local",
    "ansible_become": False,
    "ansible_python_interpreter": str(BIN / "python"),
}
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
    hosts = {"well": WELL, "two-words": _here(f"/usr/bin/env {BIN / 'python'}")}
    hosts |= {"not-utf8": _here(_script(ansible, "not-utf8", f"printf '\\377\\n'; exec {REAL}"))}
    hosts |= {name: _here(_script(ansible, name, does)) for name, (does, _said) in BROKEN.items()}
    found, seconds = _reported(ansible, hosts)
    assert seconds < TIME + 60
    for name in ("well", "two-words", "not-utf8"):
        assert found[name]["report"]["collectors"]["system"]["status"] == "ok", found[name]["error"]
    told = {name: found[name]["error"] for name in BROKEN}
    assert {name for name, (_does, said) in BROKEN.items() if said not in told[name]} == set(), told
    assert all(len(reason) <= 300 and reason.isprintable() for reason in told.values())


HALVES = '{"ansible_facts": {"orama_report": {"a": "', '"}}}'
#: What the node prints in the module's place, and what is then said of it.
OTHER_FACTS = {
    "fact": ('{"ansible_facts": {"orama_output": "FILE", "orama_fail_on": "critical"}}', "no report came back"),
    "list": ('{"ansible_facts": {"orama_output": "FILE", "orama_report": [1]}}', "no report came back"),
    "not-a-number": ('{"ansible_facts": {"orama_output": "FILE", "orama_report": {"a": NaN}}}', "not valid JSON"),
}


def test_without_pipelining_a_node_sets_no_variable_of_the_play(ansible: Ansible) -> None:
    """Ansible itself reads the answer there, and would take each fact in it for a variable."""
    written = ansible.directory / "written"
    does = {name: f"echo '{text.replace('FILE', str(written))}'" for name, (text, _said) in OTHER_FACTS.items()}
    before, after = HALVES
    does["large"] = f"printf '%s' '{before}'; head -c 3000000 /dev/zero | tr '\\0' x; echo '{after}'"
    hosts = {name: _here(_script(ansible, name, script)) for name, script in does.items()} | {"well": WELL}
    (ansible.directory / "hosts.yml").write_text(json.dumps({"demo": {"hosts": hosts}}))
    said = ansible.play("orama.monitor.report", "-e", "orama_pipelining=false")
    reasons = {name: reason for name, (_text, reason) in OTHER_FACTS.items()} | {"large": "the answer is too large"}
    told = {name: said.partition(f"NODE_COLLECT_FAILED {name}: ")[2].partition("\n")[0] for name in [*reasons, "well"]}
    assert {name for name, reason in reasons.items() if reason not in told[name]} == set(), told
    assert told["well"] == "" and not written.exists()


@pytest.fixture
def out_of_reach() -> Iterator[dict[str, Variables]]:
    """Hosts whose port is closed, takes no more connections, says nothing, or greets and says nothing more."""
    ports = {name: socket.create_server(("127.0.0.1", 0), backlog=0) for name in ("full", "silent", "banner-only")}
    held = [socket.create_connection(ports["full"].getsockname())]

    def answer(name: str, greeting: bytes) -> None:
        while True:
            try:
                held.append(ports[name].accept()[0])
                held[-1].sendall(greeting)
            except OSError:
                return

    for name, greeting in ("silent", b""), ("banner-only", b"SSH-2.0-OpenSSH_9.2\r\n"):
        threading.Thread(target=answer, args=(name, greeting), daemon=True).start()
    try:
        yield {"closed": _ssh(1), **{name: _ssh(port.getsockname()[1]) for name, port in ports.items()}}
    finally:
        for each in (*ports.values(), *held):
            each.close()


TWENTY = {f"n{number}": WELL for number in range(20)}


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> float:
    """How many seconds twenty healthy nodes take."""
    return _reported(Ansible(tmp_path_factory.mktemp("healthy")), TWENTY)[1]


@pytest.mark.parametrize("draw", range(2))
def test_any_five_of_twenty_cost_the_others_nothing(
    ansible: Ansible, out_of_reach: dict[str, Variables], healthy: float, draw: int
) -> None:
    """The fifteen are complete, and it takes no longer than with twenty healthy ones and the time one node may take."""
    broken = {name: _here(_script(ansible, name, does)) for name, (does, _said) in BROKEN.items()} | out_of_reach
    five = [*random.Random(draw).sample(sorted(set(broken) - {"late"}), 4), "late"]
    late = []
    for _try in range(3):  # what else this machine does only ever adds to it
        found, seconds = _reported(ansible, dict(list(TWENTY.items())[:15]) | {name: broken[name] for name in five})
        for number in range(15):
            assert set(found[f"n{number}"]["report"]["collectors"]) >= {"system", "services", "network"}
        assert {name for name, node in found.items() if node["failure"]} == set(five)
        late.append(seconds - healthy - TIME)
        if late[-1] <= 0:
            return
        _found, healthy = _reported(ansible, TWENTY)
    pytest.fail(f"{late} s too late with {five}")


def _reported(ansible: Ansible, hosts: dict[str, Variables]) -> tuple[dict[str, Any], float]:
    """What was found of each, and how many seconds it took."""
    (ansible.directory / "hosts.yml").write_text(json.dumps({"demo": {"hosts": hosts}}))
    began = time.monotonic()
    ansible.play("orama.monitor.report", "-e", f"orama_output=report.json orama_timeout={TIME}", "--forks", "20")
    seconds = time.monotonic() - began
    report = json.loads((ansible.directory / "report.json").read_text())
    return {node["host"]: node for node in report["nodes"]}, seconds


def _here(python: str) -> Variables:
    return {**WELL, "ansible_python_interpreter": python}


def _ssh(port: int) -> Variables:
    return {"ansible_host": "127.0.0.1", "ansible_port": port, "ansible_become": False}


def _script(ansible: Ansible, name: str, does: str) -> str:
    path = ansible.directory / f"python-{name}"
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)
    return str(path)
