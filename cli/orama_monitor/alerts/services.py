"""The systemd units of a node."""

from __future__ import annotations

from collections.abc import Iterator

from orama_monitor.alerts.because import here
from orama_monitor.alerts.cluster import NodeView
from orama_monitor.alerts.hints import LOGS, log, word
from orama_monitor.alerts.rule import CRITICAL, INFO, WARNING, Found, Here, Subsystem
from orama_monitor.alerts.thresholds import Thresholds
from orama_monitor.alerts.units import WITHOUT_NEEDS, WITHOUT_USE, severity_on_its_way, template
from orama_monitor.alerts.words import clip, duration, names
from orama_monitor.report import Service

services = Subsystem("services")

ACTIVE = ("active", "reloading", "refreshing")
ANYONE_UNITS = ("orama-anyone-relay", "orama-anyone-client")
# What can't run: without what it needs, or, where it listens at an address of the mesh, without that.
CANNOT_RUN = (*WITHOUT_USE, here("WG_DOWN", of="orama-*"))
# Nothing that a unit needs takes it away: no cause is declared for this.
OF_ITSELF = ("its unit file",)


@services.on_node(
    "SERVICE_FAILED",
    CRITICAL,
    "A unit of Orama is in the state failed: systemd gave up on it.",
    why="What it serves is gone until someone starts it again.",
    hint=f"on the node: systemctl status UNIT; journalctl -u UNIT -n 50, or the unit's log in {LOGS}",
    because=CANNOT_RUN,
)
def failed(node: NodeView) -> Found:
    for name, service in _counted(node):
        if service.active_state == "failed":
            yield Here(f"{clip(name, 80)} has failed", about=(name,), hint=_hint(name), marks=template(name))


@services.on_node(
    "SERVICE_INACTIVE",
    WARNING,
    "A unit that is enabled, or that the node's role requires, is not active; info while systemd starts or stops it, "
    "where a start is given time ({start_s} s).",
    why="Someone stopped it, or it never started after boot.",
    hint="on the node: systemctl status UNIT; systemctl start UNIT",
    because=WITHOUT_NEEDS,
    also=[INFO],
)
def inactive(node: NodeView, limits: Thresholds) -> Found:
    for name, service in _counted(node):
        state = service.active_state
        if state == "failed" or state in ACTIVE or _loops(service):
            continue
        installed = service.load_state == "loaded"
        if name in node.required and service.load_state is not None and not installed:
            yield _not_loaded(name, service.load_state)
        elif name in node.required or (installed and service.enabled):
            severity = severity_on_its_way(node, name, limits)
            hint = f"{_hint(name)}; systemctl start {_word(name)}"
            said = f"{clip(name, 80)} is {clip(state or '', 20)}"
            yield Here(said, (name,), severity, hint, marks=template(name))


@services.on_node(
    "SERVICE_RESTART_LOOP",
    WARNING,
    "A unit is restarted again and again.",
    why="It is down between the restarts, and what it forgets at each start is lost.",
    hint=f"on the node: journalctl -u UNIT -n 100, or the unit's log in {LOGS}",
    because=CANNOT_RUN,
)
def restart_loop(node: NodeView) -> Found:
    for name, service in _counted(node):
        if service.restart_loop_risk and service.active_state != "failed":
            count = "" if service.n_restarts is None else f" {service.n_restarts} times"
            since = service.active_since_sec
            up = "" if since is None or service.active_state not in ACTIVE else f", up for {duration(since)}"
            message = f"{clip(name, 80)} was restarted{count}{up}"
            hint = f"on the node: {log(_word(name), 100)}"
            yield Here(message, about=(name,), hint=hint, marks=template(name))


@services.on_node(
    "UNIT_FAILED",
    WARNING,
    "Units that are not Orama's own are in the state failed.",
    why="Backups, certificates, time and updates are such units.",
    hint="on the node: systemctl --failed",
)
def unit_failed(node: NodeView) -> Found:
    listed = (node.services.failed_units if node.services else None) or []
    others = sorted({name for name in listed if name.removesuffix(".service") not in node.units})
    if others:
        yield Here(f"failed: {names(others)}", about=tuple(others))


def _counted(node: NodeView) -> Iterator[tuple[str, Service]]:
    """The units whose state is known and matters: of the two of Anyone, the one of the node's mode."""
    mode = node.anyone.mode if node.anyone else None
    for name, service in node.restless_units:
        if service.active_state and (name not in ANYONE_UNITS or name == f"orama-anyone-{mode}"):
            yield name, service


def _loops(service: Service) -> bool:
    """Whether the unit is, or may be, in a restart loop."""
    return bool(service.restart_loop_risk) or (
        service.active_state == "activating" and service.restart_loop_risk is None
    )


def _word(name: str) -> str:
    return word(name, "UNIT")


def _hint(name: str) -> str:
    return f"on the node: systemctl status {_word(name)}; {log(_word(name))}"


def _not_loaded(name: str, state: str) -> Here:
    unit = _word(name)
    ways = {
        "masked": f"systemctl unmask {unit}; systemctl start {unit}",
        "not-found": f"{unit} has no unit file: install Orama there again; then systemctl start {unit}",
    }
    hint = f"on the node: {ways.get(state, f'systemctl status {unit}; systemctl cat {unit}')}"
    said = f"{clip(name, 80)} is required here and is {clip(state, 20)}"
    return Here(said, (name,), hint=hint, marks=template(name), follows=OF_ITSELF)
