# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""What can go wrong while a node is asked, as types a collector can tell apart."""

from __future__ import annotations


class ProbeError(Exception):
    """A question to the node got no usable answer. The text is one line and holds no output of the node's secrets."""


class ProbeTimeout(ProbeError):
    """The answer did not come in time."""


class Missing(ProbeError):
    """The command or file that was asked is not on this node."""


class Refused(ProbeError):
    """Nobody listens there: an answer of the node itself, at once."""


class Denied(ProbeError):
    """The node refused: no permission, or credentials are asked for."""


class Absent(Exception):
    """The subsystem is not installed on this node: no section, and no failure either."""


class Incomplete(Exception):
    """Part of a section could be had: it is reported, and the collector counts as failed (or timed out)."""

    def __init__(self, section: dict, cause: Exception) -> None:
        super().__init__(str(cause))
        self.section = section
        self.cause = cause
