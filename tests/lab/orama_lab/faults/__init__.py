"""Every fault of the lab. A module a subsystem; importing it registers its faults."""

from __future__ import annotations

from . import (
    answers,
    anyone,
    dns,
    gateway,
    ipfs,
    namespaces,
    network,
    olric,
    reach,
    rqlite,
    slow,
    system,
    units,
    wireguard,
)
from .combinations import COMBINATIONS, SIDE_BY_SIDE
from .registry import FAULTS, At, Fault, find, pick

MODULES = (
    reach,
    answers,
    units,
    rqlite,
    wireguard,
    system,
    network,
    dns,
    olric,
    ipfs,
    gateway,
    anyone,
    namespaces,
    slow,
)

__all__ = ["COMBINATIONS", "FAULTS", "MODULES", "SIDE_BY_SIDE", "At", "Fault", "find", "pick"]
