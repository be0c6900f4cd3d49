# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Hosts that are none: the lines of a remote-nodes.conf, passwords included, as Ansible's plugin `ini` reads them.

It does where the conf lies in a directory that is given as inventory, or is given itself.
"""

from __future__ import annotations

from collections.abc import Iterable

#: Without the name, which holds a password. playbooks/plays/nodes.yml says the same before Ansible names any host.
REFUSAL = "the inventory read remote-nodes.conf itself as a list of hosts; give the *.orama.yml source instead"


def are_among(hosts: Iterable[str]) -> bool:
    return any("|" in host for host in hosts)
