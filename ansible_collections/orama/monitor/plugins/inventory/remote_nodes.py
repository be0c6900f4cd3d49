# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit) or, at your choice,
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)

"""The inventory plugin orama.monitor.remote_nodes."""

from __future__ import annotations

DOCUMENTATION = r"""
name: remote_nodes
short_description: Orama nodes from a remote-nodes.conf
version_added: 0.1.0
description:
  - Reads the nodes of one or all environments from a C(remote-nodes.conf).
  - Makes one group for each environment, the group C(nameservers) of the nodes whose role begins with
    V(nameserver), and the group C(nodes) of all nodes.
  - Each host has the variables C(ansible_host), C(ansible_user), C(orama_environment) and C(orama_role), and where
    the file gives them C(ansible_port), C(ansible_ssh_private_key_file), C(ansible_password) and
    C(ansible_become_password).
  - The password variables hold no password. They look it up in the file when a connection needs it, with
    P(orama.monitor.node_password#lookup), so that neither C(ansible-inventory --list) nor an inventory cache nor an
    automation controller's database ever holds one. The file must be readable where the playbook runs.
author:
  - Orama Monitor contributors (@orama)
requirements:
  - orama-monitor, the Python package, on the controller
options:
  plugin:
    description: Marks this as a source for this plugin.
    type: str
    required: true
    choices:
      - orama.monitor.remote_nodes
  config:
    description:
      - Path of the C(remote-nodes.conf). A relative one begins at the directory of this inventory source.
      - A line is C(environment|user@host|password|role|ssh_key) or C(environment|user@host|role).
    type: str
    default: remote-nodes.conf
    env:
      - name: ORAMA_NODES_CONF
  environment:
    description:
      - The environment to read.
      - Without it all environments are read, and no host may be in two of them.
    type: str
  nodes:
    description: Only these nodes, each named by its host or its role. All when empty.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
notes:
  - The name of a source must end in C(.orama.yml), C(.orama.yaml) or C(.orama.json). The last is found only where
    C(enable_plugins) names this plugin.
  - Give Ansible the source itself, not a directory that holds the conf, too. Ansible would read that as another
    inventory, and take its lines, passwords included, for names of hosts. The playbooks of this collection refuse them.
"""

EXAMPLES = r"""
# testnet.orama.yml: all nodes of one environment
plugin: orama.monitor.remote_nodes
config: remote-nodes.conf
environment: testnet

---
# all.orama.yml: every environment, a group for each role, names for the nameservers
plugin: orama.monitor.remote_nodes
config: /etc/orama/remote-nodes.conf
keyed_groups:
  - key: orama_role
    prefix: role
groups:
  first_nameserver: orama_role == 'nameserver-ns1'
compose:
  site: orama_environment ~ '-' ~ orama_role
"""

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

try:
    from ansible.template import trust_as_template
except ImportError:  # ansible-core before 2.19 templates every text that is not marked unsafe

    def trust_as_template(value):
        return value


try:
    from orama_monitor import nodes as conf
    from orama_monitor.errors import MonitorError
except ImportError as error:
    MISSING: ImportError | None = error
else:
    MISSING = None

NAMESERVERS = "nameservers"
NODES = "nodes"
RESERVED = frozenset(["all", "ungrouped", NAMESERVERS, NODES])


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Hosts, groups and variables from a remote-nodes.conf."""

    NAME = "orama.monitor.remote_nodes"

    def verify_file(self, path: str) -> bool:
        return super().verify_file(path) and path.endswith((".orama.yml", ".orama.yaml", ".orama.json"))

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        self._read_config_data(path)
        if MISSING:
            raise AnsibleError(
                "the Python package orama-monitor is missing here (pip install orama-monitor): %s" % MISSING
            )
        config = Path(path).absolute().parent / Path(self.get_option("config")).expanduser()
        for host in self._hosts(config, self.get_cache_key(path), cache):
            self._add(host, config)

    def _hosts(self, config: Path, key: str, cache: bool) -> list[dict[str, Any]]:
        """The hosts of the file, or of the cache where it is used. Without any password."""
        cached = self.get_option("cache")
        if cached and cache and key in self._cache:
            return self._cache[key]
        hosts = [_host(node) for node in self._nodes(config)]
        if cached:
            self._cache[key] = hosts
        return hosts

    def _nodes(self, config: Path) -> list[Any]:
        try:
            found = conf.read_nodes(config)
            if conf.secrets_exposed(config, found):
                self.display.warning("%s: holds passwords and others can read it (chmod 600 it)" % config)
            environment = self.get_option("environment")
            if environment:
                found = conf.of_environment(found, environment)
            found = conf.select(found, self.get_option("nodes"))
        except MonitorError as error:
            raise AnsibleParserError(str(error)) from None
        _check(found, config)
        return found

    def _add(self, host: dict[str, Any], config: Path) -> None:
        name, variables = host["name"], dict(host["variables"])
        for group in host["groups"]:
            self.inventory.add_group(group)
            self.inventory.add_host(name, group=group)
        if host["has_password"]:
            secret = trust_as_template(
                "{{ lookup('orama.monitor.node_password', %s, environment=%s, config=%s) }}"
                % (ascii(name), ascii(variables["orama_environment"]), ascii(str(config)))
            )
            variables.update(ansible_password=secret, ansible_become_password=secret)
        for key, value in variables.items():
            self.inventory.set_variable(name, key, value)
        self._construct(name)

    def _construct(self, name: str) -> None:
        strict = self.get_option("strict")
        variables = self.inventory.get_host(name).get_vars()
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), {}, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), {}, name, strict=strict)


def _check(nodes: list[Any], config: Path) -> None:
    """Refuse what an inventory cannot hold: a host in two environments, a group that stands for something else."""
    environment_of: dict[str, str] = {}
    for node in nodes:
        if node.environment in RESERVED:
            raise AnsibleParserError(
                "%s: an environment may not be called %s, which is another group here: rename it"
                % (config, node.environment)
            )
        other = environment_of.setdefault(node.host, node.environment)
        if other != node.environment:
            raise AnsibleParserError(
                "%s: the host %s is in the environments %s and %s: choose one with the option `environment`"
                % (config, node.host, other, node.environment)
            )


def _host(node: Any) -> dict[str, Any]:
    variables = dict(
        ansible_host=node.host,
        ansible_port=node.port,
        ansible_user=node.user,
        ansible_ssh_private_key_file=str(node.ssh_key) if node.ssh_key else None,
        orama_environment=node.environment,
        orama_role=node.role,
    )
    groups = [NODES, node.environment] + ([NAMESERVERS] if node.is_nameserver else [])
    return dict(
        name=node.host,
        groups=groups,
        variables={key: value for key, value in variables.items() if value is not None},
        has_password=node.password is not None,
    )
