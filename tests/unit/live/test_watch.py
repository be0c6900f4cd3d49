"""When it asks, what it makes of what comes, and what it tells meanwhile: without a screen."""

from __future__ import annotations

import gc
import threading
import tracemalloc
from datetime import timedelta
from pathlib import Path

import pytest

from orama_monitor.alerts import RULES
from orama_monitor.alerts.alert import CLUSTER, Severity
from orama_monitor.alerts.muting import add_mute
from orama_monitor.alerts.policy import Mute, Policy, read_policy
from orama_monitor.cluster_report import ClusterReport, assess
from orama_monitor.durations import duration
from orama_monitor.errors import MonitorError
from orama_monitor.live import plain
from orama_monitor.live.history import LIMIT
from orama_monitor.live.overlay import judged_together, overlay
from orama_monitor.live.policy_file import PolicyFile
from orama_monitor.live.progress import Progress, Replay, facts, line, notes
from orama_monitor.live.state import Age, State
from orama_monitor.live.watch import Watch
from orama_monitor.snapshot import Snapshot
from orama_monitor.views import headline
from orama_monitor.views.folding import fold
from tests.unit.alerts.breaking import node_dead
from tests.unit.clusters import BEGAN, healthy, host, lost, narrowed, report
from tests.unit.live.fakes import FakeClock, FakeNodes, with_memory

MUTING = Policy(mutes=[Mute(code="MEMORY_HIGH")])


def watching(nodes: FakeNodes | None = None) -> Watch:
    nodes = nodes or FakeNodes()
    return Watch(nodes, Policy(), 30, nodes.clock)


def refresh(watch: Watch) -> str | None:
    """One whole collection."""
    collection = watch.begin()
    try:
        return watch.finish(watch.run(collection))
    except MonitorError as error:
        return watch.finish(error)


def clock_of(watch: Watch) -> FakeClock:
    assert isinstance(watch.clock, FakeClock)
    return watch.clock


class TestWhen:
    def test_at_once_and_then_every_interval(self) -> None:
        watch = watching()
        assert watch.is_due
        refresh(watch)
        assert not watch.is_due
        clock_of(watch).turn(29.9)
        assert not watch.is_due
        clock_of(watch).turn(0.1)
        assert watch.is_due

    def test_never_two_at_once(self) -> None:
        watch = watching()
        watch.begin()
        clock_of(watch).turn(1000)
        assert not watch.is_due

    def test_a_slow_one_is_followed_at_once(self) -> None:
        watch = watching()
        collection = watch.begin()
        clock_of(watch).turn(45)
        watch.finish(watch.run(collection))
        assert watch.is_due

    def test_not_while_paused(self) -> None:
        watch = watching()
        watch.paused = True
        assert not watch.is_due

    def test_trouble_is_tried_again_after_the_interval(self) -> None:
        nodes = FakeNodes()
        nodes.trouble = "no network"
        watch = watching(nodes)
        assert refresh(watch) == "no network"
        assert watch.trouble and not watch.is_due
        clock_of(watch).turn(30)
        assert watch.is_due
        assert refresh(watch) is None, "told once"
        assert watch.trouble.since == BEGAN and watch.trouble.at == BEGAN + timedelta(seconds=30)
        assert any(
            note.plain.startswith(f" ✗ since {BEGAN:%H:%M:%S} UTC: no network") for note in notes(watch.progress)
        )


class TestAge:
    def test_of_the_oldest_answer_that_is_shown(self) -> None:
        watch = watching()
        assert watch.age is None
        collection = watch.begin()
        clock_of(watch).turn(4)
        watch.finish(watch.run(collection))
        assert watch.age and watch.age.seconds == 4

    @pytest.mark.parametrize(("seconds", "stale"), [(0, False), (60, False), (61, True)])
    def test_stale_after_two_intervals(self, seconds: float, stale: bool) -> None:
        watch = watching()
        refresh(watch)
        clock_of(watch).turn(seconds)
        assert watch.age and watch.age.is_stale is stale

    def test_a_pace_that_cannot_be_kept_is_not_stale(self) -> None:
        watch = watching()
        collection = watch.begin()
        clock_of(watch).turn(50)
        watch.finish(watch.run(collection))
        clock_of(watch).turn(40)
        assert watch.age and not watch.age.is_stale

    def test_a_clock_set_back_is_no_future(self) -> None:
        assert str(Age(-3, 30)) == "0s"


def laid_over(before: Snapshot | None, now: Snapshot, *answered: int) -> ClusterReport:
    """What is shown when these nodes have answered anew."""
    arrived = narrowed(now, *answered).model_copy(update={"partial": True})
    awaited = {node.host for node in now.configured} - {node.host for node in arrived.nodes}
    fresh = assess(judged_together(before, arrived, awaited))
    return overlay(assess(before, Policy()) if before else None, arrived, fresh, awaited)


