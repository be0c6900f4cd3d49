"""A screen that shows the state of things: the status line is always on it."""

from __future__ import annotations

from textual.screen import Screen

from orama_monitor.live.progress import Progress
from orama_monitor.live.state import AlertKey, State
from orama_monitor.live.widgets.status import StatusBar


class Board(Screen[None]):
    """The app tells the topmost board of every change."""

    @property
    def chosen_alert(self) -> AlertKey | None:
        """The alert that a key such as m means here."""
        raise NotImplementedError

    def show_progress(self, progress: Progress, state: State) -> None:
        """The little that changes several times a second."""
        self.query_one(StatusBar).show(progress, state.report)

    def show_state(self, state: State, is_complete: bool) -> None:
        """New answers; ``is_complete`` when no more are under way."""
        raise NotImplementedError
