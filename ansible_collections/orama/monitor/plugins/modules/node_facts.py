#!/usr/bin/python
# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit) or, at your choice,
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)

"""The module orama.monitor.node_facts."""

from __future__ import annotations

DOCUMENTATION = r"""
module: node_facts
short_description: Collect the health of an Orama node
version_added: 0.1.0
description:
  - Collects everything a cluster health check needs to know about one node and returns it as the fact
    C(orama_report).
  - Twelve collectors run side by side, each with its own time limit. A collector that fails, hangs or whose
    subsystem is not installed costs its own section only.
  - An option that the task leaves out is taken from the variable of the same name, with C(orama_) before it where
    it does not begin so already, such as C(orama_rqlite_url).
  - Changes nothing on the node.
author:
  - Orama Monitor contributors (@orama)
requirements:
  - Python 3.8 or later on the node
  - psutil on the node, for memory, swap and disks (see the role orama.monitor.prepare)
options:
  orama_home:
    description: Where Orama keeps its data. A C(~) and variables in it are those of the user who is asked on the node.
    type: path
    default: /opt/orama/.orama
  orama_bin:
    description: The orama program, asked for its version.
    type: path
    default: /usr/local/bin/orama
  rqlite_url:
    description: Base URL of the node's RQLite.
    type: str
    default: http://localhost:5001
  gateway_url:
    description: Base URL of the node's gateway.
    type: str
    default: http://localhost:6001
  kubo_url:
    description: Base URL of the node's IPFS (Kubo) RPC API.
    type: str
    default: http://localhost:4501
  ipfs_cluster_url:
    description: Base URL of the node's IPFS Cluster REST API.
    type: str
    default: http://localhost:9094
  wireguard_interface:
    description: The WireGuard interface of the mesh.
    type: str
    default: wg0
  ping_target:
    description:
      - The address that must answer a ping for the Internet to count as reachable.
      - Where a node has a default route of IPv6 only, the default stands for C(2001:4860:4860::8888).
    type: str
    default: 8.8.8.8
  http_timeout:
    description: Seconds one HTTP question may take. A gateway has 6 at least to tell its health.
    type: float
    default: 3.0
  command_timeout:
    description: Seconds one command may take.
    type: float
    default: 4.0
  deadline:
    description: Seconds the whole collection may take.
    type: float
    default: 20.0
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
attributes:
  async:
    support: none
    description: What a node answers then reaches the play unread, and could set any variable of it.
  check_mode:
    support: full
    description: Changes nothing in any mode.
  diff_mode:
    support: none
    description: There is nothing to compare.
  platform:
    platforms: linux
    description: Linux with systemd.
    support: full
"""

EXAMPLES = r"""
- name: Collect the node's health
  orama.monitor.node_facts:
  become: true

- name: Show who leads RQLite, as this node sees it
  ansible.builtin.debug:
    var: ansible_facts.orama_report.rqlite.leader_addr
"""

RETURN = r"""
ansible_facts:
  description: The facts of this module.
  returned: always
  type: dict
  contains:
    orama_report:
      description:
        - The node's report. A section is null where its subsystem is not installed or its collector failed;
          C(collectors) says which.
      returned: always
      type: dict
      sample:
        schema_version: 1
        timestamp: "2026-02-16T12:00:00Z"
        hostname: ns1
        version: 0.107.0
        collect_ms: 226
        errors: []
        collectors:
          rqlite: {status: ok, ms: 40, error: null}
        rqlite: {responsive: true, raft_state: Leader, term: 42}
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.orama.monitor.plugins.module_utils.node import report
from ansible_collections.orama.monitor.plugins.module_utils.options import ARGUMENT_SPEC, Options


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    module.exit_json(changed=False, ansible_facts=dict(orama_report=report(Options(**module.params))))


if __name__ == "__main__":
    main()
