"""The line above everything: which environment, how it is, whether it is being asked, how old this is. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from rich.text import Text

from orama_monitor.alerts.words import number
from orama_monitor.live.state import Age, Found
from orama_monitor.live.times import clock_time, moment
from orama_monitor.views import headline, style
from orama_monitor.views.amounts import seconds
from orama_monitor.views.folding import fold
from orama_monitor.views.text import clean

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
LOUD = "bold reverse"
TURNS_A_SECOND = 4


@dataclass(frozen=True, slots=True)
class Asking:
    """A collection that runs: since how many s, how many nodes have answered of how many."""

    since: float
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why there is nothing newer: since when, when it was last tried, and what that brought."""

    since: datetime
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Replay:
    """Which of the saved reports is shown, from 1, and when it was collected."""

    number: int
    total: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """Everything the line tells."""

    environment: str
    age: Age | None = None
    asking: Asking | None = None
    next_in: float | None = None
    paused: bool = False
    replay: Replay | None = None
    trouble: Trouble | None = None
    policy_trouble: str | None = None
    search: str = ""
    found: Found = field(default_factory=Found)


def title(progress: Progress, report: ClusterReport | None) -> Text:
    """The left part: the environment, with the mark that the verdict has."""
    line = Text(no_wrap=True, end="")
    if report is not None:
        line.append_text(style.symbol(headline.worst(report, fold(report.alerts)))).append(" ")
    return line.append(clean(progress.environment, 40), style=style.TITLE)


def facts(progress: Progress) -> Text:
    """The right part: what goes on, and the data's age."""
    if progress.replay:
        shown = progress.replay
        return Text(f"saved report {shown.number} of {shown.total} · {moment(shown.at)}", end="")
    parts = [part for part in (_asking(progress), _age(progress), _next(progress)) if part is not None]
    return Text(" · ", end="").join(parts)


def _asking(progress: Progress) -> Text | None:
    asking = progress.asking
    if asking is None:
        return Text("PAUSED", style=f"{style.WARN} reverse") if progress.paused else None
    turn = SPINNER[int(asking.since * TURNS_A_SECOND) % len(SPINNER)]
    return Text(f"{turn} {asking.done} of {asking.total}" if asking.total else f"{turn} asking")


def _age(progress: Progress) -> Text:
    if progress.age is None:
        has_some = progress.asking is not None and progress.asking.done > 0
        return Text("first answers" if has_some else "no data yet")
    if progress.age.is_stale:
        return Text(f" STALE: data {progress.age} old ", style=f"{style.BAD} reverse")
    return Text(f"data {progress.age} old")


def _next(progress: Progress) -> Text | None:
    if progress.paused or progress.asking or progress.next_in is None:
        return None
    return Text(f"next in {seconds(max(0.0, progress.next_in))}", style=style.DIM)


def notes(progress: Progress) -> list[Text]:
    """Lines below it, only where there is something to say; last what may be longer than a line."""
    lines = []
    if progress.paused:
        lines.append(Text(" Paused: p goes on, r refreshes once", style=style.WARN))
    if progress.search:
        lines.append(Text(f" Filter “{clean(progress.search, 24)}”: {_found(progress.found)}", style=style.WARN))
    if progress.policy_trouble:
        lines.append(Text(f" ! {clean(progress.policy_trouble)}", style=style.WARN))
    if progress.trouble:
        kept = "; what was known before is shown" if progress.age is not None else ""
        since = clock_time(progress.trouble.since, progress.trouble.at)
        words = f" ✗ since {since} UTC: {clean(progress.trouble.reason)}{kept} "
        lines.append(Text(words, style=f"{style.BAD} reverse"))
    return lines


def _found(found: Found) -> str:
    alerts = f"{found.alerts} of {number(found.all_alerts, 'alert')}, " if found.all_alerts else ""
    return f"{alerts}{found.nodes} of {number(found.all_nodes, 'node')} · Esc shows all"


def line(progress: Progress, report: ClusterReport | None, width: int) -> Text:
    """The whole line: the left part gives way."""
    left, right = title(progress, report), facts(progress)
    right.truncate(width, overflow="ellipsis")
    room = width - right.cell_len - 2
    if room > 0:
        left.truncate(room, overflow="ellipsis")
    else:
        left = Text()
    space = max(0, width - left.cell_len - right.cell_len)
    return Text(end="", no_wrap=True).append_text(left).append(" " * space).append_text(right)
