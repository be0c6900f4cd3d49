"""What changed between refreshes, what flaps, and the numbers that are kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta, timezone

from orama_monitor.alerts.alert import CLUSTER, Alert, Cause, Severity
from orama_monitor.alerts.policy import Policy
from orama_monitor.cluster_report import ClusterReport, JudgedNode, Meta, assess, summarize
from orama_monitor.live import pages
from orama_monitor.live.alert_rows import alert_rows
from orama_monitor.live.changes import change_rows
from orama_monitor.live.detail import of_alert
from orama_monitor.live.history import CHANGES, LIMIT, History
from orama_monitor.live.items import Item, draw
from orama_monitor.live.plain import block, flaps
from orama_monitor.live.sparks import sparkline
from orama_monitor.live.state import AlertKey, State
from orama_monitor.live.times import clock_time, moment
from orama_monitor.report import CollectorOutcome
from tests.unit.clusters import BEGAN, healthy, host, lost
from tests.unit.live.fakes import alert, with_memory


def judged(number: int, *alerts: Alert, silent: tuple[int, ...] = (), nodes: int = 3) -> ClusterReport:
    """Refresh ``number``, one a minute, with these alerts and no judgement."""
    snapshot = healthy(nodes, nameservers=1)
    lost(snapshot, *silent)
    at = BEGAN + timedelta(minutes=number)
    meta = Meta(
        environment="testnet",
        collected_at=at,
        duration_seconds=1,
        node_count=nodes,
        healthy_count=nodes,
        degraded_count=0,
        unreachable_count=0,
    )
    judged_nodes = [JudgedNode(**dict(node), status="healthy") for node in snapshot.nodes]
    return ClusterReport(meta=meta, summary=summarize(snapshot, list(alerts)), alerts=list(alerts), nodes=judged_nodes)


def after(*refreshes: list[Alert]) -> History:
    history = History()
    for number, alerts in enumerate(refreshes):
        history = history.add(judged(number, *alerts))
    return history


def told(history: History) -> list[tuple[str, str]]:
    return [(change.kind, change.code) for change in history.changes]


class TestChanges:
    def test_what_stands_at_the_start_is_not_new(self) -> None:
        history = after([alert()])
        assert told(history) == []
        assert not history.is_new(alert())
        track = history.track(alert())
        assert track and track.from_start

    def test_an_alert_that_comes_is_new_for_one_refresh(self) -> None:
        history = after([], [alert()])
        assert told(history) == [("new", "MEMORY_HIGH")]
        assert history.is_new(alert())
        history = history.add(judged(2, alert()))
        assert not history.is_new(alert())
        assert told(history) == [("new", "MEMORY_HIGH")]

    def test_a_change_has_the_time_of_its_refresh(self) -> None:
        history = after([], [alert()], [])
        assert [change.at for change in history.changes] == [BEGAN + timedelta(minutes=n) for n in (1, 2)]

    def test_an_alert_that_goes_is_resolved(self) -> None:
        history = after([alert()], [])
        assert told(history) == [("resolved", "MEMORY_HIGH")]
        assert [code for (code, _node, _about), _track in history.gone(5)] == ["MEMORY_HIGH"]

    def test_a_resolved_alert_is_listed_for_a_few_refreshes(self) -> None:
        history = after([alert()], [], [], [], [])
        assert history.gone(5)
        assert not history.gone(3)

    def test_other_words_are_the_same_alert(self) -> None:
        history = after([alert(message="1 suspicion in the last 120 min")], [alert(message="2 suspicions in 3 h")])
        assert told(history) == []
        track = history.track(alert())
        assert track and track.from_start and track.message == "2 suspicions in 3 h"

    def test_about_another_unit_or_address_it_is_another_alert(self) -> None:
        one, other = alert(about=("orama-ns1",)), alert(about=("orama-ns2",))
        assert told(after([one], [other])) == [("new", "MEMORY_HIGH"), ("resolved", "MEMORY_HIGH")]

    def test_about_one_thing_more_or_less_it_is_the_same(self) -> None:
        history = after([], [alert(about=("a", "b"))], [alert(about=("b", "c", "d"))], [alert(about=("d",))])
        assert told(history) == [("new", "MEMORY_HIGH")]
        track = history.track(alert(about=("d",)))
        assert track and track.since == BEGAN + timedelta(minutes=1) and len(history.tracks or {}) == 1

    def test_while_it_is_not_known_what_it_is_about_it_is_the_same(self) -> None:
        assert told(after([alert(about=("a",))], [alert()], [alert(about=("b",))])) == []

    def test_of_two_that_speak_of_the_same_each_goes_on_once(self) -> None:
        history = after([alert(about=("a", "b"))], [alert(about=("a",)), alert(about=("b",))])
        assert told(history) == [("new", "MEMORY_HIGH")]

    def test_what_follows_from_what_is_muted_is_no_news(self) -> None:
        muted = alert("SERVICE_INACTIVE", muted=True)
        follows = alert("RQLITE_DOWN", cause=Cause(code=muted.code, node=muted.node), severity=Severity.CRITICAL)
        history = after([muted], [muted, follows], [muted], [muted, follows], [muted])
        assert told(history) == [] and not history.gone(5) and flaps(history) == []
        assert history.series("alerts", muted.node) == [0] * 5

    def test_what_stood_on_a_node_that_left_the_conf_is_over(self) -> None:
        history = after([alert(node="198.18.9.9")], [])
        assert told(history) == [("resolved", "MEMORY_HIGH")]

    def test_a_severity_that_changes_is_told(self) -> None:
        worse = alert(severity=Severity.CRITICAL)
        assert told(after([alert()], [worse], [alert()])) == [("worse", "MEMORY_HIGH"), ("milder", "MEMORY_HIGH")]

    def test_an_alert_of_a_node_that_fell_silent_is_not_resolved(self) -> None:
        history = after([alert(node=host(1))])
        history = history.add(judged(1, silent=(1,)))
        assert told(history) == []
        history = history.add(judged(2, alert(node=host(1))))
        assert told(history) == []
        history = history.add(judged(3, silent=(1,))).add(judged(4))
        assert told(history) == [("resolved", "MEMORY_HIGH")]

    def test_an_alert_of_what_could_not_be_collected_is_not_resolved(self) -> None:
        history = after([alert(node=host(1))])
        for number, section in enumerate(["system", "processes"], start=1):
            blind = judged(number)
            seen = blind.nodes[1].report
            assert seen is not None
            seen.collectors[section] = CollectorOutcome(status="timeout", ms=3000, error="timed out")
            history = history.add(blind)
            assert told(history) == ([] if section == "system" else [("resolved", "MEMORY_HIGH")])

    def test_an_alert_on_the_cluster_is_resolved_though_a_node_is_silent(self) -> None:
        history = after([alert(node=CLUSTER)]).add(judged(1, silent=(1,)))
        assert told(history) == [("resolved", "MEMORY_HIGH")]

    def test_muting_is_no_resolution_and_no_news(self) -> None:
        assert told(after([alert()], [alert(muted=True)], [])) == []
        assert told(after([], [alert(muted=True)])) == []

    def test_a_mute_that_ends_is_news(self) -> None:
        assert told(after([alert()], [alert(muted=True)], [alert()])) == [("new", "MEMORY_HIGH")]
        worse = alert(severity=Severity.CRITICAL)
        assert told(after([alert(muted=True)], [worse])) == [("worse", "MEMORY_HIGH")]

    def test_a_clock_set_back_changes_no_order(self) -> None:
        history = History().add(judged(5)).add(judged(9, alert())).add(judged(1))
        rows = [[cell.plain for cell in row] for row in change_rows(history.changes, 2, history.last_at).rows]
        assert [row[1] for row in rows] == ["✓ resolved", "! new warning"]

    def test_worst_news_come_first(self) -> None:
        critical = alert("RQLITE_DOWN", severity=Severity.CRITICAL)
        assert told(after([], [alert(), critical])) == [("new", "RQLITE_DOWN"), ("new", "MEMORY_HIGH")]


class TestFlapping:
    def test_of_the_last_refresh_the_worst_news_are_listed_first(self) -> None:
        history = after([], [alert()], [alert(node=host(0), severity=Severity.CRITICAL)])
        rows = [[cell.plain for cell in row] for row in change_rows(history.changes, 2, history.last_at).rows]
        assert [row[1] for row in rows] == ["✗ new critical", "✓ resolved"]

    def test_coming_back_once_is_not_flapping(self) -> None:
        track = after([], [alert()], [], [alert()]).track(alert())
        assert track and not track.flaps

    def test_coming_and_going_twice_is(self) -> None:
        history = after([], [alert()], [], [alert()], [])
        track = history.track(alert())
        assert track and track.flaps and track.turns == 4

    def test_what_flaps_stays_listed_while_it_is_gone(self) -> None:
        history = after([], [alert()], [], [alert()], [], [], [], [], [], [])
        assert history.gone(1)

    def test_it_calms_down(self) -> None:
        history = after([], [alert()], [], [alert()], [], *([] for _ in range(25)))
        track = history.track(alert())
        assert track is None or not track.flaps


class TestBounds:
    def test_what_is_long_gone_is_forgotten(self) -> None:
        history = after([alert()], *([] for _ in range(LIMIT + 1)))
        assert not history.tracks

    def test_nothing_grows_without_end(self) -> None:
        history = History()
        for number in range(3 * LIMIT):
            history = history.add(judged(number, alert(about=(f"unit{number % 97}",))))
        assert len(history.points) == LIMIT
        assert len(history.changes) == CHANGES
        assert len(history.tracks or {}) <= LIMIT + 1

    def test_adding_leaves_the_history_before_as_it_was(self) -> None:
        before = after([alert()])
        before.add(judged(1))
        track = before.track(alert())
        assert track and track.stands and len(before.points) == 1


class TestNumbers:
    def test_the_highest_of_all_nodes(self) -> None:
        history = after([])
        loads = [numbers.load for numbers in history.points[0].nodes.values()]
        assert history.series("load") == [max(load for load in loads if load is not None)]
        highest = history.highest("load")
        assert highest and highest[1] == history.series("load")[0]

    def test_a_silent_node_has_no_numbers(self) -> None:
        history = after([]).add(judged(1, silent=(1,)))
        assert history.series("memory", host(1))[-1] is None
        assert history.series("memory", host(1))[0] is not None
        assert history.series("memory", "198.18.9.9") == [None, None]

    def test_alerts_are_counted_without_the_muted(self) -> None:
        history = after([alert(node=host(1)), alert("OTHER", node=host(1), muted=True)], [])
        assert history.series("alerts") == [1, 0]
        assert history.series("alerts", host(1)) == [1, 0]

    def test_no_points(self) -> None:
        assert History().series("load") == []
        assert History().highest("load") is None


class TestTimes:
    def test_of_today_need_no_day(self) -> None:
        assert clock_time(BEGAN, BEGAN) == clock_time(BEGAN, None) == "12:00:00"
        assert clock_time(BEGAN, BEGAN + timedelta(days=1)) == "02-16 12:00:00"

    def test_are_in_utc(self) -> None:
        elsewhere = BEGAN.astimezone(timezone(timedelta(hours=14)))
        assert clock_time(elsewhere, BEGAN) == "12:00:00"
        assert moment(elsewhere) == "2026-02-16 12:00:00 UTC"

    def test_everywhere(self) -> None:
        """Reports that were written in another zone, two days apart."""
        zone = timezone(timedelta(hours=2))
        snapshots = [
            snapshot.model_copy(update={"collected_at": (BEGAN + timedelta(days=number)).astimezone(zone)})
            for number, snapshot in enumerate([healthy(), with_memory(95), with_memory(95)])
        ]
        history = History()
        for snapshot in snapshots:
            history = history.add(assess(snapshot))
        state = State(assess(snapshots[-1]), history)
        key = next(key for key in alert_rows(state).keys if isinstance(key, AlertKey))
        alerts = lines(pages.alerts(state))
        assert alerts.count("02-17 12:00:00") == 2
        assert "since 02-17 12:00:00 UTC" in lines(of_alert(state, key, Policy()))
        assert "== 2026-02-18 12:00:00 UTC" in lines(block(state))


def lines(items: Iterable[Item]) -> str:
    return "\n".join("".join(segment.text for segment in line) for line in draw(items, 160).lines)


class TestSparkline:
    def test_bars(self) -> None:
        assert sparkline([0, 1, 2, 7], 10, least_top=7) == "▁▂▃█"

    def test_the_newest_fit(self) -> None:
        assert sparkline([0, 0, 7], 2) == "▁█"
        assert sparkline([1, 2], 0) == ""

    def test_not_known_is_a_dot(self) -> None:
        assert sparkline([None, 5], 5) == "·█"

    def test_all_the_same(self) -> None:
        assert sparkline([0, 0], 5) == "▁▁"
