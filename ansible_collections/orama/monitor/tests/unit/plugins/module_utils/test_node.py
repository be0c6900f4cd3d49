"""The runner: whatever a collector does, its neighbours, the deadline and the report stand."""

from __future__ import annotations

import builtins
import json
import os
import threading
import time
from types import SimpleNamespace

import pytest

from ansible_collections.orama.monitor.plugins.module_utils import machine, node
from ansible_collections.orama.monitor.plugins.module_utils.collectors import COLLECTORS, system
from ansible_collections.orama.monitor.plugins.module_utils.errors import (
    Absent,
    Denied,
    Incomplete,
    Missing,
    ProbeError,
    ProbeTimeout,
)
from ansible_collections.orama.monitor.plugins.module_utils.options import Options
from ansible_collections.orama.monitor.plugins.module_utils.probe import Output, Probe

SOON = 0.4


def fine(_probe):
    return {"is": "fine"}


def raising(error):
    def collect(_probe):
        raise error

    return collect


def outcome(collect, **options):
    outcomes = node.run(Probe(Options(**options)), {"fine": fine, "tried": collect})
    assert outcomes["fine"].section == {"is": "fine"}
    assert outcomes["fine"].status == "ok"
    return outcomes["tried"]


def told(found):
    return found.status, found.section, found.error


