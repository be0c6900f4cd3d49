"""Faults of whatever takes for ever to answer, or very long: each may cost its own section and no other."""

from __future__ import annotations

from ..paths import FILES
from ..services import rqlite
from ..topology import HOME
from .journal import forget, joined
from .registry import At, add, add_local

SYSTEMCTL = "usr/local/sbin/systemctl"


def _hang_systemctl(at: At) -> None:
    at.machine.live.write(SYSTEMCTL, "#!/bin/sh\nsleep 86400 &\nwait\n", 0o755)


add_local(
    "systemctl-hangs",
    "systemctl does not come back",
    _hang_systemctl,
    f"rm -f /{SYSTEMCTL}",
    "COLLECTOR_FAILED",
    node="n5",
)

PLACE = f"{HOME}/data/namespaces"
UNIT = "lab-dead-mount"


def _mount_dead(at: At) -> None:
    at.machine.live.copy(FILES / "dead-mount.py", "run/orama-lab/dead-mount.py", 0o644)
    at.sh(f"""
        [ -e /dev/fuse ] || mknod -m 600 /dev/fuse c 10 229
        mkdir -p {PLACE}
        systemd-run -q --collect --unit={UNIT} /usr/bin/python3 /run/orama-lab/dead-mount.py {PLACE}
        timeout 15 sh -c 'until grep -q "^dead {PLACE} fuse" /proc/mounts; do sleep 0.1; done'
    """)


add_local(
    "mount-dead",
    "the namespaces' folder is on a mount whose server is gone",
    _mount_dead,
    f"systemctl stop {UNIT} || :; ! grep -q '^dead {PLACE} ' /proc/mounts || umount -l {PLACE}",
    "COLLECTOR_FAILED",
    node="n2",
)

ENTRIES, SIZE = 11000, 100_000


def _flood(at: At) -> None:
    at.machine.live.copy(FILES / "flood.py", "run/orama-lab/flood.py", 0o644)
    at.sh(f"{joined(rqlite.UNIT)}; exec python3 /run/orama-lab/flood.py {ENTRIES} {SIZE}", timeout=300)
    at.until(lambda: int(at.sh("du -sm /var/log/journal").split()[0]) > 1000, "the journal holds 1 GB", 120)


add(
    "journal-huge",
    "orama-node has logged 1 GB within the hour",
    _flood,
    forget,
    "",
    node="n4",
    slow=True,
)
