"""The last line: what can be done here.

Textual's own footer is a widget a key, put up anew whenever a key comes or goes, such as at each change of tab: with a
busy machine that alone takes longer than a key may wait. This one is a line of text.
"""

from __future__ import annotations

from typing import NamedTuple

from rich.text import Text
from textual import events
from textual.binding import ActiveBinding
from textual.screen import Screen
from textual.widget import Widget

from orama_monitor.views import style

KEPT = ("?", "q")


class _Entry(NamedTuple):
    key: str
    shown: str
    text: str

    @property
    def width(self) -> int:
        return len(self.shown) + 1 + len(self.text)


class KeyBar(Widget):
    """The keys of the active bindings; a click presses one."""

    DEFAULT_CSS = """
    KeyBar { height: 1; width: 1fr; dock: bottom; }
    """

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._updated)

    def _updated(self, _screen: Screen[object]) -> None:
        self.refresh()

    def render(self) -> Text:
        line = Text(no_wrap=True, overflow="crop", end="")
        for entry, _start in self._placed():
            line.append(" ").append(entry.shown, style=style.TITLE).append(f" {entry.text} ")
        return line

    def on_click(self, event: events.Click) -> None:
        for entry, start in self._placed():
            if start <= event.x < start + entry.width + 2:
                self.app.simulate_key(entry.key)

    def _placed(self) -> list[tuple[_Entry, int]]:
        """What fits, and where each begins: of too many those before the help and the way out give way."""
        found = {
            active.binding.action: self._entry(active)
            for active in reversed(self.screen.active_bindings.values())
            if active.binding.show and active.enabled
        }
        entries = list(reversed(found.values()))
        while sum(entry.width + 2 for entry in entries) > self.app.size.width and len(entries) > 1:
            last = next((entry for entry in reversed(entries) if entry.shown not in KEPT), entries[0])
            entries.remove(last)
        placed, start = [], 0
        for entry in entries:
            placed.append((entry, start))
            start += entry.width + 2
        return placed

    def _entry(self, active: ActiveBinding) -> _Entry:
        binding = active.binding
        return _Entry(binding.key, self.app.get_key_display(binding), binding.description)
