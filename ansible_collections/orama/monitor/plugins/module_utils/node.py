# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Runs the collectors side by side, times and guards each, and assembles the node's report."""

from __future__ import annotations

import datetime
import json
import os
import re
import threading
import time

from .collectors import COLLECTORS
from .errors import Absent, Incomplete, ProbeError, ProbeTimeout
from .options import Options
from .pick import text as printable
from .probe import Probe

SCHEMA_VERSION = 1
MESSAGE_LIMIT = 300
SECTIONS_LIMIT = 600_000  # characters of JSON: ansible-runner drops a result of 700,000 without a word


class Outcome:
    """How one collector ended: its section (None when there is none), status, milliseconds and error."""

    def __init__(self, section: dict | None, status: str, ms: int, error: str | None = None) -> None:
        self.section = section
        self.status = status
        self.ms = ms
        self.error = error


def report(options: Options | None = None, root: str = "/") -> dict:
    """Collect everything about this node. Never raises for what a collector meets, and ends by the deadline.

    The shape is the node report's: one key a collector, ``null`` for what is not known or not installed.
    """
    options = options or Options()
    began = time.monotonic()
    timestamp = datetime.datetime.now(datetime.timezone.utc)
    probe = Probe(options, root)
    try:
        outcomes = bounded(run(probe, COLLECTORS))
        version = _version(outcomes)
    finally:
        probe.close()
    sections = {name: outcome.section for name, outcome in outcomes.items()}
    return dict(
        schema_version=SCHEMA_VERSION,
        timestamp=timestamp.strftime("%Y-%m-%dT%H:%M:%SZ"),
        hostname=printable(os.uname().nodename) or "",
        version=version,
        wireguard_ip=(sections.get("wireguard") or {}).get("wg_ip"),
        collect_ms=_ms(began),
        errors=["%s: %s" % (name, outcome.error) for name, outcome in outcomes.items() if outcome.error],
        collectors={
            name: dict(status=outcome.status, ms=outcome.ms, error=outcome.error) for name, outcome in outcomes.items()
        },
        **sections,
    )


def run(probe: Probe, collectors: dict) -> dict[str, Outcome]:
    """Every collector's outcome by its name. A collector that is not back by the deadline is left behind."""
    outcomes: dict[str, Outcome] = {}

    def guard(name, collect):
        outcomes[name] = _guarded(probe, collect)

    began = time.monotonic()
    questions = list(collectors.items()) + [(_VERSION, _asked_version)]
    threads = [threading.Thread(target=guard, args=item, daemon=True) for item in questions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, probe.ends - time.monotonic()))
    late = "did not finish within %.3g s" % probe.options.deadline
    done = dict(outcomes)  # a late thread may still write to the other one
    return {name: done.get(name) or Outcome(None, "timeout", _ms(began), late) for name, _collect in questions}


def bounded(outcomes: dict[str, Outcome]) -> dict[str, Outcome]:
    """The outcomes without the largest sections where all together are too much, which only hostile answers are."""
    sizes = {name: len(json.dumps(outcome.section)) for name, outcome in outcomes.items()}
    kept = dict(outcomes)
    while sum(sizes.values()) > SECTIONS_LIMIT:
        name = max(sizes, key=lambda name: sizes[name])
        said = "left out: a section of %d characters does not fit into a report" % sizes.pop(name)
        kept[name] = Outcome(None, "failed", outcomes[name].ms, said)
    return kept


def _guarded(probe: Probe, collect) -> Outcome:
    began = time.monotonic()
    try:
        return Outcome(collect(probe), "ok", _ms(began))
    except Absent:
        return Outcome(None, "absent", _ms(began))
    except Incomplete as error:
        return Outcome(error.section, _status(error.cause), _ms(began), _line(error.cause))
    except Exception as error:
        return Outcome(None, _status(error), _ms(began), _line(error))


def _status(error: Exception) -> str:
    return "timeout" if isinstance(error, ProbeTimeout) else "failed"


def _line(error: Exception) -> str:
    """The error as one short line. A crash of our own shows its type only: its text may hold node output."""
    if isinstance(error, ProbeError):
        return (printable(str(error)) or "")[:MESSAGE_LIMIT]
    where = error.__traceback__
    while where and where.tb_next:
        where = where.tb_next
    place = "%s:%d" % (os.path.basename(where.tb_frame.f_code.co_filename), where.tb_lineno) if where else "?"
    return "%s at %s" % (type(error).__name__, place)


_VERSION = "version"


def _asked_version(probe: Probe) -> dict:
    return dict(version=parse_version(probe.run([probe.options.orama_bin, "version"]).stdout))


def parse_version(text: str) -> str | None:
    """The first semantic version in what ``orama version`` or the gateway says, without a "v" before it."""
    found = re.search(r"\bv?(\d{1,9}\.\d{1,9}\.\d{1,9}(?:-[0-9A-Za-z.-]{1,100})?)", text)
    return found.group(1) if found else None


def _version(outcomes: dict[str, Outcome]) -> str | None:
    asked = (outcomes.pop(_VERSION).section or {}).get("version")
    gateway = outcomes.get("gateway")
    told = (gateway.section or {}).get("version") if gateway else None
    return asked or parse_version(told or "")


def _ms(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
