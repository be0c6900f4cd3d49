"""What a service wrote of late: from the file its unit names, by the times in it, and from the journal."""

from __future__ import annotations

import os

import pytest

from ansible_collections.orama.monitor.plugins.module_utils import log_lines, service_log, systemd
from ansible_collections.orama.monitor.plugins.module_utils.collectors import anyone
from ansible_collections.orama.monitor.plugins.module_utils.errors import Denied, Missing, ProbeError, ProbeTimeout
from ansible_collections.orama.monitor.plugins.module_utils.log_lines import Log
from ansible_collections.orama.monitor.plugins.module_utils.probe import TEXT_LIMIT, Output, Probe

UNIT = "orama-olric"
LOG = "/opt/orama/.orama/logs/olric.log"
TO_FILE = "[Service]\nExecStart=/x\nStandardOutput=append:%s\nStandardError=append:%s\n" % (LOG, LOG)
NOON = 1795694400  # 2026-11-26T12:00:00Z
EAST = 7200
HOUR = 3600


class Node(Probe):
    """A node whose files lie below a folder, at noon of UTC; its local time is two hours ahead."""

    def machine(self, name, *_args):
        return {"time": float(NOON), "utc_offset": EAST}[name]


@pytest.fixture
def node(tmp_path, monkeypatch):
    monkeypatch.setattr(systemd, "journal", lambda *_args: Log(["Started Olric."]))
    monkeypatch.setattr(service_log, "PATIENCE", 60)
    return Node(root=str(tmp_path))


def put(node, path, text, modified=NOON):
    place = node.path(path)
    os.makedirs(os.path.dirname(place), exist_ok=True)
    with open(place, "w", encoding="utf-8") as file:
        file.write(text)
    os.utime(place, (modified, modified))


def installed(node, text=TO_FILE):
    put(node, "/etc/systemd/system/%s.service" % UNIT, text)


def log_of(node):
    return service_log.recent(node, UNIT, HOUR, ("panic", "error"))


def told(node):
    log = log_of(node)
    return None if log is None else log.lines


# Where it is


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("", []),
        ("[Service]\nStandardOutput=journal\n", []),
        ("StandardOutput=append:/a\n", ["/a"]),
        ("StandardOutput=append:/a\nStandardError=inherit\n", ["/a"]),
        ("StandardOutput=append:/a\nStandardError=append:/a\n", ["/a"]),
        ("StandardOutput=file:/a\nStandardError=truncate:/b\n", ["/a", "/b"]),
        ("StandardOutput=journal\nStandardError=append:/b\n", ["/b"]),
        ("StandardOutput=append:/a\nStandardError=journal\n", ["/a"]),
        ("  StandardOutput = append:/with a blank \n", ["/with a blank"]),
        ("#StandardOutput=append:/a\n;StandardError=append:/a\n", []),
        ("StandardOutput=append:/a\nStandardOutput=append:/b\n", ["/b"]),
        ("StandardOutput=append:/a\n\nStandardOutput=\n", []),
        ("StandardOutput=append:/a\nStandardError=append:/b\nStandardError=\n", ["/a"]),
        ("StandardOutput=append:a\nStandardError=append:/a\0b\n", []),
        ("StandardOutputs=append:/a\nStandardOutput append:/a\n", []),
    ],
)
def test_where_a_unit_sends_it(text, files):
    assert service_log.parse_destinations(text) == files


def test_a_drop_in_has_the_last_word_and_a_file_of_another_kind_none(node):
    installed(node)
    folder = "/etc/systemd/system/%s.service.d" % UNIT
    put(node, folder + "/10-log.conf", "[Service]\nStandardOutput=append:/b\nStandardError=inherit\n")
    put(node, folder + "/20-log.conf.old", "[Service]\nStandardOutput=append:/c\n")
    assert service_log.parse_destinations(systemd.unit_text(node, UNIT)) == ["/b"]
    put(node, folder + "/30-log.conf", "[Service]\nStandardOutput=journal\n")
    assert service_log.parse_destinations(systemd.unit_text(node, UNIT)) == []


