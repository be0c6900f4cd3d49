"""Saved reports, stepped through."""

from __future__ import annotations

from tests.unit.clusters import healthy
from tests.unit.live.fakes import with_memory
from tests.unit.live.harness import replaying


class TestReplay:
    async def test_stepping(self) -> None:
        snapshots = [
            snapshot.model_copy(update={"collected_at": snapshot.collected_at.replace(minute=number)})
            for number, snapshot in enumerate([healthy(), with_memory(95), healthy()])
        ]
        async with replaying(list(reversed(snapshots)), size=(120, 40)) as live:
            assert "saved report 1 of 3" in live.text and "no alerts" in live.text
            assert "Refresh" not in live.text and "Later" in live.text
            await live.press("right_square_bracket")
            await live.until(lambda: "1 warning" in live.text)
            assert "saved report 2 of 3" in live.text and "NEW" in live.text
            await live.press("right")
            await live.until(lambda: "✓ resolved" in live.text)
            await live.press("right")
            assert live.notices == ["No later report"]
            await live.press("left_square_bracket", "left", "left")
            await live.until(lambda: "saved report 1 of 3" in live.text and "no alerts" in live.text)
            assert "No earlier report" in live.notices

    async def test_asking_keys_do_nothing(self) -> None:
        async with replaying([healthy()]) as live:
            await live.press("r", "p")
            assert "saved report 1 of 1" in live.text