def test_a_collector_that_is_fine_says_how_long_it_took():
    def slow(_probe):
        time.sleep(0.05)
        return {}

    found = outcome(slow)
    assert told(found) == ("ok", {}, None)
    assert 40 <= found.ms < 5000


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Absent(), ("absent", None, None)),
        (Missing("wg: command not found"), ("failed", None, "wg: command not found")),
        (Denied("no"), ("failed", None, "no")),
        (ProbeTimeout("wg: no answer within 4 s"), ("timeout", None, "wg: no answer within 4 s")),
        (Incomplete({"a": 1}, ProbeError("b")), ("failed", {"a": 1}, "b")),
        (Incomplete({"a": 1}, ProbeTimeout("late")), ("timeout", {"a": 1}, "late")),
        (ProbeError("two\nlines\t of \x00 it"), ("failed", None, "two lines of \x00 it")),
        (ProbeError("x" * 1000), ("failed", None, "x" * 300)),
        (ProbeError("half a \udcff"), ("failed", None, "half a ?")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_way_to_end(error, expected):
    assert told(outcome(raising(error))) == expected


@pytest.mark.parametrize("error", [KeyError, RecursionError, MemoryError, OSError])
def test_a_crash_names_its_place_and_never_its_text(error):
    found = outcome(raising(error("secret")))
    assert found.status == "failed"
    assert found.section is None
    assert found.error.startswith(error.__name__ + " at test_node.py:")
    assert "secret" not in found.error


def test_a_collector_that_hangs_is_left_behind_at_the_deadline():
    released = threading.Event()
    began = time.monotonic()
    found = outcome(lambda _probe: released.wait(60), deadline=SOON)
    took = time.monotonic() - began
    released.set()
    assert told(found) == ("timeout", None, "did not finish within 0.4 s")
    assert SOON <= took < 5


def test_what_a_late_collector_brings_is_not_taken():
    released = threading.Event()
    given = {}

    def late(_probe):
        released.wait(60)
        return given

    outcomes = node.run(Probe(Options(deadline=SOON)), {"late": late})
    released.set()
    time.sleep(0.05)
    assert outcomes["late"].section is None


def test_the_whole_report_ends_by_the_deadline_and_leaves_no_child(monkeypatch):
    children = []

    def hanging(probe):
        start = probe._start
        monkeypatch.setattr(probe, "_start", lambda argv: children.append(start(argv)) or children[-1])
        raise probe.together({number: lambda: probe.run(["sleep", "60"], timeout=60) for number in range(5)})[0]

    monkeypatch.setattr(node, "COLLECTORS", {"fine": fine, "hanging": hanging})
    began = time.monotonic()
    report = node.report(Options(deadline=SOON))
    assert time.monotonic() - began < 5
    assert report["collectors"]["hanging"]["status"] == "timeout"
    assert report["fine"] == {"is": "fine"}
    assert children
    ends = time.monotonic() + 5
    while any(child.poll() is None for child in children) and time.monotonic() < ends:
        time.sleep(0.01)
    for child in children:
        assert child.poll() is not None
        with pytest.raises(ProcessLookupError):
            os.killpg(child.pid, 0)


def test_a_report_says_which_collectors_failed(monkeypatch):
    sections = {"fine": fine, "gone": raising(Absent()), "broken": raising(ProbeError("why"))}
    monkeypatch.setattr(node, "COLLECTORS", sections)
    report = node.report()
    assert report["errors"] == ["broken: why"]
    assert [report["collectors"][name]["status"] for name in sections] == ["ok", "absent", "failed"]
    assert (report["fine"], report["gone"], report["broken"]) == ({"is": "fine"}, None, None)
    assert report["schema_version"] == node.SCHEMA_VERSION
    assert set(report["collectors"]) == set(sections)
    json.dumps(report)


def test_an_empty_file_system_gives_a_report_too(tmp_path):
    """A tree without /proc: nothing is known, and every collector says so or is absent."""
    report = node.report(Options(ping_target="127.0.0.1", deadline=10.0), str(tmp_path))
    assert set(report["collectors"]) == set(COLLECTORS)
    assert all(entry["error"] or entry["status"] != "failed" for entry in report["collectors"].values())
    assert not [entry for entry in report["errors"] if "Error at" in entry]
    json.dumps(report)


def test_what_no_text_can_hold_costs_no_report(tmp_path, monkeypatch):
    """Names of files and of the host are bytes: what is no UTF-8 in them comes as half characters."""
    home = tmp_path / "opt/orama/.orama/data/namespaces"
    for name in (b" ", b"two  blanks", b"half\xff", b"shop"):
        folder = os.path.join(os.fsencode(home), name)
        os.makedirs(folder)
        with open(os.path.join(folder, b"rqlite.env"), "w"):
            pass
    named = SimpleNamespace(nodename="n1\udcff")
    monkeypatch.setattr(os, "uname", lambda: named)
    monkeypatch.setattr(node, "COLLECTORS", {"namespaces": COLLECTORS["namespaces"], "unread": unread})
    report = node.report(root=str(tmp_path))
    assert report["hostname"] == "n1?"
    assert [namespace["name"] for namespace in report["namespaces"]] == ["shop"]
    assert report["collectors"]["unread"]["error"] == "/half?: no such file"
    json.dumps(report, ensure_ascii=False).encode()
    assert system.disk({"mount": "/mnt/half\udcff"})["disk_mount"] == "/mnt/half?"


def unread(probe):
    probe.read("/half\udcff")


def test_without_psutil_the_system_section_says_the_remedy(monkeypatch):
    imported = builtins.__import__

    def without_psutil(name, *args, **named):
        if name == "psutil":
            raise ImportError(name)
        return imported(name, *args, **named)

    monkeypatch.setattr(builtins, "__import__", without_psutil)
    outcomes = node.run(Probe(), {"system": COLLECTORS["system"]})
    assert outcomes["system"].status == "failed"
    assert outcomes["system"].error.startswith(machine.NO_PSUTIL)
    assert outcomes["system"].section["mem_total_mb"] is None
    assert outcomes["system"].section["cpu_count"] == os.cpu_count()
    assert outcomes["system"].section["kernel_version"]


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("orama 0.107.0 (commit 1234567) built 2026-02-16\n", "0.107.0"),
        ("orama v1.2.3-rc.1\n", "1.2.3-rc.1"),
        ("orama 1.2.3-rc.1\n", "1.2.3-rc.1"),
        ("", None),
        ("\x00\ufffd", None),
    ],
)
def test_parse_version(text, version):
    assert node.parse_version(text) == version


@pytest.mark.parametrize(
    ("printed", "told", "version"),
    [
        ("orama 0.107.0 (commit 1234567)\n", "v0.108.0", "0.107.0"),
        ("", "v0.107.0", "0.107.0"),
        ("", "0.107.0 (1234567)", "0.107.0"),
        ("", "dev", None),
        ("", None, None),
    ],
)
def test_a_version_reads_the_same_from_the_program_and_from_the_gateway(monkeypatch, printed, told, version):
    monkeypatch.setattr(Probe, "run", lambda *_args: Output(0, printed))
    monkeypatch.setattr(node, "COLLECTORS", {"gateway": lambda _probe: {"version": told}})
    assert node.report()["version"] == version
