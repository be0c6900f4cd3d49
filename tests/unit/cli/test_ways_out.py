"""Exit codes and error lines: what scripts build on."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

from orama_monitor.output import _PLAIN
from orama_monitor.views import mesh, service
from tests.unit.cli.conftest import ROOT, START, Run, environment
from tests.unit.cli.samples import faulty, save
from tests.unit.clusters import healthy, narrowed

VIEWS = ("cluster", "node", "service", "mesh", "dns", "namespaces", "alerts", "report")


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_of_a_saved_report_is_done(orama: Run, healthy_file: Path, view: str) -> None:
    done = orama("monitor", view, "--from", healthy_file)
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("\n")
    assert "\x1b" not in done.out


@pytest.mark.parametrize("view", VIEWS)
def test_an_environment_is_required(orama: Run, view: str) -> None:
    done = orama("monitor", view)
    assert (done.code, done.out) == (2, "")
    assert done.err.splitlines()[0].startswith("orama: --env NAME is required")


def test_flags_stand_before_or_after_the_command(orama: Run, faulty_file: Path) -> None:
    before = orama("monitor", "--from", faulty_file, "--severity", "critical", "alerts")
    after = orama("monitor", "alerts", "--severity", "critical", "--from", faulty_file)
    assert before == after
    assert before.code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["monitor", "cluster", "--env", "testnet"], "scripts/remote-nodes.conf: no such file"),
        (["monitor", "cluster", "--from", "none.json"], "none.json: no such file"),
        (["monitor", "cluster", "--from", "broken.json"], "broken.json: not JSON"),
        (["monitor", "cluster", "--from", "other.json"], "not a report of `orama monitor report`"),
    ],
)
def test_what_cannot_run_is_one_line_and_1(orama: Run, tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "other.json").write_text('{"a": 1}')
    done = orama(*arguments)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("orama: ")
    assert said in done.err
    assert done.err.count("\n") == 1


def test_an_unknown_environment_names_the_known_ones(orama: Run, conf: Path) -> None:
    done = orama("monitor", "cluster", "--env", "tesnet")
    assert done.code == 1
    assert done.err == "orama: no environment 'tesnet' in the conf; it has: devnet, testnet\n"


def test_an_unknown_node_names_its_nearest(orama: Run, conf: Path) -> None:
    done = orama("monitor", "inventory", "--env", "testnet", "--node", "198.18.0.13")
    assert done.code == 1
    assert done.err.startswith("orama: no node '198.18.0.13' in this environment; nearest: 198.18.0.1")


def test_a_bad_line_of_the_conf_is_named_and_not_shown(orama: Run, conf: Path) -> None:
    conf.write_text("testnet|root@198.18.0.11|s3cret|chief\n")
    done = orama("monitor", "cluster", "--env", "testnet")
    assert done.code == 1
    assert "line 1" in done.err
    assert "s3cret" not in done.err


def test_passwords_that_others_can_read_are_warned_of(orama: Run, conf: Path) -> None:
    conf.chmod(0o644)
    done = orama("monitor", "inventory", "--env", "testnet")
    assert done.code == 0
    assert done.err.startswith("orama: warning: scripts/remote-nodes.conf holds passwords")


def test_an_unknown_command_names_its_nearest(orama: Run) -> None:
    done = orama("monitor", "clustr")
    assert done.code == 2
    assert done.err.splitlines()[0] == "orama: no command 'clustr'; did you mean cluster?"


@pytest.mark.parametrize("words", [("cluster", "--timeout"), ("live", "--interval")])
@pytest.mark.parametrize("value", ["nan", "inf", "0", "1e9", "soon"])
def test_a_time_is_a_number_of_seconds(orama: Run, words: tuple[str, str], value: str) -> None:
    done = orama("monitor", *words, value)
    assert done.code == 2
    assert done.err.startswith(f"orama: Invalid value for '{words[1]}': ")


@pytest.mark.parametrize(("threshold", "code"), [("critical", 3), ("warning", 3), ("info", 3)])
def test_fail_on_fails_a_faulty_cluster(orama: Run, faulty_file: Path, threshold: str, code: int) -> None:
    assert orama("monitor", "alerts", "--from", faulty_file, "--fail-on", threshold).code == code


def test_fail_on_passes_what_is_milder_and_what_is_healthy(orama: Run, tmp_path: Path, healthy_file: Path) -> None:
    snapshot = healthy(5)
    report = snapshot.nodes[0].report
    assert report and report.system
    report.system.disk_use_pct = 93
    warned = save(snapshot, tmp_path / "warned.json")
    assert orama("monitor", "cluster", "--from", warned, "--fail-on", "critical").code == 0
    assert orama("monitor", "cluster", "--from", warned, "--fail-on", "warning").code == 3
    assert orama("monitor", "cluster", "--from", healthy_file, "--fail-on", "info").code == 0


def test_fail_on_does_not_depend_on_what_is_shown(orama: Run, faulty_file: Path) -> None:
    done = orama("monitor", "dns", "--from", faulty_file, "--severity", "critical", "--fail-on", "warning")
    assert done.code == 3


def test_standard_input_and_slices(orama: Run, tmp_path: Path) -> None:
    whole = faulty()
    first = save(narrowed(whole, 0, 1), tmp_path / "first.json")
    second = save(narrowed(whole, 2, 3, 4), tmp_path / "second.json")
    together = save(whole, tmp_path / "whole.json")
    expected = orama("monitor", "alerts", "--from", together)
    assert orama("monitor", "alerts", "--from", "-", stdin=together.read_text()) == expected
    assert orama("monitor", "alerts", "--from", first, "--from", second) == expected


def test_a_saved_report_of_another_environment_is_refused(orama: Run, healthy_file: Path) -> None:
    done = orama("monitor", "cluster", "--from", healthy_file, "--env", "mainnet")
    assert done.code == 1
    assert "of environment 'testnet', not 'mainnet'" in done.err


def test_a_node_by_host_name_or_role(orama: Run, healthy_file: Path) -> None:
    by_host = orama("monitor", "node", "--from", healthy_file, "--node", "198.18.0.11")
    assert by_host.code == 0
    assert orama("monitor", "node", "--from", healthy_file, "--node", "n1") == by_host
    assert orama("monitor", "node", "--from", healthy_file, "--node", "nameserver-ns1") == by_host
    assert "198.18.0.12" not in by_host.out.split("WireGuard peers")[0]


def test_a_node_of_a_saved_report_is_judged_among_all(orama: Run, faulty_file: Path) -> None:
    """What the others said is in the file, too: the dead neighbour is the cause, not the node that misses it."""
    done = orama("monitor", "report", "--from", faulty_file, "--node", "198.18.0.11")
    report = json.loads(done.out)
    assert [(node["host"], node["status"]) for node in report["nodes"]] == [("198.18.0.11", "healthy")]
    assert report["meta"]["node_count"] == 1
    roots = {(alert["code"], alert["node"]) for alert in report["alerts"] if alert["cause"] is None}
    assert roots == {("NODE_UNREACHABLE", "198.18.0.12")}


def test_an_empty_standard_input_is_named(orama: Run) -> None:
    done = orama("monitor", "cluster", "--from", "-", stdin="\n")
    assert (done.code, done.err) == (1, "orama: standard input: empty; a report was expected\n")


@pytest.mark.parametrize(("columns", "least", "most"), [(66, 60, 66), (None, 100, 160)])
def test_tables_in_a_pipe_fit_the_terminal_they_are_called_from(
    faulty_file: Path, columns: int | None, least: int, most: int
) -> None:
    """As in ``orama monitor alerts | less``; where there is no terminal at all they are wide."""
    plain = {name: value for name, value in environment().items() if name != "COLUMNS"}
    ours, theirs = pty.openpty() if columns else os.pipe()
    if columns:
        termios.tcsetwinsize(theirs, (24, columns))
    done = subprocess.run(
        [sys.executable, "-c", START, "monitor", "alerts", "--from", str(faulty_file)],
        env=plain,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        encoding="utf-8",
        timeout=300,
        check=True,
    )
    os.close(ours)
    os.close(theirs)
    assert least < max(map(len, done.stdout.splitlines())) <= most


def test_a_closed_pipe_is_no_traceback(tmp_path: Path, healthy_file: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-c", START, "monitor", "report", "--from", str(healthy_file)],
        stdout=writer,
        stderr=subprocess.PIPE,
        env=environment(),
        timeout=300,
        check=False,
    )
    os.close(writer)
    assert done.stderr == b""
    assert done.returncode == 141


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_one_line(healthy_file: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", START, "monitor", "cluster", "--from", str(healthy_file)],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            timeout=300,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == b"orama: No space left on device\n"


SLOW = """
import sys, threading
sys.path[:0] = [{root!r}]
import orama_monitor.collect as collecting
from orama_monitor.snapshot import configured
from tests.unit.clusters import healthy