def test_a_unit_of_elsewhere_says_nothing(node):
    assert systemd.unit_text(node, UNIT) == ""


def test_a_masked_unit_says_nothing(node):
    os.makedirs(node.path("/etc/systemd/system"))
    os.symlink("/dev/null", node.path("/etc/systemd/system/%s.service" % UNIT))
    assert systemd.unit_text(node, UNIT) == ""


def test_a_unit_that_may_not_be_read_may_send_it_anywhere(node, monkeypatch):
    installed(node)

    def read(path, **_named):
        raise Denied("%s: not readable by this user" % path)

    monkeypatch.setattr(node, "read", read)
    with pytest.raises(Denied):
        told(node)


def test_a_name_with_specifiers_is_not_understood(node):
    installed(node, "[Service]\nStandardOutput=append:/logs/%N.log\n")
    with pytest.raises(ProbeError, match="^orama-olric.service: its log's name is not understood$"):
        told(node)


# What is read of it


@pytest.mark.parametrize("text", [None, "[Service]\nExecStart=/x\n", TO_FILE])
def test_without_a_file_the_journal_is_all(node, monkeypatch, text):
    if text:
        installed(node, text)
    assert told(node) == ["Started Olric."]

    def journal(*_args):
        raise Missing("this node keeps no journal")

    monkeypatch.setattr(systemd, "journal", journal)
    with pytest.raises(Missing):
        told(node)


def test_what_the_journal_has_comes_first_and_then_the_file(node):
    installed(node)
    put(node, LOG, "2026/11/26 12:59:59 [INFO] old\n2026/11/26 13:00:01 [ERROR] new\ngoroutine 1\n")
    assert told(node) == ["Started Olric.", "2026/11/26 13:00:01 [ERROR] new", "goroutine 1"]


def test_both_files_are_read_where_there_are_two(node):
    installed(node, "StandardOutput=append:/out\nStandardError=append:/err\n")
    put(node, "/out", "13:30:00 out\n")
    put(node, "/err", "13:30:00 err\n")
    assert told(node)[1:] == ["13:30:00 out", "13:30:00 err"]
    put(node, "/err", "no time\n")
    assert told(node) is None


@pytest.mark.parametrize("error", [Missing("none"), Denied("not readable")])
def test_the_file_goes_without_the_journal(node, monkeypatch, error):
    def journal(*_args):
        raise error

    installed(node)
    put(node, LOG, "13:30:00 said\n")
    monkeypatch.setattr(systemd, "journal", journal)
    assert told(node) == ["13:30:00 said"]


def test_a_journal_that_hangs_is_said(node, monkeypatch):
    def journal(*_args):
        raise ProbeTimeout("journalctl: no answer within 4 s")

    installed(node)
    put(node, LOG, "13:30:00 said\n")
    monkeypatch.setattr(systemd, "journal", journal)
    with pytest.raises(ProbeTimeout):
        told(node)


def test_a_file_of_long_ago_is_not_read(node, monkeypatch):
    installed(node)
    put(node, LOG, "13:30:00 of another day\n", modified=NOON - HOUR - 1)
    monkeypatch.setattr(service_log, "_read", None)
    assert told(node) == ["Started Olric."]


@pytest.mark.parametrize("new", ["", None], ids=["empty", "not there yet"])
def test_a_service_may_write_on_into_a_file_that_was_renamed(node, new):
    installed(node)
    put(node, LOG + ".1", "2026/11/26 12:00:00 before\n2026/11/26 13:50:00 panic: x\n", modified=NOON)
    if new is not None:
        put(node, LOG, new, modified=NOON - 2 * HOUR)
    assert told(node)[1:] == ["2026/11/26 13:50:00 panic: x"]
    assert service_log.tail(node, UNIT)[-1] == "2026/11/26 13:50:00 panic: x"


