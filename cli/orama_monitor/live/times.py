"""A moment as an operator reads it: in UTC, whatever zone a saved report was written in."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(at: datetime) -> str:
    """The day and the time."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def clock_time(at: datetime, last: datetime | None) -> str:
    """The time, with its day where that is not the day of the ``last`` refresh."""
    at = at.astimezone(UTC)
    is_today = last is None or last.astimezone(UTC).date() == at.date()
    return f"{at:%H:%M:%S}" if is_today else f"{at:%m-%d %H:%M:%S}"
