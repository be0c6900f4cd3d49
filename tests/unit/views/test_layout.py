"""Tables and sentences fit whatever width there is."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, RenderableType
from rich.text import Text

from orama_monitor.views.columns import Column, Table
from orama_monitor.views.flow import Flow
from orama_monitor.views.hosts import host_column, shared_domain, shorten_host
from orama_monitor.views.text import clean


def lines(renderable: RenderableType, width: int) -> list[str]:
    stream = io.StringIO()
    Console(file=stream, width=width, color_system=None).print(renderable)
    return stream.getvalue().splitlines()


def table() -> Table:
    columns = (
        Column("FIRST", minimum=6),
        Column("SECOND", priority=2, short="2ND"),
        Column("THIRD", priority=1, justify="right"),
        Column("EXTRA", priority=10),
    )
    made = Table(columns)
    made.add([Text("a long first cell"), Text("two"), Text("3"), Text("more")])
    return made


def test_all_columns_where_there_is_room() -> None:
    assert lines(table(), 80) == [
        "FIRST              SECOND  THIRD  EXTRA",
        "a long first cell  two         3  more",
    ]


def test_optional_columns_go_first_then_gaps_then_headers() -> None:
    assert lines(table(), 36)[0] == "FIRST              SECOND  THIRD"
    assert lines(table(), 30)[0] == "FIRST             SECOND THIRD"
    assert lines(table(), 29)[0] == "FIRST              2ND  THIRD"


def test_then_cells_are_cut_and_columns_given_up() -> None:
    assert lines(table(), 20) == ["FIRST      2ND THIRD", "a long fi… two     3"]
    assert lines(table(), 14) == ["FIRST    THIRD", "a long …     3"]
    assert lines(table(), 6) == ["FIRST", "a lon…"]


@given(st.integers(10, 200), st.lists(st.text(max_size=40), min_size=4, max_size=4))
def test_a_row_is_one_line_within_the_width(width: int, cells: list[str]) -> None:
    made = table()
    made.add([Text(clean(cell)) for cell in cells])
    shown = lines(made, width)
    assert len(shown) == 3
    assert all(Text(line).cell_len <= width and line == line.rstrip() for line in shown)


def test_facts_wrap_between_facts() -> None:
    facts = [Text("one two"), Text("three four"), Text("five")]
    assert lines(Flow(facts, label=Text("Label  ")), 30) == ["Label  one two · three four", "       five"]


def test_a_long_fact_wraps_between_words_and_breaks_a_long_word() -> None:
    assert lines(Flow([Text("aaa bbb ccc")], indent=2), 10) == ["  aaa bbb", "  ccc"]
    assert lines(Flow([Text("a" * 20)], indent=2), 12) == ["  " + "a" * 10] * 2


@given(st.text())
def test_clean_text_is_one_harmless_line(raw: str) -> None:
    text = clean(raw)
    assert text.isprintable()
    assert "\x1b" not in text
    assert len(text) <= 400


def test_hostile_text() -> None:
    assert clean("\x1b[31mred\x1b]0;title\x07") == "\\x1b[31mred\\x1b]0;title\\x07"
    assert clean("a\nb\rc\td") == "a⏎b⏎c d"
    assert clean("safe\u202egpj.exe\u200b\u2066x\ufeff") == "safegpj.exex"
    assert clean("z\u0335\u0336\u0337algo") == "zalgo"
    assert clean("[bold red]not markup[/]") == "[bold red]not markup[/]"
    assert clean("é") == "é"


def test_hosts_stay_apart_when_shortened() -> None:
    hosts = [f"node-{number}.fra1.nodes.example.net" for number in range(12)] + ["198.18.0.1"]
    assert shared_domain(hosts) == ".fra1.nodes.example.net"
    made = Table([host_column(hosts)])
    for name in hosts:
        made.add([Text(name)])
    shown = lines(made, 20)[1:]
    assert shown[:2] == ["node-0", "node-1"]
    assert len(set(shown)) == len(hosts)
    assert shorten_host("2001:db8:85a3:1234:5678:8a2e:370:7300", 15) == "2001:db…70:7300"
