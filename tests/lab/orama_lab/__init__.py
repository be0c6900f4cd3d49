"""A real Orama cluster on one machine, in namespaces of its own."""

from __future__ import annotations

from .lab import Lab
from .shell import LabError

__all__ = ["Lab", "LabError"]