class TestOverlay:
    def test_first_only_what_has_come(self) -> None:
        shown = laid_over(None, healthy(), 0, 1)
        assert [node.host for node in shown.nodes] == [host(0), host(1)]
        assert not [alert for alert in shown.alerts if alert.node == CLUSTER]

    def test_of_what_has_come_first_nobody_says_that_all_is_well(self) -> None:
        shown = laid_over(None, healthy(), 0, 1)
        assert headline.nodes(shown) == "2 of 5 nodes: 2 healthy"
        assert headline.worst(shown, fold(shown.alerts)) is Severity.INFO
        assert laid_over(healthy(), healthy(), 0, 1).meta.partial is False

    def test_of_the_nodes_that_are_not_asked_none_is_awaited(self) -> None:
        arrived = narrowed(healthy(), 0).model_copy(update={"partial": True})
        shown = overlay(None, arrived, assess(arrived), {host(1)})
        assert [node.host for node in shown.meta.configured] == [host(0), host(1)]

    @pytest.mark.parametrize("answered", [(0,), (0, 2), (0, 2, 3, 4)])
    def test_what_a_dead_node_leaves_behind_is_no_fault_of_the_others(self, answered: tuple[int, ...]) -> None:
        dead = healthy()
        node_dead(dead, 1)
        shown = laid_over(dead, dead, *answered)
        roots = [(root.alert.code, root.alert.node) for root in fold(shown.alerts).roots]
        assert roots == [("NODE_UNREACHABLE", host(1))]

    @pytest.mark.parametrize("before", [None, healthy()], ids=["first", "then"])
    def test_nor_is_it_while_nobody_knows_yet_that_it_is_dead(self, before: Snapshot | None) -> None:
        dead = healthy()
        node_dead(dead, 1)
        told = laid_over(before, dead, 0, 2).alerts
        assert [alert.code for alert in told if alert.cause or host(1) in alert.about] == []

    def test_then_over_what_was_known(self) -> None:
        shown = laid_over(with_memory(95, index=2), with_memory(96, index=1), 1)
        assert [node.host for node in shown.nodes] == [host(index) for index in range(5)]
        assert {alert.node for alert in shown.alerts} == {host(1), host(2)}
        assert shown.summary.warning_alerts == 2

    def test_a_leader_that_moved_is_not_two_leaders(self) -> None:
        after = healthy()
        for index, state in ((0, "Follower"), (1, "Leader")):
            rqlite = report(after, index).rqlite
            assert rqlite is not None
            rqlite.raft_state = state
        for index in range(5):
            rqlite = report(after, index).rqlite
            assert rqlite is not None
            rqlite.leader_addr, rqlite.leader_id, rqlite.term = "10.0.0.2:7001", "10.0.0.2:7001", 43
        shown = laid_over(healthy(), after, 1, 2)
        assert not [alert for alert in shown.alerts if alert.subsystem == "rqlite"]

    def test_what_stands_on_a_node_goes_when_it_answers(self) -> None:
        assert not laid_over(with_memory(95), healthy(), 1).alerts

    def test_a_node_that_left_the_conf_is_gone(self) -> None:
        assert len(laid_over(healthy(6), healthy(5), 0).nodes) == 5

    def test_a_node_that_cannot_be_reached_shows_at_once(self) -> None:
        after = healthy()
        lost(after, 3)
        shown = laid_over(healthy(), after, 3)
        assert shown.meta.unreachable_count == 1 and shown.meta.healthy_count == 4


