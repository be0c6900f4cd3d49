"""One node or one alert, over the tabs."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from typing_extensions import override

from orama_monitor.live.detail import Builder
from orama_monitor.live.screens.board import Board
from orama_monitor.live.state import AlertKey, State
from orama_monitor.live.widgets.key_bar import KeyBar
from orama_monitor.live.widgets.lines import Lines
from orama_monitor.live.widgets.status import StatusBar


class DetailScreen(Board):
    """Follows what it shows from refresh to refresh."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace", "back", "Back", key_display="Esc"),
    ]

    def __init__(self, key: Hashable, build: Builder) -> None:
        super().__init__()
        self.key = key
        self._build = build

    def compose(self) -> ComposeResult:
        yield StatusBar()
        yield Lines()
        yield KeyBar()

    @property
    def chosen_alert(self) -> AlertKey | None:
        """The alert that the operator has chosen in it, or that it is about."""
        lines = self.query_one(Lines)
        own = self.key if isinstance(self.key, AlertKey) else None
        chosen = lines.chosen if lines.was_moved or own is None else None
        return chosen if isinstance(chosen, AlertKey) else own

    @override
    def show_state(self, state: State, is_complete: bool) -> None:
        if state.report is not None:
            self.query_one(Lines).show(partial(self._build, state))

    def action_back(self) -> None:
        self.dismiss()
