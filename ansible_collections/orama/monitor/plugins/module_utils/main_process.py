# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""A unit's main process: its memory, which the kernel tells also where systemd keeps no account, and restarts."""

from __future__ import annotations

import re

from . import systemd
from .errors import ProbeError
from .probe import Probe


def resident_mb(probe: Probe, unit: str) -> int | None:
    """MiB that the main process of a unit holds in memory; None when it doesn't run or can't be asked."""
    try:
        pid = systemd.units(probe).get(unit, {}).get("main_pid")
        return parse_resident(probe.read("/proc/%d/status" % pid)) if pid else None
    except ProbeError:
        return None


def restarts(probe: Probe, unit: str) -> int | None:
    """How often systemd has restarted the unit; None when it can't be asked."""
    try:
        return systemd.units(probe).get(unit, {}).get("n_restarts")
    except ProbeError:
        return None


def parse_resident(text: str) -> int | None:
    """``VmRSS`` of a /proc/PID/status in MiB."""
    found = re.search(r"^VmRSS:\s*([0-9]{1,15}) kB$", text, re.MULTILINE)
    return int(found.group(1)) // 1024 if found else None