class TestPolicy:
    def test_what_was_judged_by_another_is_judged_anew(self) -> None:
        watch = watching(FakeNodes(with_memory(95)))
        refresh(watch)
        assert watch.rejudging() is None
        watch.policy = MUTING
        judge = watch.rejudging()
        assert judge is not None
        watch.adopt(judge())
        assert watch.state.report and watch.state.report.summary.muted_alerts == 1 and watch.rejudging() is None

    def test_a_collection_that_ends_meanwhile_is_judged_anew_too(self) -> None:
        watch = watching(FakeNodes(with_memory(95)))
        refresh(watch)
        collection = watch.begin()
        outcome = watch.run(collection)
        watch.policy = MUTING
        judge = watch.rejudging()
        watch.finish(outcome)
        newest = watch.state.report
        assert judge is not None
        watch.adopt(judge())
        assert watch.state.report is newest, "what was collected before is not shown in its place"
        assert watch.rejudging() is not None

    def test_an_edited_file_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "policy.yml"
        nodes = FakeNodes(with_memory(95))
        policy_file = PolicyFile(path, lambda: read_policy(path) if path.exists() else Policy())
        watch = Watch(nodes, Policy(), 30, nodes.clock, policy_file)

        def muted() -> int:
            refresh(watch)
            assert watch.state.report is not None
            return watch.state.report.summary.muted_alerts

        assert muted() == 0
        add_mute(path, "MEMORY_HIGH")
        assert muted() == 1
        path.write_text("mutes: [")
        assert muted() == 1
        assert watch.policy_trouble and "not YAML" in watch.policy_trouble
        assert any("the policy read before it is kept" in note.plain for note in notes(watch.progress))
        path.unlink()
        assert muted() == 0 and not watch.policy_trouble

    def test_answers_that_cannot_be_judged(self, monkeypatch: pytest.MonkeyPatch) -> None:
        watch, stop, shown = watching(), threading.Event(), list[str]()
        monkeypatch.setattr("orama_monitor.live.watch.assess", lambda *_, **__: 1 / 0)

        def show(part: object) -> None:
            shown.append(str(part))
            if len(shown) == 3:
                stop.set()

        plain.watch(watch, show, stop)
        assert "✗ the answers could not be judged: ZeroDivisionError: division by zero" in shown


class TestConf:
    def test_other_nodes_are_told(self) -> None:
        watch = watching()
        assert refresh(watch) is None
        assert isinstance(watch.source, FakeNodes)
        watch.source.snapshot = healthy(6)
        assert refresh(watch) == "The conf changed: 1 node more, 0 gone"
        assert refresh(watch) is None

    def test_a_stopped_collection_leaves_no_history(self) -> None:
        nodes = FakeNodes()
        nodes.held = {host(2)}
        watch = watching(nodes)
        collection = watch.begin()
        threading.Timer(0.05, collection.stop.set).start()
        outcome = watch.run(collection)
        assert outcome.snapshot.partial and not outcome.history.points


class TestLine:
    def test_the_right_part_wins(self) -> None:
        progress = Progress("a_very_long_environment_name_indeed", age=Age(5, 30), next_in=25)
        assert line(progress, None, 40).plain.endswith("data 5s old · next in 25s")
        for width in range(1, 60):
            assert line(progress, None, width).cell_len <= width

    def test_its_mark_is_the_verdicts(self) -> None:
        snapshot = healthy()
        lost(snapshot, 1)
        policy = Policy(mutes=[Mute(code=code) for code in RULES])
        shown = assess(snapshot, policy)
        assert not shown.standing()
        assert line(Progress("x"), shown, 40).plain.startswith("✗ x")

    def test_a_replay_has_no_age(self) -> None:
        shown = facts(Progress("x", replay=Replay(2, 9, BEGAN))).plain
        assert shown == "saved report 2 of 9 · 2026-02-16 12:00:00 UTC"


class TestSearch:
    @pytest.mark.parametrize(
        ("search", "found"),
        [("", 5), ("198.18.0.12", 1), ("NAMESERVER", 2), ("ns1", 1), ("healthy node", 3), ("n4", 1), ("nothing", 0)],
    )
    def test_nodes(self, search: str, found: int) -> None:
        assert len(State(assess(healthy(), Policy()), search=search).found_nodes) == found


class TestDurations:
    @pytest.mark.parametrize(
        ("text", "hours"), [("8h", 8), ("1d12h", 36), ("90m", 1.5), (" 2 D ", 48), ("1w", 168), ("", None)]
    )
    def test_read(self, text: str, hours: float | None) -> None:
        assert duration(text) == (timedelta(hours=hours) if hours is not None else None)

    @pytest.mark.parametrize("text", ["soon", "8", "h", "-1h", "0h", "1h soon", "99999w", "99999w" * 1500, "8h30"])
    def test_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"expected|ten years"):
            duration(text)


def test_a_day_of_refreshes_weighs_as_much_as_an_hour() -> None:
    """8 h at 5 s are 5,760 refreshes; what 60 of them leave behind is a 96th of what the day would."""
    watch = watching(FakeNodes(healthy(2)))
    snapshots = [healthy(2), with_memory(95, nodes=2)]

    def go(times: int) -> None:
        assert isinstance(watch.source, FakeNodes)
        for number in range(times):
            watch.source.snapshot = snapshots[number % 2]
            clock_of(watch).turn(5)
            refresh(watch)
        gc.collect()

    go(LIMIT + 10)
    tracemalloc.start()
    try:
        go(10)
        before, _peak = tracemalloc.get_traced_memory()
        go(60)
        after, _peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 10_000_000 / 96
