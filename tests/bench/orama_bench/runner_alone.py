"""ansible-runner running a play with nobody listening: what the command pays for Ansible's events.

python runner_alone.py PLAYBOOK INVENTORY FORKS
"""

from __future__ import annotations

import sys
import tempfile

import ansible_runner


def main(playbook: str, inventory: str, forks: str) -> int:
    """Run the play as the command does, so that no event is written to a file. The exit code is ansible-playbook's."""
    with tempfile.TemporaryDirectory(prefix="orama-bench-") as directory:
        ran = ansible_runner.run(
            private_data_dir=directory,
            playbook=playbook,
            inventory=inventory,
            settings={"pexpect_timeout": 1},
            forks=int(forks),
            event_handler=lambda event: False,
            quiet=True,
            suppress_env_files=True,
            suppress_output_file=True,
            fact_cache_type="memory",
        )
    return int(ran.rc)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
