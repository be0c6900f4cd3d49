"""The probe: what it asks ends in time, leaves nothing behind, and says plainly why there is no answer."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest

from ansible_collections.orama.monitor.plugins.module_utils import machine, patience
from ansible_collections.orama.monitor.plugins.module_utils import probe as probe_module
from ansible_collections.orama.monitor.plugins.module_utils.errors import Denied, Missing, ProbeError, ProbeTimeout
from ansible_collections.orama.monitor.plugins.module_utils.options import Options
from ansible_collections.orama.monitor.plugins.module_utils.probe import TEXT_LIMIT, Probe

NOBODY = 65534


@contextmanager
def as_nobody():
    """Root may read everything: be somebody else for a while, unless that is so already."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)


def script(tmp_path, text):
    path = tmp_path / "tool"
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return str(path)


def gone(pid, within=5.0):
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        try:
            with open("/proc/%d/stat" % pid) as stat:
                if stat.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.01)
    return False


# Commands


def test_run_gives_code_and_both_outputs(tmp_path):
    output = Probe().run([script(tmp_path, "echo out; echo err >&2; exit 3")])
    assert (output.code, output.stdout, output.stderr) == (3, "out\n", "err\n")


def test_run_without_a_shell(tmp_path):
    words = ["$(id)", "; touch x", "*", "a b"]
    output = Probe().run([script(tmp_path, 'printf "%s\\n" "$@"'), *words])
    assert output.stdout.splitlines() == words


def test_run_in_a_clean_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("ORAMA_SECRET", "hunter2")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    output = Probe().run([script(tmp_path, "env; pwd; cat")])
    assert "hunter2" not in output.stdout
    assert "LC_ALL=C\n" in output.stdout
    assert output.stdout.endswith("/\n")


def test_run_a_command_that_is_not_there():
    with pytest.raises(Missing, match="no-such-tool: command not found"):
        Probe().run(["no-such-tool"])


def test_run_what_can_not_be_run(tmp_path):
    path = tmp_path / "tool"
    path.write_bytes(b"\x7fELF broken")
    path.chmod(0o755)
    with pytest.raises(ProbeError):
        Probe().run([str(path)])


def test_run_undecodable_output(tmp_path):
    assert Probe().run([script(tmp_path, r"printf '\377\001'")]).stdout == "\\xff\x01"


def test_run_ends_with_its_time_and_kills_the_whole_group(tmp_path):
    tool = script(tmp_path, "sleep 60 & echo $! > %s/pid; sleep 60" % tmp_path)
    began = time.monotonic()
    with pytest.raises(ProbeTimeout, match="tool: no answer within 0.3 s"):
        Probe().run([tool], timeout=0.3)
    assert time.monotonic() - began < 5
    assert gone(int((tmp_path / "pid").read_text()))


def test_run_ends_also_when_a_grandchild_keeps_the_pipe_open(tmp_path):
    tool = script(tmp_path, "sleep 60 & echo $! > %s/pid" % tmp_path)
    began = time.monotonic()
    with pytest.raises(ProbeTimeout):
        Probe().run([tool], timeout=0.3)
    assert time.monotonic() - began < 5
    assert gone(int((tmp_path / "pid").read_text()))


def test_run_ends_what_ignores_the_polite_signals(tmp_path):
    tool = script(tmp_path, "trap '' TERM INT HUP; echo $$ > %s/pid; while :; do sleep 1; done" % tmp_path)
    with pytest.raises(ProbeTimeout):
        Probe().run([tool], timeout=0.3)
    assert gone(int((tmp_path / "pid").read_text()))


def test_run_ends_what_prints_without_end(tmp_path):
    """As journalctl does of a journal that is larger than its time."""
    began = time.monotonic()
    with pytest.raises(ProbeTimeout):
        Probe().run([script(tmp_path, "echo $$ > %s/pid; exec yes" % tmp_path)], timeout=0.5)
    assert time.monotonic() - began < 5
    assert gone(int((tmp_path / "pid").read_text()))


