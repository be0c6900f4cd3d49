"""The full-screen view: it asks in threads, and tells the screens what has come."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable, Hashable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.events import Event, InputEvent
from textual.message import Message
from typing_extensions import override

from orama_monitor.alerts.policy import Policy
from orama_monitor.cluster_report import ClusterReport
from orama_monitor.errors import MonitorError
from orama_monitor.live import detail
from orama_monitor.live.alert_rows import find
from orama_monitor.live.clock import Clock, SystemClock
from orama_monitor.live.driver import TerminalDriver
from orama_monitor.live.history import History
from orama_monitor.live.keys_first import TIDY, Attention, keys_first, once
from orama_monitor.live.refresh import Collection
from orama_monitor.live.replay import Replay
from orama_monitor.live.saving import save
from orama_monitor.live.screens.board import Board
from orama_monitor.live.screens.detail import DetailScreen
from orama_monitor.live.screens.help import HelpScreen
from orama_monitor.live.screens.main import MainScreen
from orama_monitor.live.screens.mute import MuteScreen
from orama_monitor.live.state import State
from orama_monitor.live.terminal import has_gone
from orama_monitor.live.theme import CSS, THEME
from orama_monitor.live.watch import Outcome, Watch
from orama_monitor.live.widgets.lines import Lines
from orama_monitor.signals import SIGNALS
from orama_monitor.views.text import clean

TICK = 0.25
OVERLAY_PAUSE = 0.5  # s between two looks at what has arrived, at least
OVERLAY_SHARE = 4  # and so many times as long as the last look took
FAILED = {
    "overlay": "What has arrived could not be judged",
    "judge": "The answers could not be judged anew",
    "step": "The report could not be judged",
    "save": "It could not be saved",
}


class LiveApp(App[None]):
    """Shows a ``watch`` over the real nodes, or a ``replay`` of saved snapshots."""

    TITLE = "Orama Monitor"
    ENABLE_COMMAND_PALETTE = False

    CSS = CSS

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left_square_bracket,left", "step(-1)", "Earlier", key_display="["),
        Binding("right_square_bracket,right", "step(1)", "Later", key_display="]"),
        Binding("m", "mute", "Mute"),
        Binding("r", "refresh_now", "Refresh"),
        Binding("p", "pause", "Pause"),
        Binding("s", "save", "Save"),
        Binding("question_mark", "help", "Help", key_display="?"),
        Binding("q", "quit", "Quit"),
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True),
    ]

    class Ended(Message):
        """A collection came to its end."""

        def __init__(self, outcome: Outcome | MonitorError) -> None:
            super().__init__()
            self.outcome = outcome

    class Overlaid(Message):
        """Some nodes of a running collection have answered."""

        def __init__(
            self, collection: Collection, policy: Policy, report: ClusterReport, done: int, took: float
        ) -> None:
            super().__init__()
            self.collection = collection
            self.policy = policy
            self.report = report
            self.done = done
            self.took = took

    class Stepped(Message):
        """A saved snapshot has been judged."""

        def __init__(self, at: int, policy: Policy, report: ClusterReport, history: History) -> None:
            super().__init__()
            self.at = at
            self.policy = policy
            self.report = report
            self.history = history

    class Judged(Message):
        """The last collection has been judged by another policy."""

        def __init__(self, outcome: Outcome) -> None:
            super().__init__()
            self.outcome = outcome

    class Failed(Message):
        """Work in a thread did not come to its end."""

        def __init__(self, group: str, error: Exception) -> None:
            super().__init__()
            self.group = group
            self.error = error

    def __init__(
        self,
        source: Watch | Replay,
        policy_path: Path | None = None,
        directory: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(driver_class=TerminalDriver, ansi_color=True)
        self.register_theme(THEME)
        self.theme = THEME.name
        self.source = source
        self.policy_path = policy_path
        self.directory = directory
        self.clock = clock or SystemClock()
        self.attention = Attention(self.clock)
        self._overlaid_done = 0
        self._overlay_after = 0.0
        self._is_overlaying = False
        self._is_stepping = False

    # Life

    def on_mount(self) -> None:
        self.push_screen(MainScreen())
        if not self.is_headless:
            for number in SIGNALS:
                asyncio.get_running_loop().add_signal_handler(number, self._end)
        self.app_resume_signal.subscribe(self, self._resume)
        self.set_interval(TICK, self.tick)
        self.set_interval(TIDY, self.attention.tidy)
        self.call_after_refresh(self._begin)

    @override
    async def on_event(self, event: Event) -> None:
        if isinstance(event, InputEvent):
            self.attention.typed()
            self.call_after_refresh(self.attention.shown)
        await super().on_event(event)

    def _begin(self) -> None:
        if isinstance(self.source, Replay):
            self._step()
        self.show_state()
        self.tick()

    def on_unmount(self) -> None:
        self.stop_collection()
        for number in SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(number)

    def _resume(self, _app: App[object]) -> None:
        """Back from Ctrl+Z: the terminal has forgotten everything, and what is known is old."""
        self.refresh(layout=True)
        self.tick()

    def _end(self) -> None:
        self.stop_collection()
        self.exit()

    async def action_quit(self) -> None:
        self._end()

    def stop_collection(self) -> None:
        """Tell a running collection to end."""
        if isinstance(self.source, Watch) and self.source.collection:
            self.source.collection.stop.set()

    @property
    def state(self) -> State:
        return self.source.state

    @property
    def board(self) -> Board | None:
        """The topmost screen that shows the state."""
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Board)), None)

    # Asking

    def tick(self) -> None:
        """Do what is due."""
        if not self.is_headless and has_gone():
            self._end()
            return
        if isinstance(self.source, Watch):
            if self.source.is_due:
                self._ask()
            self._overlay()
        self._show_progress()

    def _ask(self) -> None:
        assert isinstance(self.source, Watch)
        watch, collection = self.source, self.source.begin()
        self._overlaid_done, self._overlay_after = 0, self.clock.elapsed() + OVERLAY_PAUSE
        self._rejudge()

        def work() -> None:
            try:
                outcome: Outcome | MonitorError = watch.run(collection)
            except MonitorError as error:
                outcome = error
            self.post_message(self.Ended(outcome))

        self.run_worker(once(work), thread=True, group="collect", exclusive=True)

    def _overlay(self) -> None:
        """Look at what has arrived of the running collection, unless that has just been done."""
        assert isinstance(self.source, Watch)
        watch, collection = self.source, self.source.collection
        if collection is None or self._is_overlaying or self.clock.elapsed() < self._overlay_after:
            return
        done = collection.done
        if done == self._overlaid_done or done == collection.total or watch.rejudging() is not None:
            return
        self._is_overlaying = True
        policy = watch.policy

        def work() -> Message:
            began = self.clock.elapsed()
            report = watch.overlaid(collection)
            return self.Overlaid(collection, policy, report, done, self.clock.elapsed() - began)

        self._work("overlay", work)

    def on_live_app_overlaid(self, message: Overlaid) -> None:
        assert isinstance(self.source, Watch)
        self.attention.settled()
        self._is_overlaying = False
        is_current = message.policy is self.source.policy
        self._overlaid_done = message.done if is_current else 0
        self._overlay_after = self.clock.elapsed() + max(OVERLAY_PAUSE, OVERLAY_SHARE * message.took)
        if is_current and message.collection is self.source.collection:
            self.source.state = replace(self.state, report=message.report)
            self.show_state(is_complete=False)

    def on_live_app_ended(self, message: Ended) -> None:
        assert isinstance(self.source, Watch)
        said = self.source.finish(message.outcome)
        self.attention.settled()
        if said:
            is_error = isinstance(message.outcome, MonitorError)
            self.notify(clean(said), severity="error" if is_error else "information", markup=False)
        self.show_state()
        self._rejudge()

    # Showing

    def show_state(self, is_complete: bool = True) -> None:
        """Tell the topmost board, unless it is being put up or taken down and lacks some of its parts."""
        if self.board is not None and self.board.is_mounted:
            with contextlib.suppress(NoMatches):
                self.board.show_state(self.state, is_complete)
        self._show_progress()

    def _show_progress(self) -> None:
        if self.board is not None and self.board.is_mounted:
            with contextlib.suppress(NoMatches):
                self.board.show_progress(self.source.progress, self.state)

    def on_lines_opened(self, message: Lines.Opened) -> None:
        self._open(message.key)

    def _open(self, key: Hashable) -> None:
        screen = DetailScreen(key, detail.builder(key, lambda: self.source.policy))
        self.push_screen(screen, callback=lambda _result: self.show_state())
        self.call_after_refresh(self.show_state)

    def on_main_screen_searched(self, message: MainScreen.Searched) -> None:
        if message.text != self.state.search:
            self.source.state = replace(self.state, search=message.text)
            self.show_state(is_complete=False)

    # Keys

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        replays = isinstance(self.source, Replay)
        if action == "step":
            return replays
        if action in ("refresh_now", "pause"):
            return not replays
        return True

    def action_refresh_now(self) -> None:
        if isinstance(self.source, Watch):
            if self.source.collection:
                self.notify("The nodes are being asked already")
            else:
                self._ask()
                self._show_progress()

    def action_pause(self) -> None:
        if isinstance(self.source, Watch):
            self.source.paused = not self.source.paused
            self.tick()

    def action_step(self, steps: int) -> None:
        if isinstance(self.source, Replay) and not self.source.step(steps):
            self.notify("No later report" if steps > 0 else "No earlier report")
        self._step()

    def _step(self) -> None:
        assert isinstance(self.source, Replay)
        self._show_progress()
        if self._is_stepping:
            return
        self._is_stepping = True
        replay, at, policy = self.source, self.source.at, self.source.policy
        self._work("step", lambda: self.Stepped(at, policy, *replay.shown(at)))

    def _work(self, group: str, work: Callable[[], Message]) -> None:
        """Do ``work`` in a thread and post what it gives."""

        def guarded() -> None:
            try:
                message = work()
            except Exception as error:
                message = self.Failed(group, error)
            self.post_message(message)

        self.run_worker(once(guarded), thread=True, group=group)

    def on_live_app_failed(self, message: Failed) -> None:
        """Tell it; of what arrives of a collection once."""
        if message.group == "overlay":
            self._is_overlaying, self._overlay_after = False, math.inf
        elif message.group == "step":
            self._is_stepping = False
        said = f"{FAILED[message.group]}: {type(message.error).__name__}: {message.error}"
        self.notify(clean(said), severity="error", markup=False)

    def on_live_app_stepped(self, message: Stepped) -> None:
        assert isinstance(self.source, Replay)
        self._is_stepping = False
        self.source.state = replace(self.state, report=message.report, history=message.history)
        self.show_state()
        if message.at != self.source.at or message.policy is not self.source.policy:
            self._step()

    def action_help(self) -> None:
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(), callback=lambda _result: self.show_state())

    def action_save(self) -> None:
        snapshot, policy = self.source.snapshot, self.source.policy
        if snapshot is None:
            self.notify("There is nothing to save yet", severity="warning")
            return
        try:
            directory = self.directory or Path.cwd()
        except OSError:
            self.notify("There is nowhere to save: this directory has been removed", severity="error")
            return
        hosts = self.source.hosts if isinstance(self.source, Replay) else None

        def work() -> Message:
            try:
                return Said(f"Saved as {save(snapshot, policy, directory, hosts).name}")
            except MonitorError as error:
                return Said(str(error), is_error=True)

        self._work("save", work)

    def on_said(self, message: Said) -> None:
        self.notify(message.text, severity="error" if message.is_error else "information", markup=False)

    def action_mute(self) -> None:
        if isinstance(self.screen, MuteScreen):
            return
        key = self.board.chosen_alert if self.board else None
        report = self.state.report
        alert = find(report.alerts, key) if key and report else None
        if key is None:
            self.notify("Choose an alert first (tab 7)", severity="warning")
        elif report is None or alert is None:
            why = self.state.why_unknown(key)
            unknown = f"{why}: it is not known whether this alert still stands"
            self.notify(unknown if why else "This alert no longer stands", severity="warning")
        elif alert.muted:
            self.notify("It is muted already; the policy file says until when", severity="warning")
        elif self.policy_path is None:
            self.notify("There is no policy file to write the mute to: start with --policy FILE", severity="warning")
        else:
            asked = MuteScreen(alert, report.meta.environment, self.policy_path, self.clock.now)
            self.push_screen(asked, callback=self._muted)

    def _muted(self, policy: Policy | None) -> None:
        if policy is None:
            return
        if isinstance(self.source, Replay):
            self.source.adopt(policy)
            self._step()
        else:
            self.source.policy = policy
            self._rejudge()

    def _rejudge(self) -> None:
        """Judge what was collected last by the policy in force, if that has changed."""
        assert isinstance(self.source, Watch)
        judge = self.source.rejudging()
        if judge is not None:
            self._work("judge", lambda: self.Judged(judge()))

    def on_live_app_judged(self, message: Judged) -> None:
        assert isinstance(self.source, Watch)
        self.source.adopt(message.outcome)
        self._overlaid_done = 0
        self.show_state()
        self._rejudge()


class Said(Message):
    """Something for the operator to read."""

    def __init__(self, text: str, is_error: bool = False) -> None:
        super().__init__()
        self.text = text
        self.is_error = is_error


def run(app: LiveApp, **options: Any) -> int:
    """Show the app until the operator leaves, then wait until the collection that runs has ended; the exit code."""
    with keys_first():
        try:
            app.run(**options)
        finally:
            app.stop_collection()
    return app.return_code or 0
