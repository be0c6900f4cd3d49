"""The operator's own say: thresholds, severities, which services a role needs, and what is muted until when.

    thresholds:
      disk_pct: 90
    severities:
      ZOMBIES: warning                # whatever its figures
    expected_services:
      all: [orama-node]               # every node; "nameserver" means every nameserver-*
      nameserver: [coredns, caddy]
    mutes:
      - code: DISK_HIGH
        env: testnet                  # as in the conf; without it, every environment
        node: "198.51.100.*"          # a host, "cluster", or a pattern; without it, everywhere
        until: 2026-03-01T00:00:00Z   # without it, for good; without a time zone, UTC
        severity: warning             # what it was when muted: it wakes when it gets worse
        reason: a new disk is ordered
      - code: SERVICE_FAILED
        about: [caddy]                # only what concerns nothing else: units, namespaces, hosts, ...

What a file doesn't name keeps its default, except that ``expected_services`` as a whole replaces ours.
"""

from __future__ import annotations

import difflib
from datetime import UTC, date, datetime, time
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from orama_monitor.alerts.alert import Alert, Severity
from orama_monitor.alerts.registry import RULES
from orama_monitor.alerts.thresholds import Thresholds
from orama_monitor.errors import MonitorError

SIZE_LIMIT = 1024 * 1024
EVERYONE, NAMESERVERS = "all", "nameserver"
#: What was muted is a voter less; that nothing can be written any more is news.
ALWAYS_NEWS = ("RQLITE_QUORUM_LOST",)
#: What is a warning to who looks on, and reason enough to restart nothing else.
BARS_THE_NEXT = ("RQLITE_NOT_READY", "RQLITE_QUORUM_FRAGILE")
#: So is it where this one is about RQLite: what it doesn't tell may be that it isn't ready.
UNTOLD, RQLITE = "COLLECTOR_FAILED", "rqlite"


def _known(code: str) -> str:
    if code not in RULES:
        near = difflib.get_close_matches(code.upper(), RULES, n=1)
        raise ValueError(f"no alert {code!r}" + (f"; nearest: {near[0]}" if near else ""))
    return code


def _moment(value: Any) -> Any:
    """A time, read as UTC where it names no zone; a day means its beginning."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{value!r} is no time such as 2026-03-01T12:00:00Z") from None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


Code = Annotated[str, AfterValidator(_known)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Name = Annotated[str, Field(min_length=1, max_length=300)]


class Mute(BaseModel):
    """An alert that is known, and not to be heard of for a while; without ``env``, in every environment."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Code
    env: Name | None = None
    node: Name = "*"
    about: list[Name] | None = None
    until: Moment | None = None
    severity: Severity | None = None
    reason: str = ""

    def covers(self, alert: Alert, now: datetime) -> bool:
        """Whether the alert is muted: not after the end, and not when it is worse than it was."""
        if self.code != alert.code or not fnmatchcase(alert.node, self.node):
            return False
        if self.about is not None and not self._names_all_of(alert.about):
            return False
        worse = self.severity is not None and alert.severity.rank < self.severity.rank
        return not self.is_over(now) and not worse

    def is_over(self, now: datetime) -> bool:
        return self.until is not None and now >= self.until

    def _names_all_of(self, about: list[str]) -> bool:
        """Whether it names each thing of those. What is about nothing tells of more than any of them."""
        named = set(self.about or ())
        return named.issuperset(about) if about else not named


