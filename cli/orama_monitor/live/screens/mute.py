"""For how long, and why, an alert is to be muted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from orama_monitor.alerts.alert import Alert
from orama_monitor.alerts.muting import add_mute
from orama_monitor.alerts.policy import Policy, read_policy
from orama_monitor.alerts.words import names
from orama_monitor.durations import EXAMPLE, duration
from orama_monitor.errors import MonitorError
from orama_monitor.live.widgets.key_bar import KeyBar
from orama_monitor.views import style
from orama_monitor.views.text import clean


class MuteScreen(ModalScreen[Policy]):
    """Writes the mute to the policy file; its result is the policy as it is then."""

    DEFAULT_CSS = """
    MuteScreen { align: center middle; }
    MuteScreen #box {
        width: 66; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
        border: round ansi_default; background: ansi_default;
    }
    MuteScreen Input, MuteScreen Input:focus { border: none; height: 1; padding: 0; }
    MuteScreen Static { height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", key_display="Esc"),
        Binding("tab,down", "app.focus_next", "Next field", key_display="Tab"),
        Binding("shift+tab,up", "app.focus_previous", "Previous field", show=False),
    ]

    def __init__(self, alert: Alert, environment: str, policy_path: Path, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.alert = alert
        self.environment = environment
        self.policy_path = policy_path
        self.now = now

    def compose(self) -> ComposeResult:
        title = Text("Mute ", style=style.TITLE).append(f"{clean(self.alert.code)} on {clean(self.alert.node)}")
        title.append(f" in {clean(self.environment)}")
        if self.alert.about:
            title.append(f": {clean(names(self.alert.about))}")
        with Vertical(id="box"):
            yield Static(title)
            yield Static(Text("It is heard again at once should it get worse.\n", style=style.DIM))
            yield Static(f"For how long ({EXAMPLE}; empty: for good)")
            yield Input(value="8h", id="length", compact=True)
            yield Static("\nWhy")
            yield Input(placeholder="what is being done about it", id="reason", compact=True)
            yield Static(Text(f"\nEnter writes it to {clean(self.policy_path.name)}", style=style.DIM), id="said")
        yield KeyBar()

    def on_input_submitted(self) -> None:
        self.action_mute()

    def action_mute(self) -> None:
        try:
            length = duration(self.query_one("#length", Input).value)
            add_mute(
                self.policy_path,
                self.alert.code,
                env=self.environment,
                node=self.alert.node,
                about=self.alert.about,
                until=self.now() + length if length else None,
                severity=self.alert.severity,
                reason=self.query_one("#reason", Input).value.strip(),
            )
            policy = read_policy(self.policy_path)
        except (ValueError, MonitorError) as error:
            self.query_one("#said", Static).update(Text().append(f"\n✗ {clean(error)}", style=style.BAD))
            return
        self.dismiss(policy)

    def action_back(self) -> None:
        self.dismiss(None)