def test_no_question_outlives_the_collection(tmp_path):
    probe = Probe(Options(deadline=0.3))
    began = time.monotonic()
    with pytest.raises(ProbeTimeout):
        probe.run([script(tmp_path, "exec sleep 60")], timeout=30)
    assert time.monotonic() - began < 5
    probe.ends = time.monotonic()
    for question in (lambda: probe.run(["true"]), lambda: probe.get("http://127.0.0.1:1/")):
        with pytest.raises(ProbeTimeout, match="the collection's time is over"):
            question()


def test_a_question_leaves_time_to_tell_what_was_not_answered():
    probe = Probe(Options(deadline=2.0))
    assert 1.5 < probe.at_most(30) <= 1.7
    assert probe.at_most(0.5) == 0.5
    probe.ends = time.monotonic() + 0.2
    assert 0.0 < probe.at_most(30) <= 0.1


def test_close_kills_what_still_runs_and_lets_nothing_start(tmp_path):
    probe = Probe()
    tool = script(tmp_path, "echo $$ > %s/pid; exec sleep 60" % tmp_path)
    answers = []

    def ask():
        try:
            answers.append(probe.run([tool], timeout=30))
        except Exception as error:
            answers.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    ends = time.monotonic() + 5
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text().strip():
        assert time.monotonic() < ends
        time.sleep(0.01)
    probe.close()
    assert gone(int((tmp_path / "pid").read_text()))
    asking.join(5)
    assert answers
    with pytest.raises(ProbeTimeout):
        probe.run(["true"])


class Held:
    """A child that the kernel holds: it is not gone when it was killed, only when it is let go."""

    def __init__(self, pid):
        self.pid = pid
        self.stdout, self.stderr = (open(os.devnull, "rb") for _pipe in range(2))
        self.let_go, self.reaped = threading.Event(), threading.Event()

    def poll(self):
        return None

    def wait(self, timeout=None):
        if not self.let_go.wait(timeout):
            raise subprocess.TimeoutExpired("tool", timeout)
        self.reaped.set()


def test_a_command_that_the_kernel_holds_is_not_waited_for_and_is_reaped_when_let_go(monkeypatch):
    killed = []
    monkeypatch.setattr(os, "killpg", lambda pid, _signal: killed.append(pid))
    child = Held(4711)
    began = time.monotonic()
    Probe()._end(child)
    assert time.monotonic() - began < 5
    assert killed == [4711]
    assert child.stdout.closed and child.stderr.closed
    assert not child.reaped.is_set()
    child.let_go.set()
    assert child.reaped.wait(5)


def test_a_program_on_a_dead_mount_holds_nobody_else(tmp_path, monkeypatch):
    """Who starts a program waits until it is loaded, which may be never."""
    released, started = threading.Event(), threading.Event()
    dead = script(tmp_path, "echo $$ > %s/pid; exec sleep 60" % tmp_path)
    really = subprocess.Popen

    def popen(argv, **named):
        if argv[0] == dead:
            started.set()
            released.wait(60)
        return really(argv, **named)

    monkeypatch.setattr(subprocess, "Popen", popen)
    probe = Probe()
    answers = []
    asking = threading.Thread(target=lambda: answers.append(probe.together({"dead": lambda: probe.run([dead])})))
    asking.start()
    assert started.wait(5)
    began = time.monotonic()
    assert probe.run(["true"]).code == 0
    probe.close()
    assert time.monotonic() - began < 5
    released.set()
    asking.join(10)
    assert "the collection's time is over" in str(answers[0]["dead"])
    assert not (tmp_path / "pid").exists() or gone(int((tmp_path / "pid").read_text() or 0))


def test_text_is_never_longer_than_its_limit(tmp_path):
    output = Probe().run([script(tmp_path, "head -c %d /dev/zero | tr '\\0' x" % (TEXT_LIMIT + 1000))])
    assert len(output.stdout) == TEXT_LIMIT


# Files


