"""The live view without a screen: a block of text a refresh, for logs, screen readers and simple terminals."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from types import FrameType

from rich.console import RenderableType
from rich.text import Text

from orama_monitor.errors import MonitorError
from orama_monitor.live.changes import change_rows
from orama_monitor.live.history import History
from orama_monitor.live.replay import Replay
from orama_monitor.live.state import State
from orama_monitor.live.times import moment
from orama_monitor.live.watch import Outcome, Watch
from orama_monitor.output import show
from orama_monitor.signals import handled
from orama_monitor.views import alerts, cluster, headline, style
from orama_monitor.views.columns import Table
from orama_monitor.views.text import clean

POLL = 0.1


def run(source: Watch | Replay) -> None:
    """Print until told to end by a signal. Raises OSError when nobody reads any more."""
    with _ended_by_signal() as stop:
        if isinstance(source, Replay):
            replay(source, show, stop)
        else:
            watch(source, show, stop)


def replay(source: Replay, show: Callable[[RenderableType], None], stop: threading.Event) -> None:
    """A block for each saved snapshot."""
    for at in range(len(source.snapshots)):
        if stop.is_set():
            return
        report, history = source.shown(at)
        for part in block(State(report, history)):
            show(part)


def watch(source: Watch, show: Callable[[RenderableType], None], stop: threading.Event) -> None:
    """A block for each refresh, until ``stop``; a running collection is ended then."""
    while not stop.is_set():
        outcome = _collect(source, stop)
        if outcome is None:
            return
        said = source.finish(outcome)
        for part in _trouble(source) if source.trouble else block(source.state, said, source.policy_trouble):
            show(part)
        stop.wait(max(0.0, source.next_in))


def _collect(source: Watch, stop: threading.Event) -> Outcome | MonitorError | None:
    """One collection, in a thread so that a signal is heard at once. None when it was stopped."""
    collection = source.begin()
    ended: list[Outcome | MonitorError] = []

    def work() -> None:
        try:
            ended.append(source.run(collection))
        except MonitorError as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    while thread.is_alive():
        thread.join(POLL)
        if stop.is_set():
            collection.stop.set()
    return None if stop.is_set() or not ended else ended[0]


def block(state: State, *said: str | None) -> Iterator[RenderableType]:
    """One refresh, and what is worth a word about it."""
    report = state.report
    assert report is not None
    yield _rule(f"{moment(report.meta.collected_at)}  {clean(report.meta.environment)}")
    yield from (Text(clean(words)) for words in said if words)
    yield headline.render(report)
    yield cluster.summary(report)
    yield Text()
    yield cluster.table(report)
    changed = _latest(state.history)
    if changed.rows:
        yield Text("\nChanged since the last refresh", style=style.TITLE)
        yield changed
    flapping = flaps(state.history)
    if flapping:
        yield Text(f"\nFlapping: {', '.join(flapping)}", style=style.WARN)
    yield Text()
    yield alerts.listing(report)
    yield Text()


def _latest(history: History) -> Table:
    at = history.last_at
    return change_rows([change for change in history.changes if change.at == at], len(history.changes), at)


def flaps(history: History) -> list[str]:
    """The alerts that come and go."""
    tracks = (history.tracks or {}).items()
    return sorted(
        f"{clean(code)} on {clean(node)} ({track.turns}×)"
        for (code, node, _about), track in tracks
        if track.flaps and not track.muted
    )


def _trouble(source: Watch) -> Iterator[RenderableType]:
    trouble, age = source.trouble, source.age
    assert trouble is not None
    yield _rule(f"{moment(trouble.at)}  {clean(source.source.environment)}")
    yield Text(f"✗ {clean(trouble.reason)}", style=style.BAD)
    if age is not None:
        stale = "STALE: " if age.is_stale else ""
        yield Text(f"{stale}the block above is {age} old; trying again in {source.interval:g} s", style=style.BAD)
    yield Text()


def _rule(words: str) -> Text:
    return Text(f"== {words} ==", style=style.TITLE)


@contextlib.contextmanager
def _ended_by_signal() -> Iterator[threading.Event]:
    stop = threading.Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    with handled(handle):
        yield stop
