# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""What systemd knows: the units of an Orama node, asked once in a collection, one unit's own text, and its journal."""

from __future__ import annotations

import re

from .errors import Denied, Missing, ProbeError
from .log_lines import LINE_LIMIT, Log, plain
from .options import Options
from .pick import count
from .probe import TEXT_LIMIT, Output, Probe

CORE_UNITS = (
    "orama-node",
    "orama-gateway",
    "orama-olric",
    "orama-ipfs",
    "orama-ipfs-cluster",
    "orama-anyone-relay",
    "orama-anyone-client",
    "coredns",
    "caddy",
)
WIREGUARD_UNIT = "wg-quick@%s"
PACKAGED_ANYONE_UNIT = "anon@default"  # the daemon's unit where it came as a Debian package, not with Orama
FOUND_UNITS = ("orama-deploy-*", "orama-namespace-*@*")
UNIT_FILES = "/etc/systemd/system"
UNIT_LIMIT, DROP_INS_LIMIT = 65536, 50
DEPLOYMENT_FILE = re.compile(r"orama-deploy-[\w.:@-]+(?<!@)\.service")

PROPERTIES = (
    "Id",
    "LoadState",
    "ActiveState",
    "SubState",
    "UnitFileState",
    "NRestarts",
    "ActiveEnterTimestampMonotonic",
    "MemoryCurrent",
    "CPUUsageNSec",
    "MainPID",
)
ENABLED_STATES = ("enabled", "enabled-runtime")
ACTIVE_STATES = ("active", "reloading", "refreshing")
UNKNOWN_NUMBERS = ("", "[not set]", str(2**64 - 1))  # old versions print the number that stands for "not set"

LOOP_RESTARTS = 3
LOOP_SECONDS = 300
JOURNAL_LINES = 10000
JOURNAL_WORDS = "--grep=(?<!no)(?:%s)"  # in any case; CoreDNS says NOERROR of each query
JOURNAL_FOLDERS = ("/run/log/journal", "/var/log/journal")
UNREADABLE_JOURNAL = ("insufficient permissions", "not seeing messages from other users")


def core_units(options: Options) -> tuple[str, ...]:
    """The names of the units every Orama node may have."""
    return CORE_UNITS + (WIREGUARD_UNIT % options.wireguard_interface,)


def units(probe: Probe) -> dict[str, dict]:
    """Every unit of interest by its name without ".service"; ``load_state`` tells which are installed.

    Raises Missing where there is no systemd, else as ``probe.run``.
    """
    return probe.once(_shown)[0]


def shortfall(probe: Probe) -> ProbeError | None:
    """Why ``units`` may lack some; None where systemctl told of all. Raises as ``units``."""
    return probe.once(_shown)[1]


def active(probe: Probe, unit: str) -> bool | None:
    """Whether the unit is active; None when systemd could not be asked."""
    state = _unit(probe, unit)
    return None if state is None else state["active_state"] in ACTIVE_STATES


def active_for(probe: Probe, unit: str) -> int | None:
    """Seconds since the unit became active; None where it is not, or systemd could not be asked."""
    state = _unit(probe, unit)
    return None if state is None else state.get("active_since_sec")


def installed(probe: Probe, unit: str) -> bool | None:
    """Whether systemd has the unit, masked ones included; None when systemd could not be asked."""
    state = _unit(probe, unit)
    return None if state is None else state["load_state"] not in (None, "not-found")


def unit_text(probe: Probe, unit: str) -> str:
    """The unit's file in UNIT_FILES and, after it, what drop-ins there change of it; "" where it comes from elsewhere.

    Raises Denied where one of them is not readable.
    """
    name = "%s.service" % unit
    kept = probe.once(_unit_folder)
    files = [name] if name in kept else []
    if name + ".d" in kept:
        changes = [entry for entry in probe.entries("%s/%s.d" % (UNIT_FILES, name)) if entry.endswith(".conf")]
        files += ["%s.d/%s" % (name, entry) for entry in changes[:DROP_INS_LIMIT]]
    return "\n".join(_unit_part(probe, "%s/%s" % (UNIT_FILES, file)) for file in files)


def journal(probe: Probe, unit: str, seconds: int, words: tuple[str, ...] = ()) -> Log | None:
    """The unit's messages of the last ``seconds``, oldest first, at most the newest JOURNAL_LINES lines.

    Where these are not all, they are those with one of the words, which are in lower case and stand for every case.
    None where the unit is not installed and has left none: that it wrote nothing would say too much.
    Raises Missing (no journal), Denied (not readable by this user), else as ``probe.run``.
    """
    log = probe.once(_JournalOf(unit, seconds))
    if words and not log.whole:
        log = _searched(probe, unit, seconds, words) or log
    return None if not log.lines and installed(probe, unit) is False else log


def _searched(probe: Probe, unit: str, seconds: int, words: tuple[str, ...]) -> Log | None:
    """The messages with one of the words; None where the journal can't be searched, or not in time."""
    try:
        return probe.once(_JournalOf(unit, seconds, words))
    except ProbeError:
        return None


def _unit(probe: Probe, name: str) -> dict | None:
    try:
        return units(probe).get(name, NOT_FOUND)
    except ProbeError:
        return None


NOT_FOUND = {"active_state": "inactive", "load_state": "not-found"}