class Policy(BaseModel):
    """What a policy file says, and the defaults for what it doesn't."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    thresholds: Thresholds = Thresholds()
    severities: dict[Code, Severity] = {}
    expected_services: dict[Name, list[Name]] = {
        EVERYONE: ["orama-node"],
        NAMESERVERS: ["coredns", "caddy"],
    }
    mutes: list[Mute] = []

    def required(self, role: str) -> frozenset[str]:
        """The units that a node of this role must run."""
        return frozenset(
            unit.removesuffix(".service")
            for key, units in self.expected_services.items()
            if key in (EVERYONE, role) or (key == NAMESERVERS and role.startswith(f"{NAMESERVERS}-"))
            for unit in units
        )

    def for_environment(self, name: str) -> Policy:
        """This policy without the mutes of other environments."""
        return self.model_copy(update={"mutes": [mute for mute in self.mutes if mute.env in (None, name)]})

    def at_a_gate(self) -> Policy:
        """This policy for who will restart the next node: what was just started must answer, every voter be ready.

        Of no node's RQLite may anything be unknown: a COLLECTOR_FAILED that is about it is critical, as
        RQLITE_NOT_READY and RQLITE_QUORUM_FRAGILE are. What the operator set by name stays as it was set, and what is
        muted as the warning that it is stays muted. A muted fault that explains one of those two is no reason to go on.
        """
        barred = dict.fromkeys(BARS_THE_NEXT, Severity.CRITICAL) | self.severities
        mutes = [mute.model_copy(update={"severity": None}) if self._bars(mute) else mute for mute in self.mutes]
        thresholds = self.thresholds.without_grace()
        changed = {"thresholds": thresholds, "severities": barred, "mutes": mutes}
        return PolicyAtAGate.model_construct(**{**dict(self), **changed})

    @property
    def outspoken(self) -> tuple[str, ...]:
        """The codes of what is heard of though muted faults, and no others, explain it."""
        return ALWAYS_NEWS

    def _bars(self, mute: Mute) -> bool:
        """Whether it is of a warning that only a gate makes worse."""
        is_raised = mute.code in (*BARS_THE_NEXT, UNTOLD) and mute.code not in self.severities
        return is_raised and mute.severity is Severity.WARNING

    def apply(self, alert: Alert, now: datetime) -> Alert:
        """The alert with the severity that the policy wants, muted where it says so."""
        changed: dict[str, Any] = {}
        wanted = self._wanted(alert)
        if wanted is not None:
            changed["severity"] = wanted
            alert = alert.model_copy(update=changed)
        mute = next((mute for mute in self.mutes if mute.covers(alert, now)), None)
        return alert if mute is None else alert.model_copy(update={"muted": True, "mute_reason": mute.reason or None})

    def _wanted(self, alert: Alert) -> Severity | None:
        return self.severities.get(alert.code)


class PolicyAtAGate(Policy):
    """See ``Policy.at_a_gate``."""

    @property
    def outspoken(self) -> tuple[str, ...]:
        return (*ALWAYS_NEWS, *BARS_THE_NEXT)

    def _wanted(self, alert: Alert) -> Severity | None:
        bars = alert.code == UNTOLD and RQLITE in alert.about
        return super()._wanted(alert) or (Severity.CRITICAL if bars else None)


def read_policy(path: Path) -> Policy:
    """The policy in a file. Raises MonitorError that names file, line, and what is wrong."""
    return parse_policy(read_text(path), path)


def read_text(path: Path) -> str:
    """The file's text, its line ends as they are."""
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise MonitorError(f"{path}: too large for a policy")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise MonitorError(f"{path}: no such file") from None
    except OSError as error:
        raise MonitorError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise MonitorError(f"{path}: not a text file in UTF-8") from None


def parse_policy(text: str, path: Path) -> Policy:
    """The policy in a file's text; ``path`` is for messages."""
    tree = compose(text, path)
    if tree is None:
        return Policy()
    try:
        raw = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise MonitorError(f"{path}: {_first_line(error)}") from None
    if not isinstance(raw, dict):
        raise MonitorError(f"{path}, line 1: expected thresholds, severities, expected_services or mutes")
    try:
        return Policy.model_validate({key: value for key, value in raw.items() if value is not None})
    except ValidationError as error:
        raise MonitorError(_complaint(error, tree, path)) from None


def compose(text: str, path: Path) -> yaml.Node | None:
    """The YAML as nodes that know their lines. Raises MonitorError for what is no YAML, or uses a key twice."""
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, Loader=yaml.SafeLoader)):
            raise MonitorError(f"{path}: aliases (*name) are not read here")
        tree = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise MonitorError(f"{path}{line}: not YAML: {error.problem or 'cannot be read'}") from None
    except yaml.YAMLError as error:
        raise MonitorError(f"{path}: not YAML: {_first_line(error)}") from None
    except RecursionError:
        raise MonitorError(f"{path}: nested too deep") from None
    _refuse_twins(tree, path)
    return tree


def _refuse_twins(node: yaml.Node | None, path: Path) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                raise MonitorError(f"{path}, line {key.start_mark.line + 1}: {name!r} stands here a second time")
            seen.add(name)
            _refuse_twins(value, path)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_twins(item, path)


def _complaint(error: ValidationError, tree: yaml.Node, path: Path) -> str:
    """One line on the first thing that is wrong: file, line, key and reason."""
    first = error.errors(include_url=False)[0]
    place = [part for part in first["loc"] if part != "[key]"]
    line = _line(tree, place)
    name = ".".join(str(part) for part in place)
    if first["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(place[-1]), _keys_beside(place), n=1)
        return f"{path}, line {line}: unknown key {name!r}" + (f"; nearest: {near[0]}" if near else "")
    message = first["msg"].removeprefix("Value error, ")
    return f"{path}, line {line}: {name}: {message}"


def _line(node: yaml.Node, place: list[int | str]) -> int:
    line = node.start_mark.line
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if str(key.value) == str(part)), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line
    return int(line) + 1


def _keys_beside(place: list[int | str]) -> list[str]:
    models: dict[str, type[BaseModel]] = {"thresholds": Thresholds, "mutes": Mute}
    model = models.get(str(place[0]), Policy) if len(place) > 1 else Policy
    return list(model.model_fields)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]
