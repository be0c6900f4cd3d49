"""What may be done about the host keys of nodes: learn new ones, trust known ones only, or ask no questions."""

from __future__ import annotations

from typing import Literal

HostKeys = Literal["accept-new", "strict", "off"]
