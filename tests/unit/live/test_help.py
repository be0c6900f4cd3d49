"""The help, and that no key is missing from it."""

from __future__ import annotations

from textual.binding import Binding

from orama_monitor.live.app import LiveApp
from orama_monitor.live.keys import help_rows
from orama_monitor.live.screens.main import MainScreen
from orama_monitor.live.widgets.lines import Lines
from orama_monitor.views.columns import Table
from tests.unit.live.harness import running


class TestHelp:
    async def test_it_opens_and_closes(self) -> None:
        async with running() as live:
            await live.press("question_mark")
            assert "Shift+Tab" in live.text
            await live.press("question_mark")
            assert isinstance(live.app.screen, MainScreen)

    def test_every_key_is_in_it(self) -> None:
        told = " ".join(
            cell.plain for part in help_rows() if isinstance(part, Table) for row in part.rows for cell in row[:1]
        )
        names = {
            "left_square_bracket": "[",
            "right_square_bracket": "]",
            "left": "←",
            "right": "→",
            "question_mark": "?",
            "slash": "/",
            "shift+tab": "Shift+Tab",
            "ctrl+c": "Ctrl+C",
            "ctrl+z": "Ctrl+Z",
            "down": "↓",
            "up": "↑",
            "pagedown": "PgDn",
            "pageup": "PgUp",
            "escape": "Esc",
        }
        numbers = {str(number) for number in range(2, 7)}
        bindings = [*LiveApp.BINDINGS, *MainScreen.BINDINGS, *Lines.BINDINGS]
        keys = {key for binding in bindings if isinstance(binding, Binding) for key in binding.key.split(",")}
        missing = [key for key in keys - numbers if names.get(key, key).casefold() not in told.casefold().split()]
        assert not missing

    async def test_every_key_has_a_description(self) -> None:
        for binding in [*LiveApp.BINDINGS, *MainScreen.BINDINGS, *Lines.BINDINGS]:
            assert isinstance(binding, Binding) and binding.description
