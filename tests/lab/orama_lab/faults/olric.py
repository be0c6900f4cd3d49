"""Faults of Olric."""

from __future__ import annotations

from functools import partial

from ..services.olric import GOSSIP, PORT, UNIT, known
from .journal import NOW, forget, says
from .registry import At, add, add_local
from .units import start

CONFIG = "opt/orama/.orama/configs/olric.yaml"

add(
    "olric-frozen",
    "Olric stands still and its unit is active",
    f"systemctl kill -s STOP {UNIT}",
    f"systemctl kill -s CONT {UNIT}",
    "COLLECTOR_FAILED",
    node="n4",
)
add(
    "olric-disabled",
    "Olric is stopped and disabled",
    f"systemctl disable -q --now {UNIT}",
    f"systemctl enable -q --now {UNIT}",
    "OLRIC_DOWN",
    node="n5",
)


def _memberlist(port: int) -> str:
    swap = f"sed -i '/^memberlist:/,/peers:/ s/bindPort: [0-9]*/bindPort: {port}/' /{CONFIG}"
    return f"{swap}; systemctl restart {UNIT}"


def _members(at: At) -> int:
    return at.site.inside(at.node, lambda: known(at.node, PORT))


def _elsewhere_listening(at: At) -> None:
    at.sh(_memberlist(3399))
    at.until(lambda: _members(at) == at.site.topology.size, "the member is back among the others", 60)


add(
    "olric-memberlist-down",
    "Olric's memberlist is not on its port",
    _elsewhere_listening,
    _memberlist(GOSSIP),
    "OLRIC_MEMBERLIST_DOWN",
    node="n4",
)

PART = [
    f"{chain} -p {protocol} --dport {GOSSIP} -j DROP"
    for chain in ("INPUT -i wg0", "OUTPUT -o wg0")
    for protocol in ("tcp", "udp")
]


def _is_parted(at: At) -> bool:
    """The member is alone, and the others miss it."""
    others = [at.elsewhere(node.name) for node in at.site.topology.others(at.node)]
    return _members(at) == 1 and all(_members(other) == at.site.topology.size - 1 for other in others)


def _join(at: At) -> None:
    at.sh(
        "; ".join(f"while iptables -D {rule} 2>/dev/null; do :; done" for rule in PART) + f"; systemctl restart {UNIT}"
    )


add(
    "olric-parted",
    "a member and the others lost each other",
    "; ".join(f"iptables -I {rule}" for rule in PART),
    _join,
    "OLRIC_MEMBERS_MISSING",
    node="n5",
    ripe=_is_parted,
)

add_local(
    "olric-suspects",
    "Olric suspected a member",
    says(UNIT, [f"{NOW} [INFO] memberlist: Suspect 10.0.0.2:3320 has failed, no acks received"] * 3),
    forget,
    "OLRIC_SUSPECTS",
    node="n4",
)
add_local(
    "olric-flapping",
    "members came and went in Olric",
    says(UNIT, [f"{NOW} [WARN] Node {what}: 10.0.0.2:3320" for what in ("joined", "left") * 4]),
    forget,
    "OLRIC_FLAPPING",
    node="n3",
)
add_local(
    "olric-log-errors",
    "Olric logged 30 errors",
    says(UNIT, [f"{NOW} [ERROR] Failed to write a key: {n}" for n in range(30)]),
    forget,
    "OLRIC_LOG_ERRORS",
    node="n3",
)

MAIN_PID = f"systemctl show -p MainPID --value {UNIT}"
KILL = f"systemctl kill -s KILL {UNIT}"


def _restart_often(at: At) -> None:
    for _ in range(5):
        before = at.sh(MAIN_PID)
        at.sh(KILL)
        at.until(partial(_runs_anew, at, before), "systemd has restarted it", 15)
        at.until(lambda: _members(at) > 0, "Olric answers again", 30)


def _runs_anew(at: At, before: str) -> bool:
    return at.sh(MAIN_PID) not in (before, "0\n")


def _has_run_for_long(at: At) -> bool:
    """It has run for five minutes since."""
    entered = f"$(systemctl show -p ActiveEnterTimestampMonotonic --value {UNIT})"
    return int(at.sh(f"echo $(( $(cut -d. -f1 /proc/uptime) - {entered} / 1000000 ))")) > 302


add(
    "olric-restarts",
    "Olric was restarted five times, five minutes ago",
    _restart_often,
    forget,
    "OLRIC_RESTARTS",
    node="n4",
    ripe=_has_run_for_long,
)

HOG = """
import os, subprocess, time
held = bytearray(os.urandom(1)) * (560 << 20)
server = subprocess.Popen(['/usr/local/bin/olric-server'])
raise SystemExit(server.wait())
"""


def _hoard(at: At) -> None:
    at.machine.live.write("run/orama-lab/hog.py", HOG)
    drop_in = f"run/systemd/system/{UNIT}.service.d/lab.conf"
    at.machine.live.write(drop_in, "[Service]\nExecStart=\nExecStart=/usr/bin/python3 /run/orama-lab/hog.py\n")
    at.sh(f"systemctl daemon-reload; systemctl restart {UNIT}")
    at.until(lambda: _members(at) == at.site.topology.size, "the member is back among the others", 60)


add(
    "olric-memory",
    "Olric uses more than 500 MiB",
    _hoard,
    start(UNIT) + f"systemctl restart {UNIT}",
    "OLRIC_MEMORY",
    node="n5",
)