def test_read_a_part_of_a_file(tmp_path):
    (tmp_path / "file").write_bytes(b"begin\xff-end")
    probe = Probe(root=str(tmp_path))
    assert probe.read("/file") == "begin\\xff-end"
    assert probe.read("/file", limit=5) == "begin"
    assert probe.read("/file", limit=3, tail=True) == "end"
    assert probe.read("/file", limit=3, start=1) == "egi"
    assert probe.read("/file", start=500) == ""
    assert probe.size("/file") == 10
    assert probe.read("/file", limit=500, tail=True) == "begin\\xff-end"


def test_what_is_not_there(tmp_path):
    (tmp_path / "file").write_text("")
    probe = Probe(root=str(tmp_path))
    for question in (probe.read, probe.permissions, probe.modified, probe.size, probe.entries):
        with pytest.raises(Missing):
            question("/nothing")
    with pytest.raises(Missing):
        probe.read("/file/below")
    with pytest.raises(ProbeError):
        probe.read("/")
    with pytest.raises(ProbeError):
        probe.entries("/file")
    assert not probe.exists("/nothing")


def test_what_may_not_be_read(tmp_path):
    (tmp_path / "file").write_text("secret")
    (tmp_path / "file").chmod(0)
    with as_nobody(), pytest.raises(Denied):
        Probe(root=str(tmp_path)).read("/file")


@pytest.mark.parametrize("place", ["/var/lib/anon/fingerprint", "/opt/orama/.orama/fingerprint"])
@pytest.mark.parametrize("tail", [False, True])
def test_a_pipe_is_not_waited_for(tmp_path, place, tail):
    (tmp_path / place.lstrip("/")).parent.mkdir(parents=True)
    os.mkfifo(str(tmp_path / place.lstrip("/")))
    began = time.monotonic()
    with pytest.raises(ProbeError, match="^%s: not a regular file$" % place):
        Probe(root=str(tmp_path)).read(place, tail=tail)
    assert time.monotonic() - began < 1


def test_permissions_and_entries(tmp_path):
    for name, mode in (("b", 0o600), ("a", 0o4755)):
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(mode)
    probe = Probe(root=str(tmp_path))
    assert (probe.permissions("/b"), probe.permissions("/a")) == ("600", "4755")
    assert probe.entries("/") == ["a", "b"]


def test_when_a_file_was_written(tmp_path):
    (tmp_path / "file").write_text("")
    os.utime(str(tmp_path / "file"), (1, 1700000000.5))
    assert Probe(root=str(tmp_path)).modified("/file") == 1700000000.5


# Several questions


def test_once_asks_once_and_shares_the_answer():
    probe = Probe()
    asked = []

    def question(_probe):
        asked.append(1)
        time.sleep(0.05)
        return "answer"

    answers = probe.together({str(number): lambda: probe.once(question) for number in range(8)})
    assert set(answers.values()) == {"answer"}
    assert len(asked) == 1


def test_once_shares_the_error_too():
    probe = Probe()
    asked = []

    def question(_probe):
        asked.append(1)
        raise Missing("gone")

    for _attempt in range(2):
        with pytest.raises(Missing, match="gone"):
            probe.once(question)
    assert len(asked) == 1


def test_together_a_failure_costs_only_its_own_answer():
    def broken():
        raise KeyError("x")

    answers = Probe().together({"good": lambda: 1, "broken": broken})
    assert answers["good"] == 1
    assert isinstance(answers["broken"], KeyError)


def test_together_does_not_wait_for_ever():
    released = threading.Event()
    answers = Probe(Options(deadline=0.2)).together({"good": lambda: 1, "hangs": lambda: released.wait(60)})
    released.set()
    assert answers["good"] == 1
    assert isinstance(answers["hangs"], ProbeTimeout)


# The machine


@pytest.mark.parametrize(("zone", "seconds"), [("UTC", 0), ("EST5", -18000), ("IST-5:30", 19800)])
def test_how_far_local_time_is_ahead(monkeypatch, zone, seconds):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert Probe().machine("utc_offset") == seconds
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_disk_that_does_not_answer(monkeypatch):
    psutil = pytest.importorskip("psutil")
    released = threading.Event()

    def hanging(_path):
        released.wait(60)
        raise OSError

    monkeypatch.setattr(psutil, "disk_usage", hanging)
    monkeypatch.setattr(patience, "SECONDS", 0.2)
    with pytest.raises(ProbeTimeout, match="its file system did not answer within 0.2 s"):
        Probe().machine("disk_usage", "/")
    released.set()


