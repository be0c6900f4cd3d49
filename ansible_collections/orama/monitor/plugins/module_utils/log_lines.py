# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""What the lines of a service's log say: counted by the level a line names, else by its words."""

from __future__ import annotations

import re

LINE_LIMIT = 2000  # of a line no more is looked at: a pattern's search in a line of megabytes has no end
COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
LEVEL = re.compile(r"""\[(?P<tag>[A-Z]{3,9})\]|\b(?:level|lvl)["']?\s*[=:]\s*["']?(?P<key>[A-Za-z]+)""")
ERROR_LEVELS = ("ERR", "ERROR", "CRITICAL", "FATAL", "PANIC")
LEVELS = ERROR_LEVELS + ("DEBUG", "TRACE", "INFO", "NOTICE", "WARN", "WARNING")
ERROR_WORD = re.compile(r"\b(?:error|fatal|panic)\b", re.IGNORECASE)  # NOERROR is another word
ERROR_SIGNS = ("err", "critical", "fatal", "panic")  # one of them is in every line that reports an error


class Log:
    """Lines of a log, oldest first; ``whole`` is False where it may hold more, of the time asked for, than was read."""

    def __init__(self, lines: list[str], whole: bool = True) -> None:
        self.lines = lines
        self.whole = whole

    def known(self, count: int) -> int | None:
        """The count that was made of the lines; None where it is 0, and lines that were not read may count."""
        return count if count or self.whole else None


def plain(line: str) -> str:
    """A line cut short and without colours."""
    return COLOUR.sub("", line[:LINE_LIMIT])


def is_error(line: str) -> bool:
    """Whether a line reports an error."""
    for found in LEVEL.finditer(line):
        level = (found.group("tag") or found.group("key")).upper()
        if level in LEVELS:
            return level in ERROR_LEVELS
    return bool(ERROR_WORD.search(line))


def mentions(text: str, *words: str) -> bool:
    """Whether a text has one of these words, in whatever case: a look that spares most lines a search by pattern."""
    lower = text.lower()
    return any(word in lower for word in words)


def count_errors(lines: list[str]) -> int:
    return sum(1 for line in lines if is_error(line))
