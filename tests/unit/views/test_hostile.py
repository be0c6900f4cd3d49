"""A node that says anything, in every text of its report: nothing but text is shown, and only of itself."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orama_monitor.alerts.alert import Alert
from orama_monitor.answer import node_result
from orama_monitor.cluster_report import ClusterReport, Status, assess
from orama_monitor.live.items import draw
from orama_monitor.live.pages import PAGES, build
from orama_monitor.live.state import State
from orama_monitor.report import NodeReport, Section
from orama_monitor.snapshot import REASON_LIMIT, Snapshot
from orama_monitor.views import brief
from tests.unit.clusters import healthy, host, raw_report, wg_ip
from tests.unit.views.test_views import VIEWS, shown

NODES = 3
SAID = (
    *("[red]x[/]", "[/]", "[link=file:///etc/passwd]x[/link]", ":skull:", "a\nb", "a\r\x1b[1A\x1b[2Khealthy"),
    *(
        "\x1b]0;title\x07",
        "\x1b]52;c;AAAA\x1b\\",
        "\x9b31m",
        "\u202egnp.exe",
        "\u2066x\u2069",
        "a\u200bb\ufeff",
        "\x00",
    ),
    *(
        "e\u0301" * 60,
        "\u1160\u3164",
        "漢字" * 30,
        "👩‍👩‍👧",
        "x" * 4096,
        "| a | b |",
        "`a`",
        "</td><script>",
        "**b**",
        "# T",
    ),
    *("unit 'with' \"quotes\"", "\\", "{{ 7*7 }}", "%s%n", host(1), host(2), "cluster", "198.18.0.12 healthy", ""),
)
TEXTS = st.sampled_from(SAID) | st.text(max_size=30)
#: What others are compared with, which a node may well get wrong: the mesh, raft and the members of a cluster.
EVIDENCE = ("wireguard", "wireguard_ip", "rqlite", "olric", "ipfs", "namespaces", "version", "schema_version")
#: Fields that no version knows, in every section, each by a name that the node chose.
STRANGE = {
    "count": 7,
    "figure": 0.5,
    "fact": False,
    "text": "\x1b[31m",
    "list": ["\x9b31m"],
    "map": {"\x1b[2J": "\x07"},
}
SETTINGS = settings(deadline=None, max_examples=15, database=None, suppress_health_check=list(HealthCheck))


def texts(at: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the texts of a report are, the names of its maps among them."""
    if isinstance(at, dict):
        for name, value in at.items():
            yield from texts(value, (*way, name))
    elif isinstance(at, list):
        for place, value in enumerate(at):
            yield from texts(value, (*way, place))
    elif isinstance(at, str):
        yield way


REPORT = raw_report(0, NODES, "nameserver-ns1")
PLACES = [way for way in texts(REPORT) if way[0] != "collectors" or way[-1] != "status"]
OWN = [way for way in PLACES if way[0] not in EVIDENCE]


def told(places: list[tuple[Any, ...]], words: list[str]) -> Snapshot:
    """A healthy cluster in which the first node says these words in these places."""
    raw = json.loads(json.dumps(REPORT))
    for number, way in enumerate(places):
        at = raw
        for part in way[:-1]:
            at = at[part]
        at[way[-1]] = words[number % len(words)]
    raw["gateway"]["subsystems"][words[0] or "x"] = {"status": words[-1], "error": words[0], "latency": None}
    raw["processes"].update(zombie_count=1, zombies=[{"pid": 1, "command": words[0]}])
    raw["collectors"]["dns"].update(status="failed", error=words[-1])
    raw["collectors"][words[0]] = {"status": "failed", "error": words[-1]}
    snapshot = healthy(NODES)
    snapshot.nodes[0].report = NodeReport.model_validate(raw)
    for section in sections(snapshot.nodes[0].report):
        assert section.model_extra is not None
        section.model_extra.update({f"{word} {kind}": value for word in words for kind, value in STRANGE.items()})
    return snapshot


def sections(at: Any) -> Iterator[Section]:
    """The report, and every part of it that may hold fields this version does not know."""
    if isinstance(at, Section):
        yield at
        at = dict(at)
    for part in at.values() if isinstance(at, dict) else at if isinstance(at, list) else ():
        yield from sections(part)


def everything(judged: ClusterReport) -> Iterator[str]:
    """All that is shown of a report anywhere."""
    for view in VIEWS:
        yield shown(view, judged, 80)
    yield brief.render(judged)
    for page in PAGES:
        drawn = draw(build(page, State(judged)), 120)
        yield "\n".join("".join(segment.text for segment in line if not segment.control) for line in drawn.lines)


def harmless(text: str) -> bool:
    return all(
        character == "\n" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl") for character in text
    )


@SETTINGS
@given(st.lists(st.sampled_from(PLACES), max_size=40), st.lists(TEXTS, min_size=1, max_size=8))
def test_nothing_but_text_is_shown(places: list[tuple[Any, ...]], words: list[str]) -> None:
    judged = assess(told(places, words))
    for text in everything(judged):
        assert harmless(text), text
    assert json.loads(judged.to_json())["nodes"][0]["host"] == host(0)
    assert judged.to_json().isascii()


def test_every_hostile_text_in_every_place() -> None:
    for words in SAID:
        for text in everything(assess(told(PLACES, [words]))):
            assert harmless(text), words


def of_others(judged: ClusterReport) -> tuple[list[Alert], list[Status], list[str]]:
    """What is told of the nodes that say nothing strange: their alerts, statuses and rows."""
    hosts = [host(index) for index in range(1, NODES)]
    alerts = [alert for alert in judged.alerts if alert.node in hosts]
    statuses = [node.status for node in judged.nodes if node.host in hosts]
    rows = [
        " ".join(line.split()) for line in shown("cluster", judged, 200).splitlines() if line.startswith(tuple(hosts))
    ]
    return alerts, statuses, rows


@SETTINGS
@given(st.lists(st.sampled_from(OWN), max_size=60), st.lists(TEXTS, min_size=1, max_size=8))
def test_a_node_speaks_for_itself_alone(places: list[tuple[Any, ...]], words: list[str]) -> None:
    before, after = of_others(assess(healthy(NODES))), of_others(assess(told(places, words)))
    assert before[:2] == after[:2]
    assert [row.split()[0] for row in after[2]] == [host(1), host(2)]
    assert before[2] == after[2]


def test_a_node_that_calls_itself_another_stays_itself() -> None:
    snapshot = told([("hostname",)], [host(1)])
    assert snapshot.nodes[0].report is not None
    snapshot.nodes[0].report.wireguard_ip = wg_ip(1)
    judged = assess(snapshot)
    assert [node.host for node in judged.nodes] == [host(0), host(1), host(2)]
    assert of_others(judged) == of_others(assess(healthy(NODES)))


@pytest.mark.parametrize("way", [("hostname",), ("processes", "zombies"), ("rqlite", "nodes")])
def test_a_name_of_a_megabyte_is_a_failed_collection(way: tuple[str, ...]) -> None:
    raw = json.loads(json.dumps(REPORT))
    name = "x" * 2**20
    if len(way) == 1:
        raw[way[0]] = name
    else:
        raw[way[0]][way[1]] = [{"pid": 1, "command": name}] if way[1] == "zombies" else {name: {}}
    answer = {"ansible_facts": {"orama_report": raw}}
    result = node_result(host(0), "node", answer, unreachable=False, timeout=30, silence="")
    assert (result.failure, result.report) == ("collect_failed", None)
    assert result.error and result.error.startswith("the report is not valid: ")
    assert len(result.error) <= REASON_LIMIT and len(result.error.splitlines()) == 1
