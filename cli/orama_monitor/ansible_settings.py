"""What Ansible is told by environment variables. The user's ansible.cfg counts where these are silent."""

from __future__ import annotations

import locale
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from orama_monitor import ansible_cfg, workspace
from orama_monitor.errors import MonitorError

if TYPE_CHECKING:
    from orama_monitor.collect import Request

RESULT_LIMIT = 4_000_000
UTF_8 = "C.UTF-8"
_STRICT_HOST_KEYS = {"accept-new": "accept-new", "strict": "yes", "off": "no"}


def settings(request: Request, directory: Path, project: Path) -> dict[str, str]:
    """What a run is told that keeps its files in ``directory``, and is started in ``project``."""
    home = os.environ.get("HOME") or str(directory)
    host_keys = f"-o StrictHostKeyChecking={_STRICT_HOST_KEYS[request.host_keys]}"
    theirs = ansible_cfg.ssh_extra_args(project, Path(home))
    ssh = [host_keys, "-o ServerAliveInterval=5 -o ServerAliveCountMax=2", theirs]
    # A login with sudo is waited for this long and 2 s more, and tried twice.
    connect = max(min(10, max(2, int(request.timeout / 2))), int(request.timeout / 3))
    environment = {
        "PATH": search_path(),
        "ANSIBLE_HOME": str(directory / "ansible"),
        "ANSIBLE_LOCAL_TEMP": str(directory / "tmp"),
        "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join([_own(), *ansible_cfg.collections_path(project, Path(home))]),
        "ANSIBLE_INVENTORY_ENABLED": "orama.monitor.remote_nodes" if request.conf else "ansible.builtin.yaml",
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "True",
        "ANSIBLE_STRATEGY": "linear",
        "ANSIBLE_GATHERING": "explicit",
        "ANSIBLE_CACHE_PLUGIN": "memory",
        "ANSIBLE_PIPELINING": "True",
        "ANSIBLE_TIMEOUT": str(connect),
        "ANSIBLE_TASK_TIMEOUT": str(math.ceil(request.timeout)),
        "ANSIBLE_SSH_RETRIES": "1",
        "ANSIBLE_HOST_KEY_CHECKING": "False" if request.host_keys == "off" else "True",
        "ANSIBLE_SSH_EXTRA_ARGS": " ".join(ssh).strip(),  # where two say something, ssh goes by the first
        "ANSIBLE_SSH_CONTROL_PATH_DIR": str(workspace.control_directory()),
        "ANSIBLE_DEPRECATION_WARNINGS": "False",
        "ANSIBLE_NOCOLOR": "True",
        "ANSIBLE_STDOUT_CALLBACK": "default",  # ansible-runner's own callback is made from this one
        "MAX_EVENT_RES": str(RESULT_LIMIT),
    }
    return {**environment, **_no_questions(directory), **_locale(), "HOME": home}


def _no_questions(directory: Path) -> dict[str, str]:
    """What keeps Ansible from asking for a password, which nobody would see. Nothing that it reads is in a vault."""
    vault = directory / "no-vault"
    vault.write_text("none")  # an empty list can't be said in a variable
    return {
        "ANSIBLE_ASK_PASS": "False",
        "ANSIBLE_BECOME_ASK_PASS": "False",
        "ANSIBLE_ASK_VAULT_PASS": "False",
        "ANSIBLE_VAULT_PASSWORD_FILE": str(vault),
        "ANSIBLE_VAULT_IDENTITY_LIST": f"none@{vault}",
    }


def _locale() -> dict[str, str]:
    """Ansible refuses to start without UTF-8, and what ssh and sudo say is looked for in English."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, UTF_8)
    except locale.Error:
        return {}
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return {"LC_ALL": UTF_8, "LANGUAGE": ""}


def _own() -> str:
    """Where this package's own collection is: first of all, so that no other version answers for it."""
    package = Path(__file__).resolve().parent
    candidates = [package.parent, package.parent.parent]
    own = [place for place in candidates if (place / "ansible_collections" / "orama" / "monitor" / "plugins").is_dir()]
    if not own:
        raise MonitorError("the collection orama.monitor is missing beside this package: reinstall orama-monitor")
    return str(own[0])


def search_path() -> str:
    """Where programs are looked for: first beside this Python, then beside the command that was called."""
    called = Path(sys.argv[0])
    beside = [Path(sys.executable).parent, *([called.absolute().parent] if called.is_file() else [])]
    return os.pathsep.join([*map(str, beside), os.environ.get("PATH", os.defpath)])
