"""Lines in a unit's journal: journald goes by the cgroup a line comes from."""

from __future__ import annotations

from .registry import Action, At

#: Seconds that journald may take to file a line.
PATIENCE = 30


def joined(unit: str) -> str:
    """The beginning of a script that speaks in a unit's name."""
    return f"echo $$ >/sys/fs/cgroup/system.slice/{unit}.service/cgroup.procs"


def says(unit: str, lines: list[str]) -> Action:
    """An action that lets a unit's log have these lines now; `heal` clears journals anyway."""

    def inject(at: At) -> None:
        # Who spoke, bash itself, has to live until journald has looked up its cgroup, however busy the machine is.
        filed = f'journalctl -q -u {unit} -o cat -n 99 | grep -qF -- "${{@: -1}}"'
        wait = f"SECONDS=0; until {filed}; do [ $SECONDS -lt {PATIENCE} ] || exit 9; sleep 0.1; done"
        script = f"""{joined(unit)}; exec systemd-cat -t {unit} bash -c 'printf "%s\\n" "$@"; {wait}' say "$@\""""
        at.machine.run("bash", "-ec", script, "say", *lines, timeout=PATIENCE + 30)

    return inject


def forget(at: At) -> None:
    """Nothing: `heal` vacuums every node's journal once all is well."""
