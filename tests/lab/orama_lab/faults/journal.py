"""Lines in a unit's journal: journald goes by the cgroup a line comes from."""

from __future__ import annotations

from .registry import Action, At

#: Seconds that journald may take to file a line.
PATIENCE = 60


def says(unit: str, lines: list[str]) -> Action:
    """An action that lets a unit's log have these lines now; `heal` clears journals anyway."""

    def inject(at: At) -> None:
        # Whoever spoke has to live until journald has looked up its cgroup, however busy the machine is.
        filed = f'journalctl -q -u {unit} -o cat -n 99 | grep -qF -- "$1"'
        wait = f"cat; SECONDS=0; until {filed}; do [ $SECONDS -lt {PATIENCE} ] || exit 9; sleep 0.1; done"
        join = f"echo $$ >/sys/fs/cgroup/system.slice/{unit}.service/cgroup.procs"
        script = f"{join}; exec systemd-cat -t {unit} bash -c '{wait}' say \"$1\""
        text = "".join(f"{line}\n" for line in lines)
        at.machine.run("bash", "-ec", script, "say", lines[-1], input=text, timeout=PATIENCE + 30)

    return inject


def forget(at: At) -> None:
    """Nothing: `heal` vacuums every node's journal once all is well."""
