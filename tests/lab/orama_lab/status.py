"""What `lab status` prints."""

from __future__ import annotations

from .lab import Lab
from .shell import LabError, parallel
from .topology import Node


def show(lab: Lab) -> int:
    """A line a machine, what is wrong below it, standing faults last; 0 only when all is well."""
    if not lab.exists:
        print("no lab is up")
        return 1
    machines = lab.site.topology.machines
    found = lab.health.everywhere()
    states = parallel(lambda node: _state(lab, node), machines)
    for node, state in zip(machines, states, strict=True):
        wrong = found.get(node, {})
        names = [item.name for item in lab.health.services_of(node)]
        well = sum(1 for name in names if name not in wrong) if "node" not in wrong else 0
        login = "password" if node.password_login else "key"
        where = f"{node.host:<9} {node.address:<15} {node.role:<15} {node.suite:<9} {login:<9}"
        print(f"{where} systemd {state:<9} {well}/{len(names)} services well")
        for name, texts in wrong.items():
            for text in texts:
                print(f"    {name}: {text}")
    for name in lab.health.absent:
        print(f"absent: {name} (its program could not be built on this machine)")
    standing = lab.faults_standing()
    for name, target in standing:
        print(f"standing fault: {name} on {target}")
    return 1 if found or standing or lab.health.absent else 0


def _state(lab: Lab, node: Node) -> str:
    try:
        told = lab.site.machine(node).run("systemctl", "is-system-running", check=False, timeout=5)
    except LabError:
        return "-"
    return told.stdout.strip() or "-"
