"""When the cluster is well: asked of the services themselves, on every node."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Callable

from .services import SERVICES, Service
from .services.ask import FAILURES
from .services.log import FOLDER
from .shell import LabError, parallel, wait_until
from .site import Site
from .topology import HOME, Node

Report = Callable[[list[str]], None]


class Health:
    """Looks at nodes, waits until all are well, mends what does not come back alone."""

    def __init__(self, site: Site) -> None:
        self.site = site
        programs = site.builder.programs()
        self.services = tuple(item for item in SERVICES if set(item.needs) <= programs)
        #: Services this machine could not build.
        self.absent = tuple(item.name for item in SERVICES if item not in self.services)

    def services_of(self, node: Node) -> list[Service]:
        return [item for item in self.services if item.runs_on(node)]

    def units_of(self, node: Node) -> list[str]:
        """The units that have to be active on a node."""
        return [unit for item in self.services_of(node) for unit in item.units(node)]

    def unit_problems(self, node: Node) -> list[str]:
        """Units that are not active, and any that failed."""
        units = [f"{unit}.service" for unit in self.units_of(node)]
        told = self.site.machine(node).run("systemctl", "is-active", *units, check=False, timeout=10).stdout
        states = dict(zip(units, told.splitlines(), strict=False))
        wrong = [f"{unit} is {states.get(unit, 'unknown')}" for unit in units if states.get(unit) != "active"]
        failed = self.site.machine(node).run(
            "systemctl", "list-units", "--failed", "--plain", "--no-legend", check=False, timeout=10
        )
        return wrong + [f"{line.split()[0]} failed" for line in failed.stdout.splitlines() if line.strip()]

    def problems(self, node: Node) -> dict[str, list[str]]:
        """What is wrong on a node, by service; "node" and "units" stand for the machine itself."""
        machine = self.site.machine(node)
        try:
            if machine.pid is None:
                return {"node": ["not running"]}
            if machine.frozen:
                return {"node": ["frozen"]}
            not_booted = machine.booted()
            if not_booted:
                return {"node": not_booted}
            found = {"units": self.unit_problems(node)}
            for item in self.services_of(node):
                found[item.name] = item.problems(self.site, node)
        except (LabError, OSError, subprocess.SubprocessError) as error:
            return {"node": [str(error)]}
        return {name: wrong for name, wrong in found.items() if wrong}

    def everywhere(self) -> dict[Node, dict[str, list[str]]]:
        """What is wrong on all machines."""
        machines = self.site.topology.machines
        return {node: wrong for node, wrong in zip(machines, parallel(self.problems, machines), strict=True) if wrong}

    def wait(self, timeout: float, report: Report | None = None) -> list[str]:
        """Wait until every machine is well; returns what still is not.

        Only machines with problems are asked again, and all of them once more at the end: a late
        one can have upset one that was well before.
        """
        suspects = list(self.site.topology.machines)
        since: dict[tuple[str, str], float] = {}

        def ask() -> list[str]:
            nonlocal suspects
            asked = suspects
            found = {node: wrong for node, wrong in zip(asked, parallel(self.problems, asked), strict=True) if wrong}
            if not found and len(asked) < len(self.site.topology.machines):
                suspects = list(self.site.topology.machines)
                return ask()
            suspects = list(found)
            self._mend(found, since)
            return [
                f"{node.name}: {text}" for node, wrong in found.items() for texts in wrong.values() for text in texts
            ]

        return wait_until(ask, timeout=timeout, every=0.5, progress=report)

    def _mend(self, found: dict[Node, dict[str, list[str]]], since: dict[tuple[str, str], float]) -> None:
        now = time.monotonic()
        standing = {(node.name, name) for node, wrong in found.items() for name in wrong}
        for gone in set(since) - standing:
            del since[gone]
        for node, wrong in found.items():
            for item in self.services_of(node):
                key = (node.name, item.name)
                if item.name not in wrong or "node" in wrong:
                    continue
                if now - since.setdefault(key, now) > item.patience:
                    with contextlib.suppress(LabError, *FAILURES):  # what can't be helped yet is tried again
                        item.mend(self.site, node)
                    since[key] = time.monotonic()

    def forget(self, node: Node) -> bool:
        """Let services drop counters that only a new process drops; whether any had to start anew."""
        started = [item.forget(self.site, node) for item in self.services_of(node)]
        return any(started)

    def unrest(self, since: float) -> list[str]:
        """What services of any node told of trouble a moment ago, or may yet tell of faults that went at `since`."""

        def asked(node: Node) -> list[str]:
            return [f"{node.name}: {text}" for item in self.services_of(node) for text in item.unrest(self.site, node)]

        told = [text for found in parallel(asked, self.site.topology.nodes) for text in found]
        late = [f"{item.name}: too soon" for item in self.services if time.monotonic() < since + item.lag]
        return told + late

    def settle(self, node: Node) -> None:
        """Forget the road here: restart counts and logs tell of starting up, not of now."""
        machine = self.site.machine(node)
        units = " ".join(f"{unit}.service" for unit in self.units_of(node))
        machine.sh(f"""
            systemctl reset-failed; systemctl reset-failed {units}
            journalctl -q --rotate --vacuum-size=1; truncate -c -s 0 {HOME}/{FOLDER}/*.log
        """)
