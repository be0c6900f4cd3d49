# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Section ``anyone``: the relay or client of the Anyone network, and how far it has come in joining it.

The control port knows where the daemon stands now. Where it is closed the last word of the log counts, then that of
the log before it was rotated, then that of the file to which the unit sends what it writes, then that of the journal.
"""

from __future__ import annotations

import re

from .. import service_log
from ..errors import Absent, Denied, Missing, ProbeError
from ..parts import Parts
from ..pick import text as printable
from ..probe import Probe
from ..sockets import listens
from ..systemd import PACKAGED_ANYONE_UNIT, active, installed, journal

RELAY, CLIENT = "orama-anyone-relay", "orama-anyone-client"
CONFIG = "/etc/anon/anonrc"
LOG = "/var/log/anon/notices.log"
FINGERPRINT = "/var/lib/anon/fingerprint"
CONTROLS = ("/run/anon/control", "127.0.0.1:9051")
PHASE = "status/bootstrap-phase"
LOG_TAIL = 1024 * 1024
JOURNAL_WINDOW = 7 * 86400
PORTS = {"orport_listening": 9001, "socks_listening": 9050, "control_listening": 9051}


def collect(probe: Probe) -> dict:
    units = (RELAY, CLIENT, PACKAGED_ANYONE_UNIT)
    running = {unit: active(probe, unit) for unit in units}
    if not any(running.values()) and not _installed(probe, units):
        raise Absent
    parts = Parts()
    config = _config(probe, parts)
    mode = parse_mode(config) or _mode_of_units(probe)
    section = dict(_actives(running, mode), mode=mode)
    section.update({field: listens(probe, "tcp", port) for field, port in PORTS.items()})
    up = _any(running.values())
    percent = None if up is False else _bootstrap(probe, parts, running, config)
    section.update(bootstrapped=False if up is False else _done(percent), bootstrap_pct=percent)
    section.update(_identity(probe, parts, config))
    return parts.conclude(section)


def _installed(probe: Probe, units: tuple[str, ...]) -> bool:
    return any(installed(probe, unit) for unit in units) or probe.exists(CONFIG)


def _any(values) -> bool | None:
    """True when one is, False when none is, None when that can't be told."""
    known = list(values)
    return True if True in known else (None if None in known else False)


def _done(percent: int | None) -> bool | None:
    return None if percent is None else percent == 100


# Which of the two it is


def _config(probe: Probe, parts: Parts) -> str:
    try:
        return probe.read(CONFIG)
    except Missing:
        return ""
    except ProbeError as error:
        return parts.of(error) or ""


def parse_mode(config: str) -> str | None:
    """A relay has an ORPort; None for an empty configuration."""
    settings = parse_settings(config)
    if not settings:
        return None
    return "relay" if any(value.split()[:1] not in ([], ["0"]) for value in settings.get("orport", [])) else "client"


def parse_settings(config: str) -> dict[str, list[str]]:
    """The values of each option of an anonrc, by its name in lower case."""
    settings: dict[str, list[str]] = {}
    for line in config.splitlines():
        words = line.split("#", 1)[0].split(None, 1)
        if words:
            settings.setdefault(words[0].lower(), []).append("".join(words[1:]).strip())
    return settings


def _mode_of_units(probe: Probe) -> str | None:
    if installed(probe, RELAY):
        return "relay"
    return "client" if installed(probe, CLIENT) else None


def _actives(running: dict, mode: str | None) -> dict:
    """The daemon of Debian's package counts as the relay or the client that its configuration makes it."""
    packaged = running[PACKAGED_ANYONE_UNIT]
    return dict(
        relay_active=running[RELAY] or (bool(packaged) if mode == "relay" and packaged else running[RELAY]),
        client_active=running[CLIENT] or (bool(packaged) if mode == "client" and packaged else running[CLIENT]),
    )


# How far it has come


def _bootstrap(probe: Probe, parts: Parts, running: dict, config: str) -> int | None:
    """Percent, from the first source that knows it; where none does, why the first of them could not tell."""
    log = log_file(config)
    unit = next((name for name, is_active in running.items() if is_active), None)
    sources = [lambda place=place: _controlled(probe, place) for place in CONTROLS]
    logs = (log, log + service_log.ROTATED)
    sources += [lambda path=path: parse_log(probe.read(path, limit=LOG_TAIL, tail=True)) for path in logs]
    if unit:
        sources.append(lambda: parse_log("\n".join(service_log.tail(probe, unit))))
        sources.append(lambda: parse_log(_journal(probe, unit)))
    denied = None
    for source in sources:
        try:
            percent = source()
        except Denied as error:
            denied = denied or error
            continue
        except ProbeError:
            continue
        if percent is not None:
            return percent
    return parts.of(denied)


def _journal(probe: Probe, unit: str) -> str:
    log = journal(probe, unit, JOURNAL_WINDOW)
    return "\n".join(log.lines) if log else ""


def _controlled(probe: Probe, place: str) -> int | None:
    if place.startswith("/") and not probe.exists(place):
        return None
    if not place.startswith("/") and listens(probe, "tcp", int(place.rsplit(":", 1)[1])) is False:
        return None
    return parse_phase(probe.machine("control", place, PHASE, 1.0))


def parse_phase(text: str) -> int | None:
    """``PROGRESS=`` of what the control port answers."""
    found = re.search(r"\bBOOTSTRAP\b.*?\bPROGRESS=(\d{1,3})\b", text)
    return _percent(found.group(1)) if found else None


def parse_log(text: str) -> int | None:
    """The last progress a log tells of, where it got stuck included."""
    found = re.findall(r"(?:\bBootstrapped |\bStuck at )(\d{1,3})%", text)
    return _percent(found[-1]) if found else None


def _percent(text: str) -> int | None:
    return int(text) if int(text) <= 100 else None


def log_file(config: str) -> str:
    """Where the configuration sends the notices."""
    for value in parse_settings(config).get("log", []):
        words = value.split()
        if len(words) == 3 and words[0].startswith("notice") and words[1] == "file" and words[2].startswith("/"):
            return words[2]
    return LOG


# Who it is


def _identity(probe: Probe, parts: Parts, config: str) -> dict:
    nickname = parse_settings(config).get("nickname", [""])[0]
    try:
        name, fingerprint = parse_fingerprint(probe.read(FINGERPRINT, limit=4096))
    except Missing:  # a client has none
        name, fingerprint = None, None
    except ProbeError as error:
        name, fingerprint = parts.of(error), None
    return dict(fingerprint=fingerprint, nickname=name or printable(nickname))


def parse_fingerprint(text: str) -> tuple[str | None, str | None]:
    """(nickname, fingerprint) of ``Nickname HEX40``."""
    found = re.match(r"\s*([A-Za-z0-9]{1,19}) ((?:[0-9A-F]{4} ?){10})\s*$", text)
    return (found.group(1), found.group(2).replace(" ", "")) if found else (None, None)
