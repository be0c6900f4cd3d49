"""Lines in a unit's log, where the service would write them: in its file, or in the journal by its cgroup."""

from __future__ import annotations

from ..services.log import path
from .registry import Action, At

#: Seconds that journald may take to file a line.
PATIENCE = 30
#: Stands in a line for the time at which it is written, as Go's loggers write it.
NOW = "{now}"


def joined(unit: str) -> str:
    """The beginning of a script that speaks in a unit's name."""
    return f"echo $$ >/sys/fs/cgroup/system.slice/{unit}.service/cgroup.procs"


def says(unit: str, lines: list[str]) -> Action:
    """An action that lets a unit's log have these lines now; `heal` clears logs anyway."""

    def inject(at: At) -> None:
        now = at.sh("date '+%Y/%m/%d %T'").strip()
        has_file = at.machine.live.path(path(unit)).exists()
        script = _appended(unit) if has_file else _journalled(unit)
        said = [line.replace(NOW, now) for line in lines]
        at.machine.run("bash", "-ec", script, "say", *said, timeout=PATIENCE + 30)

    return inject


def _appended(unit: str) -> str:
    return f'printf "%s\\n" "$@" >>{path(unit)}'


def _journalled(unit: str) -> str:
    # Who spoke, bash itself, has to live until journald has looked up its cgroup, however busy the machine is.
    filed = f'journalctl -q -u {unit} -o cat -n 99 | grep -qF -- "${{@: -1}}"'
    wait = f"SECONDS=0; until {filed}; do [ $SECONDS -lt {PATIENCE} ] || exit 9; sleep 0.1; done"
    return f"""{joined(unit)}; exec systemd-cat -t {unit} bash -c 'printf "%s\\n" "$@"; {wait}' say "$@\""""


def forget(at: At) -> None:
    """Nothing: `heal` clears every node's journal and log files once all is well."""
