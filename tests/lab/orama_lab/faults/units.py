"""Faults of systemd units: each core unit stopped, failed, looping or masked."""

from __future__ import annotations

from functools import partial

from ..services import dns, gateway, ipfs, ipfs_cluster, namespace, olric, rqlite, web
from .registry import Action, At, add, add_local

DROP_IN = "/run/systemd/system/{unit}.service.d/lab.conf"

#: Unit -> a node that runs it, and its name in a fault's.
UNITS = {
    rqlite.UNIT: ("n3", "orama-node"),
    gateway.UNIT: ("n4", "gateway"),
    olric.UNIT: ("n3", "olric"),
    ipfs.UNIT: ("n4", "ipfs"),
    ipfs_cluster.UNIT: ("n3", "ipfs-cluster"),
    "orama-anyone-relay": ("n3", "anyone-relay"),
    "orama-anyone-client": ("n4", "anyone-client"),
    dns.UNIT: ("n2", "coredns"),
    web.UNIT: ("n2", "caddy"),
}

WIREGUARD = "wg-quick@wg0"
PARTS = tuple(namespace.unit(part) for part in namespace.PARTS)
#: Unit -> those that systemd stops with it, and does not start with it again, in the order in which they start.
ALONG = {
    WIREGUARD: (rqlite.UNIT, *PARTS),
    rqlite.UNIT: PARTS,
    PARTS[0]: PARTS[1:],
    PARTS[1]: PARTS[2:],
    ipfs.UNIT: (ipfs_cluster.UNIT,),
}


def wake(unit: str) -> str:
    """Starts what was stopped with a unit, as far as the node has it."""
    return "".join(f"! systemctl is-enabled -q {one} || systemctl start {one}\n" for one in ALONG.get(unit, ()))


def restart_alone(unit: str) -> str:
    """Restarts a unit, and not with it what needs it."""
    return f"systemctl restart --job-mode=ignore-dependencies {unit}"


def start(unit: str) -> str:
    """Heals whatever was done to a unit and with it: drop-in, mask, failure."""
    return f"""
        if [ -e /etc/systemd/system/{unit}.service.masked-by-lab ]; then
            mv /etc/systemd/system/{unit}.service.masked-by-lab /etc/systemd/system/{unit}.service
        fi
        rm -rf /run/systemd/system/{unit}.service.d
        systemctl daemon-reload
        systemctl reset-failed {unit} || :
        systemctl start {unit}
        {wake(unit)}
    """


def _drop_in(unit: str, text: str) -> str:
    path = DROP_IN.format(unit=unit)
    return f"mkdir -p $(dirname {path}); printf '[Service]\\n{text}\\n' >{path}; systemctl daemon-reload;"


def until_failed(unit: str) -> str:
    return f"timeout 15 sh -c 'until systemctl is-failed -q {unit}; do sleep 0.1; done'"


def stop(unit: str) -> str:
    return f"systemctl stop {unit}"


def fail(unit: str) -> str:
    """Killed, and systemd told not to try again."""
    return _drop_in(unit, "Restart=no") + f"systemctl kill -s KILL {unit}; {until_failed(unit)}"


def loop(unit: str) -> Action:
    """A program that ends at once, started again and again."""

    def inject(at: At) -> None:
        at.sh(_drop_in(unit, "ExecStart=\\nExecStart=/bin/false\\nRestart=always\\nRestartSec=1") + stop(unit))
        at.sh(f"systemctl start {unit}", check=False)

        def loops() -> bool:
            told = at.machine.systemctl("show", "-p", "NRestarts", "--value", unit)
            return int(told.strip() or 0) > 4

        at.until(loops, f"{unit} restarts", 40)

    return inject


def mask(unit: str) -> str:
    """`systemctl mask` refuses a unit whose file is in /etc: so does this what an admin then does."""
    file = f"/etc/systemd/system/{unit}.service"
    return f"systemctl stop {unit}; mv {file} {file}.masked-by-lab; ln -s /dev/null {file}; systemctl daemon-reload"


def failing(unit: str) -> str:
    """A unit that is new, and failed."""
    return (
        f"systemctl reset-failed {unit} 2>/dev/null || :; systemd-run -q --unit={unit} /bin/false; {until_failed(unit)}"
    )


#: What else is told when a unit is stopped.
FOLLOW = {
    dns.UNIT: "COREDNS_DOWN",
    web.UNIT: "CADDY_DOWN",
    rqlite.UNIT: "SERVICE_INACTIVE",
    ipfs.UNIT: "SERVICE_INACTIVE",
}

for _unit, (_node, _name) in UNITS.items():
    _add = partial(add, node=_node, local=_unit != olric.UNIT)
    _follow = FOLLOW.get(_unit, "")
    _add(f"{_name}-stopped", f"{_unit} is stopped", stop(_unit), start(_unit), "SERVICE_INACTIVE", follow=_follow)
    _add(f"{_name}-failed", f"{_unit} was killed and stays failed", fail(_unit), start(_unit), "SERVICE_FAILED")
    _add(f"{_name}-loops", f"{_unit} restarts in a loop", loop(_unit), start(_unit), "SERVICE_RESTART_LOOP")

add_local(
    "orama-node-masked", "orama-node is masked", mask("orama-node"), start("orama-node"), "SERVICE_INACTIVE", node="n5"
)
add_local(
    "coredns-masked",
    "coredns is masked on a nameserver",
    mask("coredns"),
    start("coredns"),
    "SERVICE_INACTIVE",
    node="n1",
)

add_local(
    "other-unit-failed",
    "a unit that is not Orama's has failed",
    failing("lab-backup"),
    "systemctl reset-failed lab-backup || :",
    "UNIT_FAILED",
    node="n5",
)
add_local(
    "deployment-failed",
    "a deployment's unit has failed",
    failing("orama-deploy-shop"),
    "systemctl reset-failed orama-deploy-shop || :",
    "SERVICE_FAILED",
    node="n5",
)