def collect(request, on_result=None, stop=None, on_said=None):
    whole = healthy(3)
    print("asking", file=sys.stderr, flush=True)
    stop.wait(30)
    if not {patient}:
        print("stopping", file=sys.stderr, flush=True)
        threading.Event().wait(30)
    return whole.model_copy(update=dict(nodes=whole.nodes[:1], partial=True))

collecting.collect = collect
from orama_monitor.app import main
main()
"""


def interrupted(tmp_path: Path, patient: bool) -> tuple[int, str, float]:
    """Start a collection, press Ctrl-C, a second time where the first does not end it, and see how it ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW.format(root=str(ROOT), patient=patient), "monitor", "cluster", "--env", "testnet"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        text=True,
    )
    assert process.stderr and process.stderr.readline() == "asking\n"
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    if not patient:
        assert process.stderr.readline() == "stopping\n"
        process.send_signal(signal.SIGINT)
    out, _err = process.communicate(timeout=300)
    return process.returncode, out, time.monotonic() - began


def test_one_ctrl_c_shows_what_has_come(tmp_path: Path, conf: Path) -> None:
    code, out, _seconds = interrupted(tmp_path, patient=True)
    assert code == 130
    assert "PARTIAL: 1 of 3 nodes" in out
    assert "198.18.0.11" in out