def test_what_was_rotated_is_read_where_the_file_begins_within_the_time(node):
    installed(node)
    put(node, LOG + ".1", "2026/11/26 12:00:00 too old\n2026/11/26 13:10:00 rotated\npanic: x\n", modified=NOON)
    put(node, LOG, "2026/11/26 13:50:00 new\n")
    assert told(node)[1:] == ["2026/11/26 13:10:00 rotated", "panic: x", "2026/11/26 13:50:00 new"]
    put(node, LOG, "")
    assert told(node)[1:] == ["2026/11/26 13:10:00 rotated", "panic: x"]
    put(node, LOG, "goroutine 1\n")
    assert told(node)[1:] == ["2026/11/26 13:10:00 rotated", "panic: x", "goroutine 1"]
    put(node, LOG, "2026/11/26 12:59:00 old\n2026/11/26 13:50:00 new\n")
    assert told(node)[1:] == ["2026/11/26 13:50:00 new"]


def test_a_file_that_says_no_time_is_not_known_and_an_empty_one_says_nothing(node):
    installed(node)
    put(node, LOG, "panic: x\n")
    assert told(node) is None
    put(node, LOG, "\n \n")
    assert told(node) == ["Started Olric."]


@pytest.mark.parametrize("size", [service_log.SHORT_TAIL, service_log.TAIL])
def test_of_a_long_file_the_end_is_read(node, monkeypatch, size):
    """In two steps, and no more of it; of the line that the end begins in nothing is kept."""
    installed(node)
    line = "2026/11/26 13:30:00 [INFO] as the one before it\n"
    old = "2026/11/26 12:30:00 [INFO] as the one before it\n"
    room = size // len(line) - 10
    put(node, LOG, old * (service_log.TAIL // len(old)) + line * room)
    read = []
    monkeypatch.setattr(service_log, "_read", lambda _probe, path, limit: read.append(limit) or text(node, path, limit))
    assert len(told(node)) == 1 + room
    assert read == [limit for limit in (service_log.SHORT_TAIL, service_log.TAIL) if limit <= size]


def text(node, path, limit):
    return node.read(path, limit=limit, tail=True)


BUSY = "%s INFO as the one before it\n" * (2 * service_log.TAIL // 35)


@pytest.mark.parametrize("stamp", ["2026/11/26 %s", "\x1b[90m%s\x1b[0m"])
@pytest.mark.parametrize("rotated", [False, True])
def test_of_a_file_written_to_fast_the_lines_with_a_word_are_told_back_to_the_time_asked_for(node, stamp, rotated):
    old, early, busy, late = (
        text.replace("%s", stamp % time)
        for time, text in (
            ("12:50:00", "%s ERROR old\n"),
            ("13:10:00", "%s PANIC early\n%s INFO no word of it\n"),
            ("13:30:00", BUSY),
            ("13:50:00", "%s ERROR late\n"),
        )
    )
    installed(node)
    put(node, LOG + ".1", old + early + busy if rotated else "13:55:00 PANIC of another day\n")
    put(node, LOG, late if rotated else old + early + busy + late)
    log = log_of(node)
    assert [line.split()[-2:] for line in log.lines[1:]] == [["PANIC", "early"], ["ERROR", "late"]]
    assert log.whole


def test_where_the_time_to_look_is_over_before_it_is_not_whole(node, monkeypatch):
    installed(node)
    busy = BUSY.replace("%s", "13:30:00")
    put(node, LOG, "13:10:00 PANIC early\n" + busy + "13:50:00 ERROR late\n")
    monkeypatch.setattr(service_log, "PATIENCE", -1)
    log = log_of(node)
    assert (log.lines[1:], log.whole) == (["13:50:00 ERROR late"], False)


@pytest.mark.parametrize("block", [50, 64, 117, 1000, 100000])
def test_no_line_is_lost_or_told_twice_where_blocks_meet(node, monkeypatch, block):
    sizes = {"SHORT_TAIL": 60, "TAIL": 120, "BLOCK": block}
    for name, size in sizes.items():
        monkeypatch.setattr(service_log, name, size)
    said = [
        "2026/11/26 13:%02d:%02d %s %d %s" % (1 + n // 60, n % 60, "INFO" if n % 3 else "PANIC", n, "." * (n % 40))
        for n in range(600)
    ]
    installed(node)
    put(node, LOG + ".1", "".join(line + "\n" for line in said[:300]))
    put(node, LOG, "".join(line + "\n" for line in said[300:]))
    assert told(node)[1:] == [line for line in said if "PANIC" in line]


def test_a_trace_without_times_goes_with_what_was_written_after_it(node):
    installed(node)
    trace = "panic: x\n" + "goroutine 1\n" * (2 * service_log.TAIL // 12)
    late = BUSY.replace("%s", "13:30:00")
    put(node, LOG, "12:50:00 INFO old\n" + late + trace + late)
    assert told(node)[1:] == ["panic: x"]


def test_a_count_of_nothing_is_not_known_where_not_all_was_read():
    assert [Log([]).known(count) for count in (0, 2)] == [0, 2]
    assert [Log([], whole=False).known(count) for count in (0, 2)] == [None, 2]


def test_a_journal_of_more_than_is_read_is_not_whole(monkeypatch):
    probe = Probe()
    monkeypatch.setattr(probe, "run", lambda _argv: Output(0, "said\n" * 10))
    assert systemd.read_journal(probe, [], HOUR).whole
    assert not systemd.read_journal(probe, [], HOUR, lines=10).whole
    monkeypatch.setattr(probe, "run", lambda _argv: Output(0, "x" * TEXT_LIMIT))
    assert not systemd.read_journal(probe, [], HOUR).whole


@pytest.mark.parametrize(
    ("answer", "found", "whole"),
    [
        (Output(0, "panic: x\n"), ["panic: x"], True),
        (Output(1, ""), [], True),
        (Output(1, "", "Compiled without pattern matching support"), ["said"], False),
    ],
)
def test_a_journal_of_more_than_is_read_is_searched_for_the_words(monkeypatch, answer, found, whole):
    def run(argv):
        search = [word for word in argv if word.startswith("--grep")]
        assert search in ([], ["--grep=(?<!no)(?:panic|fatal)"])
        return answer if search else Output(0, "said\n" * systemd.JOURNAL_LINES)

    probe = Probe()
    monkeypatch.setattr(probe, "run", run)
    monkeypatch.setattr(probe, "entries", lambda folder: ["a"] if folder in systemd.JOURNAL_FOLDERS else [])
    monkeypatch.setattr(systemd, "installed", lambda *_args: True)
    log = service_log.recent(probe, UNIT, HOUR, ("panic", "fatal"))
    assert (log.lines[: len(found) or None], log.whole) == (found, whole)


def test_one_line_longer_than_all_that_is_read_says_no_time(node):
    installed(node)
    put(node, LOG, "2026/11/26 13:30:00 " + "x" * 2 * service_log.TAIL)
    assert told(node) is None


def test_colours_are_taken_off_the_journal_too():
    assert systemd.parse_journal("\x1b[31m\x1b[1mFATAL\x1b[0m\tit\nold\n") == ["old", "FATAL\tit"]


def test_colours_are_taken_off_and_long_lines_cut(node):
    installed(node)
    put(node, LOG, "\x1b[90m13:30:00\x1b[0m \x1b[31mERROR\x1b[0m it\n13:30:01 %s\n" % ("x" * 9999))
    first, second = told(node)[1:]
    assert first == "13:30:00 ERROR it"
    assert len(second) == log_lines.LINE_LIMIT


@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_what_is_no_file_is_said(node, kind):
    installed(node)
    os.makedirs(os.path.dirname(node.path(LOG)))
    (os.mkfifo if kind == "pipe" else os.mkdir)(node.path(LOG))
    os.utime(node.path(LOG), (NOON, NOON))
    with pytest.raises(ProbeError, match="^%s: " % LOG):
        told(node)


def test_the_end_of_it_is_told_however_old_it_is(node):
    installed(node)
    put(node, LOG + ".1", "Nov 01 10:00:00.000 [notice] Bootstrapped 45% (x)\n", modified=1)
    put(node, LOG, "\x1b[32mBootstrapped 100%\x1b[0m (done): Done\n", modified=1)
    assert anyone.parse_log("\n".join(service_log.tail(node, UNIT))) == 100
    put(node, LOG, "")
    assert anyone.parse_log("\n".join(service_log.tail(node, UNIT))) == 45
    for path in (LOG, LOG + ".1"):
        os.remove(node.path(path))
    assert service_log.tail(node, UNIT) == []


# When it was


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("2026/11/26 12:00:00 [INFO] x", NOON - EAST),
        ("2026/11/26 12:00:00.123456 x", NOON - EAST),
        ("2026-11-26 12:00:00,123 x", NOON - EAST),
        ("2026-11-26T12:00:00Z x", NOON),
        ("2026-11-26T12:00:00.123456789Z x", NOON),
        ("2026-11-26T12:00:00+01:00 x", NOON - 3600),
        ("2026-11-26T12:00:00.5-0330\tx", NOON + 12600),
        ("[2026-11-26T12:00:00Z] x", NOON),
        ("[rqlited] 2026/11/26 12:00:00 x", NOON - EAST),
        ("[raft-wal.1] 2026-11-26T12:00:00.000Z [INFO] x", NOON),
        ("2026/02/30 12:00:00 x", None),
        ("2026/13/01 12:00:00 x", None),
        ("0000/01/01 12:00:00 x", None),
        ("2026/11/26 24:00:00 x", None),
        ("2026/11/26 12:00 x", None),
        (" 2026/11/26 12:00:00 x", None),
        ("12:00:00:00 x", None),
        ("panic: at 12:00:00", None),
        ("\u0661\u0662:00:00 x", None),
        ("", None),
    ],
)
def test_the_time_at_the_beginning_of_a_line(line, at):
    assert service_log.parse_time(line, NOON, EAST) == at


def test_a_time_of_day_is_the_last_such():
    lines = ["23:50:00 a", "00:10:00 b", "23:59:59 c", "00:00:00 d", "13:59:00 e", "14:00:00 f"]
    times = [at - (NOON - 14 * HOUR) for at, _line in service_log.parse_times(lines, NOON, EAST)]
    assert times == [-24 * HOUR - 600, -24 * HOUR + 600, -1, 0, 14 * HOUR - 60, 14 * HOUR]


def test_lines_of_one_moment_may_be_out_of_order():
    """Several threads write: a later time before an earlier one does not make it the day before, nor at midnight."""
    lines = ["23:59:59 a", "00:00:00 b", "23:59:59 c", "00:00:01 d", "13:59:59.9 e", "14:00:00.1 f", "13:59:59.8 g"]
    midnight = NOON - 14 * HOUR
    times = [at - midnight for at, _line in service_log.parse_times(lines, NOON, EAST)]
    assert times == [-1, 0, -1, 1, 14 * HOUR - 1, 14 * HOUR, 14 * HOUR - 1]


def test_a_date_places_the_times_of_day_before_it():
    lines = ["13:00:00 a", "2026/11/24 13:30:00 b", "13:40:00 c"]
    times = [at for at, _line in service_log.parse_times(lines, NOON, EAST)]
    assert times == [NOON - 48 * HOUR - HOUR, NOON - 48 * HOUR - 1800, NOON - 1200]


def test_a_line_without_a_time_goes_with_the_one_before_it():
    lines = ["first", "10:00:00 a", "panic: x", "goroutine 1", "11:00:00 b"]
    times = [at - NOON for at, _line in service_log.parse_times(lines, NOON, 0)]
    assert times == [-7200, -7200, -7200, -7200, -3600]


def test_lines_without_any_time_have_none():
    assert service_log.parse_times(["panic: x", "goroutine 1"], NOON, 0) is None
    assert service_log.parse_times([], NOON, 0) == []
