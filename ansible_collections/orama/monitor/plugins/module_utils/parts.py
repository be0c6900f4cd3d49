# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""A section in parts: what could be had is kept, and what went wrong with the rest is said."""

from __future__ import annotations

from .errors import Incomplete, ProbeError, ProbeTimeout


class Parts:
    """Remembers why parts of a section are not known."""

    def __init__(self) -> None:
        self.problems: list[ProbeError] = []

    def ask(self, question, *args):
        """The answer of ``question(*args)``, or None with the reason remembered."""
        try:
            return question(*args)
        except ProbeError as error:
            self.problems.append(error)
            return None

    def of(self, answer):
        """An answer that was asked beside others: None, with the reason remembered, where it is an exception."""
        if isinstance(answer, ProbeError):
            self.problems.append(answer)
            return None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def conclude(self, section):
        """The section when nothing was amiss. Raises Incomplete with the section and all that was."""
        if not self.problems:
            return section
        texts = list(dict.fromkeys(str(problem) for problem in self.problems))
        timed_out = any(isinstance(problem, ProbeTimeout) for problem in self.problems)
        raise Incomplete(section, (ProbeTimeout if timed_out else ProbeError)("; ".join(texts)))


def capped(field: str, items: list, limit: int, calm=None) -> dict:
    """A field with at most ``limit`` items, the calm ones left out first, and how many are left out."""
    if len(items) <= limit:
        return {field: items}
    order = sorted(range(len(items)), key=lambda index: bool(calm and calm(items[index])))  # stable: the order is kept
    return {field: [items[index] for index in sorted(order[:limit])], "%s_omitted" % field: len(items) - limit}
