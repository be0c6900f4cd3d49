"""A page of lines that scrolls, and in which lines that stand for something can be chosen.

Drawing a hundred nodes takes longer than a key may wait, so it is done in a thread, and the lines drawn before stay
until the new ones are there.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from typing_extensions import override

from orama_monitor.live.items import Drawn, Item, draw
from orama_monitor.live.keys_first import once, turn
from orama_monitor.views import style

Build = Callable[[], Iterable[Item]]
CHOSEN = Style(reverse=True)
LEAST_WIDTH = 20


class Lines(ScrollView, can_focus=True):
    """Shows what its ``build`` gives."""

    DEFAULT_CSS = """
    Lines { height: 1fr; scrollbar-size-vertical: 1; overflow-x: hidden; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Down", show=False),
        Binding("k,up", "move(-1)", "Up", show=False),
        Binding("pagedown,space", "page(1)", "Page down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("home,g", "edge(-1)", "Top", show=False),
        Binding("end,G", "edge(1)", "Bottom", show=False),
        Binding("enter", "open", "Detail"),
    ]

    class Chosen(Message):
        """The cursor stands on another line, or what its line says was drawn anew."""

        def __init__(self, lines: Lines, key: Hashable | None) -> None:
            super().__init__()
            self.lines = lines
            self.key = key

        @property
        def control(self) -> Lines:
            return self.lines

    class Opened(Message):
        """The operator wants more about what a line stands for."""

        def __init__(self, key: Hashable) -> None:
            super().__init__()
            self.key = key

    class Ready(Message, bubble=False):
        """New lines are there."""

        def __init__(self, drawn: Drawn) -> None:
            super().__init__()
            self.drawn = drawn

    def __init__(self, id: str | None = None) -> None:
        self._own_style: Style | None = None
        super().__init__(id=id)
        self._build: Build | None = None
        self._drawn: Drawn | None = None
        self._unseen: Drawn | None = None
        self._strips: list[Strip] = []
        self._at: int | None = None
        self.was_moved = False  # whether the operator has put the cursor where it is
        self._rows = 0
        self._is_drawing = False
        self._is_outdated = False

    @property
    def chosen(self) -> Hashable | None:
        """What the line under the cursor stands for."""
        return None if self._at is None or self._drawn is None else self._drawn.keys[self._at]

    @property
    def is_current(self) -> bool:
        """Whether everything shown to it is on its lines."""
        return not self._is_drawing and not self._is_outdated

    def show(self, build: Build, now: bool = True) -> None:
        """Draw what ``build`` gives, now or when it is next looked at; what was never drawn, now."""
        self._build = build
        self._is_outdated = True
        if now or (self._drawn is None and self._unseen is None):
            self._draw()

    def catch_up(self) -> None:
        """Show, or draw, what there was no need to while the page was out of sight."""
        if self._unseen is not None:
            self._adopt(self._unseen)
        self._draw()

    def on_resize(self) -> None:
        was_in_sight = self._is_in_sight(self._rows)
        self._rows = self.size.height
        self._keep_in_sight(was_in_sight)
        if self._drawn and self._drawn.width != self._width():
            self._is_outdated = True
        self._draw()

    def _width(self) -> int:
        """How wide to draw: the whole terminal but for the scroll bar."""
        return max(LEAST_WIDTH, self.app.size.width - 1)

    def _draw(self) -> None:
        """Start drawing, unless there is nothing new or it is being done: then it is done again after that."""
        if self._build is None or not self._is_outdated or self._is_drawing or not self.is_attached:
            return
        self._is_drawing, self._is_outdated = True, False
        build, width = self._build, self._width()

        def work() -> None:
            with turn():
                drawn = _draw_safely(build, width)
            self.post_message(self.Ready(drawn))

        self.run_worker(once(work), thread=True, group="draw")

    def on_lines_ready(self, message: Ready) -> None:
        message.stop()
        self._is_drawing = False
        if self.display:
            self._adopt(message.drawn)
        else:
            self._unseen = message.drawn
        if message.drawn.width != self._width():
            self._is_outdated = True
        self._draw()

    def _adopt(self, drawn: Drawn) -> None:
        """Show new lines, with the cursor where it was."""
        was_in_sight = self._is_in_sight(self._rows)
        self._unseen = None
        before, old_at = (self.chosen, self._at) if self.was_moved else (None, None)
        self._drawn = drawn
        self._strips = [Strip(line) for line in drawn.lines]
        self.virtual_size = Size(drawn.width, len(self._strips))
        self._at = _nearest(drawn, before, old_at)
        self._keep_in_sight(was_in_sight)
        self.refresh()
        self.refresh_bindings()
        self.post_message(self.Chosen(self, self.chosen))

    def _style(self) -> Style:
        """The widget's own style; working it out for each line would take longer than the line."""
        if self._own_style is None:
            self._own_style = self.rich_style
        return self._own_style

    @override
    def notify_style_update(self) -> None:
        self._own_style = None
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        _x, scrolled = self.scroll_offset
        at, width = scrolled + y, self.size.width
        if at >= len(self._strips):
            return Strip.blank(width, self._style())
        strip = self._strips[at].crop_extend(0, width, None)
        if at == self._at and self.has_focus:
            return Strip([Segment(strip.text, CHOSEN)], width)
        return strip.apply_style(self._style())

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    @override
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return self.chosen is not None if action == "open" else True

    def action_move(self, step: int) -> None:
        self._go(None if self._at is None else self._next(self._at + step, step), step, rows=1)

    def action_page(self, step: int) -> None:
        rows, found = max(1, self.size.height - 1), None
        if self._at is not None:
            target = min(len(self._strips) - 1, max(0, self._at + step * rows))
            found = self._next(target, step)
            found = self._next(target, -step) if found is None else found
        self._go(found, step, rows)

    def _go(self, at: int | None, step: int, rows: int) -> None:
        """Choose a line; scroll where there is none further on, or where text on the way to it would be left out."""
        if at is None or at == self._at or self._is_far(at, step):
            self.scroll_relative(y=step * rows, animate=False)
        else:
            self._choose(at)

    def _is_far(self, at: int, step: int) -> bool:
        """Whether a line is more than a screen away in one direction."""
        top, height = self.scroll_offset.y, self.size.height
        return (top - at if step < 0 else at - (top + height - 1)) > height

    def action_edge(self, step: int) -> None:
        at = self._next(0 if step < 0 else len(self._strips) - 1, -step)
        if at is not None:
            self._choose(at)
        self.scroll_to(y=0 if step < 0 else self.max_scroll_y, animate=False)

    def action_open(self) -> None:
        if self.chosen is not None:
            self.post_message(self.Opened(self.chosen))

    def on_click(self, event: events.Click) -> None:
        at = int(event.y + self.scroll_offset.y)
        if self._drawn is None or at >= len(self._drawn.keys) or self._drawn.keys[at] is None:
            return
        if at == self._at:
            self.action_open()
        else:
            self._choose(at)

    def _next(self, at: int, step: int) -> int | None:
        """The nearest line that can be chosen, from ``at`` on in one direction."""
        keys = self._drawn.keys if self._drawn else []
        while 0 <= at < len(keys):
            if keys[at] is not None:
                return at
            at += step
        return None

    def _reveal(self, at: int) -> None:
        """Show a line; the first and the last that can be chosen, with what is before and after them."""
        if self._next(0, 1) == at and at < self.size.height:
            self.scroll_to(y=0, animate=False)
        elif self._next(len(self._strips) - 1, -1) == at and len(self._strips) - at <= self.size.height:
            self.scroll_to(y=self.max_scroll_y, animate=False)
        else:
            self.scroll_to_region(Region(0, at, 1, 1), animate=False, force=True)

    def _is_in_sight(self, rows: int) -> bool:
        """Whether the cursor was put where it is, and is on a screen of so many rows."""
        top = self.scroll_offset.y
        return self.was_moved and self._at is not None and top <= self._at < top + rows

    def _keep_in_sight(self, was_in_sight: bool) -> None:
        """What was on the screen stays there, whatever came above or below it."""
        if was_in_sight and self._at is not None and not self._is_in_sight(self._rows):
            self._reveal(self._at)

    def _choose(self, at: int) -> None:
        """Put the cursor on a line."""
        if at == self._at:
            return
        self._at = at
        self.was_moved = True
        self._reveal(at)
        self.refresh()
        self.post_message(self.Chosen(self, self.chosen))


def _draw_safely(build: Build, width: int) -> Drawn:
    """A page that cannot be drawn says so, and takes nothing else with it."""
    try:
        return draw(build(), width)
    except Exception as error:
        words = f"✗ This page could not be drawn: {type(error).__name__}: {error}"
        return draw([Text(words, style=style.BAD)], width)


def _nearest(drawn: Drawn, key: Hashable | None, at: int | None) -> int | None:
    """Where the cursor goes in new lines: where its key went, else near its place."""
    choices = [index for index, other in enumerate(drawn.keys) if other is not None]
    if not choices:
        return None
    if key is not None and key in drawn.keys:
        stays = at is not None and at < len(drawn.keys) and drawn.keys[at] == key  # two may be alike
        return at if stays else drawn.keys.index(key)
    return min(choices, key=lambda index: abs(index - (at or 0)))
