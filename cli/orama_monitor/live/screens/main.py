"""The tabs."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import ContentSwitcher, Input, Static
from typing_extensions import override

from orama_monitor.live.alert_rows import find
from orama_monitor.live.pages import PAGES, build
from orama_monitor.live.screens.board import Board
from orama_monitor.live.state import AlertKey, State
from orama_monitor.live.widgets.key_bar import KeyBar
from orama_monitor.live.widgets.lines import Lines
from orama_monitor.live.widgets.peek import Peek
from orama_monitor.live.widgets.status import StatusBar
from orama_monitor.live.widgets.tabs import TabBar, alert_count


class MainScreen(Board):
    """A tab bar, one page at a time, and what the chosen alert says."""

    DEFAULT_CSS = """
    MainScreen { layout: vertical; }
    MainScreen ContentSwitcher { height: 1fr; }
    MainScreen #asking { height: 1; display: none; }
    MainScreen #asking.-open { display: block; }
    MainScreen #asking Static { width: auto; }
    MainScreen #search, MainScreen #search:focus { width: 1fr; height: 1; border: none; padding: 0; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "turn(1)", "Next tab", show=False),
        Binding("shift+tab", "turn(-1)", "Previous tab", show=False),
        *(
            Binding(str(number), f"tab({number - 1})", page.name, show=False)
            for number, page in enumerate(PAGES, start=1)
        ),
        Binding("slash", "search", "Filter", key_display="/"),
        Binding("escape", "show_all", "Show all", key_display="Esc"),
    ]

    class Searched(Message):
        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self) -> None:
        super().__init__()
        self._state = State()

    def compose(self) -> ComposeResult:
        yield StatusBar()
        yield TabBar([page.name for page in PAGES])
        with ContentSwitcher(initial=PAGES[0].id):
            for page in PAGES:
                yield Lines(id=page.id)
        yield Peek()
        with Horizontal(id="asking"):
            yield Static("Filter (Enter keeps it): ")
            yield Input(placeholder="words of a node or an alert", id="search", compact=True)
        yield KeyBar()

    def on_mount(self) -> None:
        self.page.focus()

    @property
    def page(self) -> Lines:
        """The page that is shown."""
        return self.query_one(f"#{PAGES[self.query_one(TabBar).current].id}", Lines)

    @property
    @override
    def chosen_alert(self) -> AlertKey | None:
        chosen = self.page.chosen
        return chosen if isinstance(chosen, AlertKey) else None

    def show_state(self, state: State, is_complete: bool) -> None:
        if state.search != self._state.search:
            self.call_after_refresh(self.refresh_bindings)
        self._state = state
        if state.report is not None:
            self.query_one(TabBar).note = alert_count(state.report)
        current = self.query_one(TabBar).current
        self._show_page(current)
        for index in range(len(PAGES)):
            if index != current:
                self._show_page(index, now=is_complete)

    def _show_page(self, index: int, now: bool = True) -> None:
        page = PAGES[index]
        self.query_one(f"#{page.id}", Lines).show(partial(build, page, self._state), now)

    def action_turn(self, step: int) -> None:
        self.action_tab((self.query_one(TabBar).current + step) % len(PAGES))

    def action_tab(self, index: int) -> None:
        if self.is_asking:
            self._end_search()
        self.query_one(TabBar).current = index
        self.query_one(ContentSwitcher).current = PAGES[index].id
        self.page.catch_up()
        self.page.focus()
        self._peek()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """A page that has the focus ends the search; one that had it before the search was begun does not."""
        if isinstance(event.widget, Lines) and self.is_asking and self.focused is event.widget:
            self._end_search()

    def on_tab_bar_clicked(self, message: TabBar.Clicked) -> None:
        self.action_tab(message.index)

    def on_resize(self) -> None:
        if self.is_mounted:
            self._peek()

    def on_lines_chosen(self, message: Lines.Chosen) -> None:
        if message.lines is self.page:
            self._peek()

    def _peek(self) -> None:
        key = self.chosen_alert
        alert = find(self._state.report.alerts, key) if key and self._state.report else None
        self.query_one(Peek).show(alert)

    @property
    def is_asking(self) -> bool:
        """Whether a filter is being typed."""
        return self.query_one("#asking").has_class("-open")

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "show_all":
            return self.is_asking or bool(self._state.search)
        return not (action == "search" and self.is_asking)

    def action_search(self) -> None:
        search = self.query_one("#search", Input)
        self.query_one("#asking").add_class("-open")
        search.value = self._state.search
        search.focus()
        self.refresh_bindings()

    def action_show_all(self) -> None:
        self._end_search()
        self.post_message(self.Searched(""))

    def on_input_changed(self, event: Input.Changed) -> None:
        if self.is_asking:
            self.post_message(self.Searched(event.value))

    def on_input_submitted(self) -> None:
        self._end_search()

    def _end_search(self) -> None:
        self.query_one("#asking").remove_class("-open")
        self.page.focus()
        self.refresh_bindings()
