"""What the live view knows and when it asks again, apart from any screen; the plain mode watches the same way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from orama_monitor.alerts import RULES
from orama_monitor.alerts.policy import Policy
from orama_monitor.alerts.words import number
from orama_monitor.cluster_report import ClusterReport, assess
from orama_monitor.errors import MonitorError
from orama_monitor.live.clock import Clock
from orama_monitor.live.history import History
from orama_monitor.live.keys_first import patiently, turn
from orama_monitor.live.overlay import judged_together, overlay
from orama_monitor.live.policy_file import PolicyFile
from orama_monitor.live.progress import Asking, Progress, Trouble
from orama_monitor.live.refresh import Asked, Collection, Source
from orama_monitor.live.state import Age, Found, State
from orama_monitor.snapshot import Snapshot

LEEWAY = 1.5  # where collections take longer than the interval, how much they may vary before the data is stale


@dataclass(frozen=True, slots=True)
class Outcome:
    """A collection that came to its end, judged."""

    snapshot: Snapshot
    policy: Policy
    report: ClusterReport
    history: History
    was_asked: Asked | None
    elapsed: float


class Watch:
    """Only ``run``, ``overlaid`` and what ``rejudging`` gives take long and belong in a thread; they change nothing."""

    def __init__(
        self, source: Source, policy: Policy, interval: float, clock: Clock, policy_file: PolicyFile | None = None
    ) -> None:
        self.source = source
        self.policy = policy
        self.policy_file = policy_file
        self.policy_trouble: str | None = None
        self.interval = interval
        self.clock = clock
        self.state = State()
        self.snapshot: Snapshot | None = None
        self.collection: Collection | None = None
        self.trouble: Trouble | None = None
        self.paused = False
        self.last: Outcome | None = None
        self._began: float | None = None
        self._duration = 0.0

    @property
    def is_due(self) -> bool:
        """Whether to ask again now."""
        return self.collection is None and not self.paused and self.next_in <= 0

    @property
    def next_in(self) -> float:
        """In how many s it is to ask again; by then the last collection has long ended, or it follows at once."""
        if self._began is None:
            return 0.0
        return self._began + self.interval - self.clock.elapsed()

    def begin(self) -> Collection:
        """Start a collection; run it in a thread, then ``finish`` it."""
        assert self.collection is None
        self._reread()
        self._began = self.clock.elapsed()
        self.collection = Collection(self.clock.now(), self._began)
        return self.collection

    def _reread(self) -> None:
        """Judge by what the policy file says now; what cannot be read changes nothing."""
        try:
            policy = self.policy_file.changed() if self.policy_file else None
        except (MonitorError, OSError) as error:
            self.policy_trouble = f"{error}; the policy read before it is kept"
            return
        self.policy_trouble = None
        if policy is not None and policy != self.policy:
            self.policy = policy

    def run(self, collection: Collection) -> Outcome:
        """Raises MonitorError, whatever went wrong."""
        snapshot, policy = collection.run(self.source), self.policy
        try:
            with turn():
                report = assess(snapshot, policy, rules=patiently(RULES.values()))
                history = self.state.history if snapshot.partial else self.state.history.add(report)
        except Exception as error:
            raise MonitorError(f"the answers could not be judged: {type(error).__name__}: {error}") from error
        return Outcome(snapshot, policy, report, history, collection.asked, collection.elapsed)

    def finish(self, outcome: Outcome | MonitorError) -> str | None:
        """Take in how the collection ended; what is worth a word about it, if anything."""
        assert self.collection is not None
        duration = self.clock.elapsed() - self.collection.elapsed
        self.collection = None
        if isinstance(outcome, MonitorError):
            now, before = self.clock.now(), self.trouble
            self.trouble = Trouble(before.since if before else now, now, str(outcome))
            return None if before else str(outcome)
        self._duration = duration
        said = "Answers again" if self.trouble else self._conf_change(outcome)
        self.trouble = None
        self.last = outcome
        self.snapshot = outcome.snapshot
        self.state = replace(self.state, report=outcome.report, history=outcome.history)
        return said

    def _conf_change(self, outcome: Outcome) -> str | None:
        if self.last is None or self.last.was_asked is None or outcome.was_asked is None:
            return None
        before, after = set(self.last.was_asked.asked), set(outcome.was_asked.asked)
        if before == after:
            return None
        return f"The conf changed: {number(len(after - before), 'node')} more, {len(before - after)} gone"

    def overlaid(self, collection: Collection) -> ClusterReport:
        """The last complete report with what of ``collection`` has arrived laid over it."""
        arrived = collection.arrived(self.source.environment, self.clock.elapsed())
        awaited = collection.asked_hosts - {node.host for node in arrived.nodes}
        last = self.last
        with turn():
            together = judged_together(last.snapshot if last else None, arrived, awaited)
            fresh = assess(together, self.policy, rules=patiently(RULES.values()))
            return overlay(last.report if last else None, arrived, fresh, awaited)

    def rejudging(self) -> Callable[[], Outcome] | None:
        """What judges the last collection anew, in a thread; None where it was judged by the policy in force."""
        last, policy = self.last, self.policy
        if last is None or last.policy is policy:
            return None
        return lambda: replace(last, policy=policy, report=assess(last.snapshot, policy))

    def adopt(self, outcome: Outcome) -> None:
        """Show the last collection judged anew, unless a later one has come meanwhile."""
        if self.last is not None and self.last.snapshot is outcome.snapshot:
            self.last = outcome
            self.state = replace(self.state, report=outcome.report)

    @property
    def age(self) -> Age | None:
        """How old the oldest of what is shown is, against the pace that can be kept."""
        if self.last is None:
            return None
        return Age(self.clock.elapsed() - self.last.elapsed, max(self.interval, LEEWAY * self._duration))

    @property
    def progress(self) -> Progress:
        asking = None
        if self.collection:
            since = self.clock.elapsed() - self.collection.elapsed
            asking = Asking(since, self.collection.done, self.collection.total)
        return Progress(
            environment=self.source.environment,
            age=self.age,
            asking=asking,
            next_in=self.next_in,
            paused=self.paused,
            trouble=self.trouble,
            policy_trouble=self.policy_trouble,
            search=self.state.search,
            found=self.state.found if self.state.search else Found(),
        )
