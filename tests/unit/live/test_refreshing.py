"""Asking again: when, what shows while it goes on, what has become of alerts."""

from __future__ import annotations

from tests.unit.clusters import healthy, host
from tests.unit.live.fakes import FakeNodes, with_memory
from tests.unit.live.harness import running


class TestRefreshing:
    async def test_every_interval(self) -> None:
        async with running() as live:
            await live.tick(29)
            assert live.nodes.collections == 1 and "next in 1s" in live.text
            await live.refresh()
            assert live.nodes.collections == 2

    async def test_now(self) -> None:
        async with running() as live:
            await live.press("r")
            await live.until(lambda: live.nodes.collections == 2)

    async def test_not_twice_at_once(self) -> None:
        nodes = FakeNodes()
        async with running(nodes) as live:
            nodes.held = {host(4)}
            await live.press("r")
            await live.tick(40)
            await live.press("r")
            assert live.nodes.collections == 2
            assert any("already" in notice for notice in live.notices)

    async def test_rows_change_as_nodes_answer(self) -> None:
        nodes = FakeNodes()
        async with running(nodes) as live:
            await live.press("2")
            nodes.snapshot, nodes.held = with_memory(95), {host(4)}
            await live.tick(30)
            await live.until(lambda: live.watch.collection is not None and live.watch.collection.done == 4)
            await live.tick(1)
            await live.until(lambda: "95%!" in live.text)
            assert "4 of 5" in live.text and host(4) in live.text
            assert not live.watch.state.history.changes
            nodes.release()
            await live.until(lambda: live.watch.collection is None)
            assert [change.code for change in live.watch.state.history.changes] == ["MEMORY_HIGH"]

    async def test_the_spinner_turns(self) -> None:
        nodes = FakeNodes()
        async with running(nodes) as live:
            nodes.held = {host(4)}
            await live.tick(30)
            await live.until(lambda: "4 of 5" in live.text)
            first = live.text.splitlines()[0]
            await live.tick(0.5)
            assert live.text.splitlines()[0] != first

    async def test_pause(self) -> None:
        async with running() as live:
            await live.press("p")
            await live.tick(61)
            assert live.nodes.collections == 1
            assert "PAUSED" in live.text and "Paused: p goes on" in live.text and "STALE" in live.text
            await live.press("r")
            await live.until(lambda: live.nodes.collections == 2 and live.watch.collection is None)
            await live.press("p")
            await live.tick(30)
            await live.until(lambda: live.nodes.collections == 3)
            assert "Paused" not in live.text

    async def test_stale_is_loud_and_stays_so_until_it_is_not(self) -> None:
        nodes = FakeNodes()
        async with running(nodes) as live:
            nodes.held = {host(4)}
            await live.tick(60)
            assert "STALE" not in live.text
            await live.tick(2)
            assert "STALE: data 62s old" in live.text
            nodes.release()
            await live.until(lambda: live.watch.collection is None)

    async def test_new_and_resolved_are_marked_with_the_time(self) -> None:
        async with running(size=(120, 40)) as live:
            await live.refresh(with_memory(95))
            await live.press("7")
            assert "NEW" in live.text and "12:00:30" in live.text and "new warning" in live.text
            await live.refresh(with_memory(96))
            assert "NEW" not in live.text
            await live.refresh(healthy())
            assert "✓ resolved" in live.text and "12:01:30" in live.text

    async def test_flapping(self) -> None:
        async with running(size=(120, 40)) as live:
            for number in range(4):
                await live.refresh(with_memory(95) if number % 2 == 0 else healthy())
            await live.press("7")
            assert "FLAPS 4×" in live.text

    async def test_trouble_with_brackets_in_it_is_told_as_it_is(self) -> None:
        nodes = FakeNodes()
        async with running(nodes) as live:
            nodes.trouble = "/srv/[prod]/[/x].conf, line 3: \x1b[2J"
            await live.press("r")
            await live.until(lambda: bool(live.notices))
            await live.until(lambda: "/srv/[prod]/[/x].conf" in live.text)
            assert live.notices == ["/srv/[prod]/[/x].conf, line 3: \\x1b[2J"]
