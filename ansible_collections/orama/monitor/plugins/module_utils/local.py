# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""A service of this node: where it answers, whether it is installed at all, and what its answers are worth."""

from __future__ import annotations

from . import sockets, systemd
from .errors import Denied, Incomplete, Missing, ProbeError, ProbeTimeout, Refused
from .http import split
from .probe import Probe, Response

UNAUTHORIZED = (401, 403)
START_SECONDS = 60  # a service whose unit has been active for longer listens, if it ever will


def url(probe: Probe, base: str) -> str:
    """The base URL with "localhost" replaced by the address at which the service really listens."""
    base = base.rstrip("/")
    host, port, path = split(base)
    if host != "localhost":
        return base
    address = sockets.listening_address(probe, port) or "127.0.0.1"
    return "http://%s:%d%s" % ("[%s]" % address if ":" in address else address, port, path.rstrip("/"))


def installed(probe: Probe, units: tuple[str, ...], path: str) -> bool:
    """Whether one of the units is installed; where systemd can't say, whether the path is there."""
    known = [systemd.installed(probe, unit) for unit in units]
    return any(known) or (None in known and has(probe, path) is not False)


def has(probe: Probe, path: str) -> bool | None:
    """Whether a file or directory exists; None when this user may not look."""
    try:
        probe.permissions(path)
        return True
    except Missing:
        return False
    except ProbeError:
        return None


def _is_started(probe: Probe, unit: str) -> bool:
    """Whether the unit is known to be active for so long that its service listens, and where it would."""
    seconds = systemd.active_for(probe, unit)
    return seconds is not None and seconds > START_SECONDS and sockets.readable(probe)


class Answers:
    """The answers to questions that were asked side by side, and why some are no use."""

    def __init__(self, service: str, answers: dict) -> None:
        self.service = service
        self.answers = answers
        self.problems: list[Exception] = []
        for answer in answers.values():
            if isinstance(answer, Exception) and not isinstance(answer, ProbeError):
                raise answer

    def responded(self) -> bool:
        """Whether any question got an answer over the wire, be it a refusal to tell."""
        return any(not isinstance(answer, Exception) or isinstance(answer, Denied) for answer in self.answers.values())

    def refused(self, *names: str) -> bool:
        """Whether nobody listens where these questions were asked; all of them, when none is named."""
        return all(isinstance(self.answers[name], Refused) for name in names or self.answers)

    def active(self, probe: Probe, unit: str, *names: str) -> bool | None:
        """Whether the service's unit is active, and somebody listens once its start is over.

        Not known where it has no unit: it may run in another way, or not be meant for this node.
        """
        found = systemd.active(probe, unit)
        if found and self.refused(*names):
            return not _is_started(probe, unit)
        return None if found is False and not systemd.installed(probe, unit) else found

    def of(self, name: str):
        """An answer, or None with the reason among the problems. To be refused is an answer, and no problem."""
        answer = self.answers[name]
        if not isinstance(answer, Exception):
            return answer
        if not isinstance(answer, Refused):
            self.problems.append(answer)
        return None

    def good(self, name: str) -> Response | None:
        """An HTTP answer with status 200, or None as with ``of``."""
        answer = self.of(name)
        if answer is None or answer.status == 200:
            return answer
        self.problems.append(self._complaint(name, answer.status))
        return None

    def json(self, name: str):
        """The JSON of an HTTP answer with status 200, or None as with ``of``."""
        answer = self.good(name)
        if answer is None:
            return None
        try:
            return self.understood(name, answer.json())
        except ProbeError:
            what = "is not JSON" if answer.complete else "broke off"
            self.problems.append(ProbeError("%s %s: the answer %s" % (self.service, name, what)))
            return None

    def understood(self, name: str, value):
        """The value; where it is None, an answer came that is not of the expected kind, which is a problem."""
        if value is None:
            self.problems.append(ProbeError("%s %s: not the expected answer" % (self.service, name)))
        return value

    def _complaint(self, name: str, status: int) -> ProbeError:
        if status in UNAUTHORIZED:
            return Denied("%s answers, but asks for credentials" % self.service)
        return ProbeError("%s %s: HTTP %d" % (self.service, name, status))

    def conclude(self, section: dict) -> dict:
        """The section, when nothing was amiss. Raises Incomplete with the section and the weightiest problem."""
        for kind in (Denied, ProbeTimeout, Exception):
            for problem in self.problems:
                if isinstance(problem, kind):
                    raise Incomplete(section, problem)
        return section


def json_or_none(answer: Response):
    """The JSON of an answer that may as well hold none."""
    try:
        return answer.json()
    except ProbeError:
        return None
