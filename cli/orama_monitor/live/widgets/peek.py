"""What the chosen alert says, whole, and what to do next: a table has no room for it."""

from __future__ import annotations

from rich.text import Text
from textual.widget import Widget

from orama_monitor.alerts.alert import Alert
from orama_monitor.live.fitting import fitted
from orama_monitor.views import style
from orama_monitor.views.text import clean

ROWS = 4
LEAST_ROWS = 14  # of the terminal, below which the list has need of all


class Peek(Widget):
    """A few lines at the foot of a page, only while an alert is chosen; a long message gives way to the hint."""

    DEFAULT_CSS = """
    Peek { height: auto; max-height: 5; width: 1fr; display: none; border-top: solid $border-blurred; }
    Peek.-open { display: block; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._alert: Alert | None = None

    def show(self, alert: Alert | None) -> None:
        alert = alert if self.app.size.height >= LEAST_ROWS else None
        if alert != self._alert:
            self._alert = alert
            self.set_class(alert is not None, "-open")
            self.refresh(layout=True)

    def render(self) -> Text:
        if self._alert is None:
            return Text()
        width, console = self.app.size.width, self.app.console
        hint = fitted(Text(f"→ {clean(self._alert.hint)}"), width, ROWS - 1, console)
        message = style.symbol(self._alert.severity).append(f" {clean(self._alert.message)}")
        left = ROWS - 1 - hint.plain.count("\n")
        return fitted(message, width, left, console).append("\n").append_text(hint)