def _shown(probe: Probe) -> tuple[dict[str, dict], ProbeError | None]:
    names = list(core_units(probe.options)) + [PACKAGED_ANYONE_UNIT] + list(FOUND_UNITS) + _unit_files(probe)
    asked = ["%s.service" % name for name in names]
    output = probe.run(["systemctl", "show", "--all", "--property=%s" % ",".join(PROPERTIES), "--"] + asked)
    found = parse_show(output.stdout, probe.machine("monotonic"))
    if not found:
        raise _no_systemd(output)
    said = "systemctl show: exit code %d, units may be missing" % output.code
    return found, ProbeError(said) if output.code != 0 else None


def _no_systemd(output: Output) -> ProbeError:
    if "booted with systemd" in output.stderr or "connect to bus" in output.stderr:
        return Missing("systemd does not run on this node")
    return ProbeError("systemctl show: no units in its answer (exit code %d)" % output.code)


def _unit_files(probe: Probe) -> list[str]:
    """Deployments that are stopped and disabled: systemd forgets them, their unit files remain.

    A template is no unit, and systemctl shows nothing of what is asked after one.
    """
    try:
        files = probe.once(_unit_folder)
    except ProbeError:
        return []
    return [name[: -len(".service")] for name in files if DEPLOYMENT_FILE.fullmatch(name)]


def _unit_folder(probe: Probe) -> list[str]:
    try:
        return probe.entries(UNIT_FILES)
    except Missing:
        return []


def _unit_part(probe: Probe, path: str) -> str:
    try:
        return probe.read(path, limit=UNIT_LIMIT)
    except Denied:
        raise
    except ProbeError:  # masked, which is a link to no regular file, or gone meanwhile
        return ""


def parse_show(text: str, now: float) -> dict[str, dict]:
    """The blocks of ``systemctl show`` as units by name; ``now`` is the monotonic clock in seconds."""
    found = {}
    for block in re.split(r"\n\s*\n", text):
        values = dict(line[:LINE_LIMIT].split("=", 1) for line in block.splitlines() if "=" in line[:LINE_LIMIT])
        if values.get("Id"):
            unit = _parsed(values, now)
            found[unit["name"]] = unit
    return found


def _parsed(values: dict[str, str], now: float) -> dict:
    state = values.get("ActiveState")
    restarts = _number(values.get("NRestarts"))
    entered = _number(values.get("ActiveEnterTimestampMonotonic"))
    since = int(now - entered / 1e6) if entered and state in ACTIVE_STATES else None
    if since is not None and since < 0:  # no time of this boot
        since = None
    memory = _number(values.get("MemoryCurrent"))
    return dict(
        name=re.sub(r"\.service$", "", values["Id"]),
        load_state=values.get("LoadState"),
        active_state=state,
        sub_state=values.get("SubState"),
        enabled=values["UnitFileState"] in ENABLED_STATES if "UnitFileState" in values else None,
        n_restarts=restarts,
        active_since_sec=since,
        memory_current_mb=None if memory is None else memory // 2**20,
        cpu_usage_nsec=_number(values.get("CPUUsageNSec")),
        main_pid=_number(values.get("MainPID")) or None,
        restart_loop_risk=loops(restarts, state, since),
    )


def loops(restarts: int | None, state: str | None, since: int | None) -> bool | None:
    """Whether a unit that was restarted by systemd has not settled since."""
    if restarts is None:
        return None
    unsettled = state == "activating" or (since is not None and since < LOOP_SECONDS)
    return restarts > LOOP_RESTARTS and unsettled


def _number(text: str | None) -> int | None:
    return None if text in UNKNOWN_NUMBERS else count(text)


class _JournalOf:
    """One question to the journal, equal to another of the same unit, window and words, so that it is asked once."""

    def __init__(self, unit: str, seconds: int, words: tuple[str, ...] = ()) -> None:
        self.key = (unit, seconds, words)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _JournalOf) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __call__(self, probe: Probe) -> Log:
        unit, seconds, words = self.key
        search = [JOURNAL_WORDS % "|".join(words)] if words else []
        return read_journal(probe, ["--unit=%s.service" % unit] + search, seconds)


def read_journal(probe: Probe, match: list[str], seconds: int, lines: int = JOURNAL_LINES) -> Log:
    """Messages of the last ``seconds`` that match, oldest first. Raises as ``journal``."""
    # Only --reverse makes --lines mean the newest in every version when --since is given too.
    bounds = ["--since=-%ds" % seconds, "--lines=%d" % lines, "--reverse"]
    output = probe.run(["journalctl", "--output=cat", "--no-pager"] + bounds + match)
    if any(words in output.stderr for words in UNREADABLE_JOURNAL):
        raise Denied("the journal is not readable by this user")
    found = parse_journal(output.stdout)
    if not found and output.code != 0 and output.stderr.strip():
        raise ProbeError("journalctl: exit code %d" % output.code)
    if not found and not any(_holds_files(probe, folder) for folder in JOURNAL_FOLDERS):
        raise Missing("this node keeps no journal")
    return Log(found, len(found) < lines and len(output.stdout.encode()) < TEXT_LIMIT)


def _holds_files(probe: Probe, folder: str) -> bool:
    try:
        return bool(probe.entries(folder))
    except ProbeError:
        return False


def parse_journal(text: str) -> list[str]:
    """Messages, newest first, as a list oldest first, cut short and plain, without the remarks of journalctl itself."""
    lines = map(plain, reversed(text.splitlines()))
    return [line for line in lines if not re.match(r"-- .* --$", line)]