def test_a_part_of_the_home_that_does_not_answer_is_waited_for_once(tmp_path, monkeypatch):
    released = threading.Event()
    home = tmp_path / "opt" / "orama" / ".orama"
    home.mkdir(parents=True)
    (home / "dead").write_text("")

    def opened(_path):
        released.wait(60)
        raise OSError

    monkeypatch.setattr(probe_module, "opened", opened)
    probe = Probe(root=str(tmp_path))
    assert probe.exists("/opt/orama/.orama/dead")
    monkeypatch.setattr(patience, "SECONDS", 0.2)
    said = "^/opt/orama/.orama/dead: its file system did not answer within 0.2 s$"
    with pytest.raises(ProbeTimeout, match=said):
        probe.read("/opt/orama/.orama/dead")
    monkeypatch.setattr(patience, "SECONDS", 3600)
    for ask in (probe.read, probe.exists, probe.permissions, probe.entries):
        for path in ("/opt/orama/.orama/dead", "/opt/orama/.orama/dead/below"):
            with pytest.raises(ProbeTimeout, match=said):
                ask(path)
    assert probe.entries("/opt/orama/.orama") == ["dead"]
    released.set()


def test_a_disk_that_is_not_there(tmp_path, monkeypatch):
    psutil = pytest.importorskip("psutil")
    monkeypatch.setattr(psutil, "PROCFS_PATH", "/proc")  # given back after the test
    with pytest.raises(Missing):
        Probe(root=str(tmp_path)).machine("disk_usage", "/nothing")


def proc(tmp_path, processes):
    for pid, (stat, links) in processes.items():
        folder = tmp_path / "proc" / str(pid)
        (folder / "fd").mkdir(parents=True)
        (folder / "stat").write_text(stat)
        for number, link in enumerate(links):
            (folder / "fd" / str(number)).symlink_to(link)
    return Probe(root=str(tmp_path))


def test_processes_with_odd_names(tmp_path):
    probe = proc(
        tmp_path,
        {
            1: ("1 (systemd) S 0 1 1", []),
            7: ("7 (a) Z (b) c) R 1 7 7", []),
            8: ("8 (gone) Z 7 8 8", []),
            9: ("", []),
            10: ("10 (ours) S %d 1 1" % os.getpid(), []),
            11: ("11 (line\nbreak) S 1 11 11", []),
        },
    )
    (tmp_path / "proc" / "self").mkdir()
    names = {entry[0]: tuple(entry[1:]) for entry in probe.machine("processes")}
    assert names == {
        1: (0, "S", "systemd"),
        7: (1, "R", "a) Z (b) c"),
        8: (7, "Z", "gone"),
        11: (1, "S", "line\nbreak"),
    }


def test_a_zombie_that_is_gone_a_moment_later_is_none(tmp_path, monkeypatch):
    probe = proc(tmp_path, {8: ("8 (brief) Z 7 8 8", []), 9: ("9 (stays) Z 7 9 9", [])})
    monkeypatch.setattr(machine.time, "sleep", lambda _seconds: (tmp_path / "proc/8/stat").unlink())
    assert probe.machine("processes") == [[9, 7, "Z", "stays"]]


def test_socket_owners(tmp_path):
    probe = proc(
        tmp_path,
        {
            1: ("1 (systemd) S 0 1 1", ["socket:[5]", "/dev/null"]),
            70: ("70 (caddy) S 1 1 1", ["socket:[7]", "socket:[8]", "pipe:[9]"]),
        },
    )
    assert probe.machine("socket_owners", [5, 8, 9, 11, 0]) == {"5": "systemd", "8": "caddy"}
    assert probe.machine("socket_owners", []) == {}
