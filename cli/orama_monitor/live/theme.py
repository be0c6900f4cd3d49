"""The terminal's own colours: nothing has a ground of its own, so that it can be read on a light and on a dark one."""

from __future__ import annotations

from textual.theme import Theme

GREY = "#808080"

THEME = Theme(
    name="terminal",
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_cyan",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    accent="ansi_blue",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "border": GREY,
        "border-blurred": GREY,
        "scrollbar": GREY,
        "scrollbar-hover": GREY,
        "scrollbar-active": "ansi_blue",
        "scrollbar-background": "ansi_default",
        "scrollbar-background-hover": "ansi_default",
        "scrollbar-background-active": "ansi_default",
    },
)

CSS = """
Screen { background: ansi_default; color: ansi_default; }
Input > .input--cursor, Input > .input--selection {
    background: ansi_default; color: ansi_default; text-style: reverse;
}
ToastRack { margin-bottom: 2; }
Toast { width: auto; max-width: 66; padding: 0 1; margin: 0; background: ansi_default; }
Toast.-information { border: round $success; }
Toast.-warning { border: round $warning; }
Toast.-error { border: round $error; }
"""
