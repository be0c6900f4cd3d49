"""The keys and the signs."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from typing_extensions import override

from orama_monitor.live.keys import help_rows
from orama_monitor.live.screens.board import Board
from orama_monitor.live.state import AlertKey, State
from orama_monitor.live.widgets.key_bar import KeyBar
from orama_monitor.live.widgets.lines import Lines
from orama_monitor.live.widgets.status import StatusBar


class HelpScreen(Board):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark", "back", "Back", key_display="Esc"),
    ]

    def compose(self) -> ComposeResult:
        yield StatusBar()
        yield Lines()
        yield KeyBar()

    def on_mount(self) -> None:
        self.query_one(Lines).show(help_rows)

    @property
    @override
    def chosen_alert(self) -> AlertKey | None:
        return None

    @override
    def show_state(self, state: State, is_complete: bool) -> None:
        """The help stays the same."""

    def action_back(self) -> None:
        self.dismiss()
