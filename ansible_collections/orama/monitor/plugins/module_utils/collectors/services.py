# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Section ``services``: the units that make an Orama node, and whatever else failed."""

from __future__ import annotations

import re

from ..errors import ProbeError
from ..parts import Parts, capped
from ..pick import TEXT_LIMIT
from ..probe import Probe
from ..systemd import PACKAGED_ANYONE_UNIT, core_units, shortfall, units

UNITS_LIMIT = 150
FAILED_LIMIT = 100


def collect(probe: Probe) -> dict:
    answers = probe.together({"units": lambda: units(probe), "failed": lambda: _failed_units(probe)})
    if all(isinstance(answer, ProbeError) for answer in answers.values()):
        raise answers["units"]
    parts = Parts()
    found, failed = parts.of(answers["units"]), parts.of(answers["failed"])
    section: dict = dict(services=None, failed_units=None)
    if found is not None:
        parts.of(shortfall(probe))
        missing = [name for name in core_units(probe.options) if name not in found]
        if missing:
            parts.problems.append(ProbeError("systemctl show: no word of %s" % ", ".join(missing)))
        section.update(capped("services", listed(found, core_units(probe.options)), UNITS_LIMIT, _calm))
    if failed is not None:
        section.update(capped("failed_units", failed, FAILED_LIMIT))
    return parts.conclude(section)


def listed(found: dict[str, dict], core: tuple[str, ...]) -> list[dict]:
    """The core units, installed or not, then the others that are there, by name."""
    others = [found[name] for name in sorted(found) if name not in core and name != PACKAGED_ANYONE_UNIT]
    there = [unit for unit in others if unit["load_state"] != "not-found" or unit["active_state"] != "inactive"]
    return [found[name] for name in core if name in found] + there


def _calm(unit: dict) -> bool:
    return unit["active_state"] == "active" and not unit["restart_loop_risk"]


def _failed_units(probe: Probe) -> list[str]:
    output = probe.run(["systemctl", "list-units", "--state=failed", "--plain", "--no-legend", "--full"])
    if output.code != 0:
        raise ProbeError("systemctl list-units: exit code %d" % output.code)
    return parse_failed(output.stdout)


def parse_failed(text: str) -> list[str]:
    """Names of failed units of every kind; some versions put a dot or a star before them."""
    names = re.findall(r"^\W{0,4}(\S+\.[a-z]+)\s+\S+\s+failed\s", text, re.MULTILINE)
    return [name[:TEXT_LIMIT] for name in names]