def test_a_second_ctrl_c_ends_at_once(tmp_path: Path, conf: Path) -> None:
    code, out, seconds = interrupted(tmp_path, patient=False)
    assert (code, out) == (130, "")
    assert seconds < 29


def test_progress_is_silent_where_nobody_watches(orama: Run, tmp_path: Path, conf: Path) -> None:
    start = SLOW.format(root=str(ROOT), patient=True).replace("stop.wait(30)", "stop.wait(1)")
    done = orama("monitor", "cluster", "--env", "testnet", start=start)
    assert done.err == "asking\n"


@pytest.mark.parametrize("view", ["cluster", "report"])
@pytest.mark.parametrize(
    ("query", "said"), [("nodes[", "ends too early"), ("nodes[].{n: lenth(host)}", "Unknown function: lenth()")]
)
def test_a_query_that_cannot_be_read_costs_no_run(
    orama: Run, tmp_path: Path, conf: Path, view: str, query: str, said: str
) -> None:
    start = SLOW.format(root=str(ROOT), patient=True)
    done = orama("monitor", view, "--env", "testnet", "--query", query, start=start)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("orama: --query: ") and said in done.err


def test_marks_that_differ_differ_without_unicode() -> None:
    for legend in (service.LEGEND, mesh.LEGEND[1:]):
        signs = [mark.partition(" ")[0] for mark in legend]
        plain = [sign.translate(_PLAIN) for sign in signs]
        assert all(map(str.isascii, plain)) and len(set(plain)) == len(signs)


def test_nothing_is_lost_on_a_terminal_without_unicode(orama: Run, faulty_file: Path) -> None:
    done = orama("monitor", "cluster", "--from", faulty_file, PYTHONIOENCODING="ascii")
    assert done.code == 0
    assert "x unreachable" in done.out
    assert done.out.isascii()


@pytest.mark.parametrize("query", ["alerts[::0]", "ceil(to_number('inf'))", "floor(to_number('nan'))"])
def test_a_query_that_cannot_be_reckoned_is_one_line_and_2(orama: Run, healthy_file: Path, query: str) -> None:
    done = orama("monitor", "report", "--from", healthy_file, "--query", query)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("orama: --query: ")


def test_a_saved_name_cannot_draw_on_the_terminal(orama: Run, tmp_path: Path) -> None:
    snapshot = healthy(2)
    snapshot.nodes[0].host = snapshot.configured[0].host = "\x1b]0;x\x07\x1b[2J1"
    saved = save(snapshot, tmp_path / "saved.json")
    done = orama("monitor", "cluster", "--from", saved, "--node", "zzz")
    assert done.code == 1
    assert "\x1b" not in done.err and "nearest: \\x1b]0;x" in done.err


def test_a_closed_standard_input_is_said(orama: Run) -> None:
    done = orama("monitor", "cluster", "--from", "-", start=f"import sys; sys.stdin = None; {START}")
    assert (done.code, done.err) == (1, "orama: -: standard input is closed\n")


def test_thresholds_in_the_list_are_the_policys(orama: Run, tmp_path: Path) -> None:
    (tmp_path / "policy.yml").write_text("thresholds: {disk_pct: 97}\n")
    assert "97 %" in orama("monitor", "explain", "--policy", "policy.yml").out
