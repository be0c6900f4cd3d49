# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit) or, at your choice,
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)

"""The lookup orama.monitor.node_password."""

from __future__ import annotations

DOCUMENTATION = r"""
name: node_password
short_description: A node's password from a remote-nodes.conf
version_added: 0.1.0
description:
  - Returns the password that a C(remote-nodes.conf) gives for a node, read at the moment it is needed.
  - P(orama.monitor.remote_nodes#inventory) gives each host that has a password C(ansible_password) and
    C(ansible_become_password) with this lookup, so that no inventory, cache or database holds it.
author:
  - Orama Monitor contributors (@orama)
requirements:
  - orama-monitor, the Python package, on the controller
options:
  _terms:
    description: The hosts, as the file names them.
    type: list
    elements: str
    required: true
  config:
    description: Path of the C(remote-nodes.conf).
    type: path
    required: true
  environment:
    description: The environment the hosts are in.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Use a node's password for something that needs it
  ansible.builtin.command: /usr/local/bin/needs-password
  args:
    stdin: >-
      {{ lookup('orama.monitor.node_password', inventory_hostname, environment='testnet',
                config='/etc/orama/remote-nodes.conf') }}
  no_log: true
  changed_when: false
"""

RETURN = r"""
_raw:
  description: The passwords, one for each host. A template in a password stays text.
  type: list
  elements: str
"""

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase

try:
    from orama_monitor import nodes as conf
    from orama_monitor.errors import MonitorError
except ImportError as error:
    MISSING: ImportError | None = error
else:
    MISSING = None


class LookupModule(LookupBase):
    """Passwords by host."""

    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[str]:
        self.set_options(var_options=variables, direct=kwargs)
        if MISSING:
            raise AnsibleError(
                "the Python package orama-monitor is missing here (pip install orama-monitor): %s" % MISSING
            )
        path, environment = Path(self.get_option("config")), self.get_option("environment")
        try:
            nodes = conf.of_environment(conf.read_nodes(path), environment)
        except MonitorError as error:
            raise AnsibleError(str(error)) from None
        passwords = {node.host: node.password for node in nodes}
        return [_password(passwords, term, path, environment) for term in terms]


def _password(passwords: dict[str, str | None], host: str, path: Path, environment: str) -> str:
    password = passwords.get(host)
    if password is None:
        raise AnsibleError("%s: gives no password for %s in the environment %s" % (path, host, environment))
    return password
