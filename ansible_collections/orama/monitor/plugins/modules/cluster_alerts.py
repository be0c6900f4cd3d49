#!/usr/bin/python
# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit) or, at your choice,
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)

"""Docs of the action orama.monitor.cluster_alerts, which runs on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cluster_alerts
short_description: Judge an Orama cluster, and wait until it is healthy
version_added: 0.1.0
description:
  - Compares what the nodes of a cluster say of themselves and returns the alerts that stand, a summary, and the status
    of every node. A host that could not be reached or collected is an alert.
  - Judges what the play has collected with M(orama.monitor.node_facts), or with O(collect=true) asks all nodes itself,
    at once, whatever hosts the play is at.
  - With O(until_healthy=true) it asks again until the cluster is healthy, and fails when it does not become so. That
    makes it the gate of a rolling change.
  - Runs on the controller and changes nothing. Use C(run_once) unless the play is C(serial).
author:
  - Orama Monitor contributors (@orama)
requirements:
  - orama-monitor, the Python package, on the controller
options:
  hosts:
    description:
      - The hosts to judge.
      - Without it those of the play; and where the nodes are asked anew, all hosts of their environment, those that a
        C(--limit) left out included.
      - Of an environment are the hosts whose variable C(orama_environment) names it. Where no host's does, or only an
        extra variable, it is the group that is called so.
      - Where the nodes are asked anew and neither names any host, the play must be at the whole inventory. A play at a
        part of it, such as with C(--limit), fails and asks which hosts are the cluster.
    type: list
    elements: str
  environment:
    description:
      - The name of the environment in the report.
      - Without it the variable C(orama_environment) of the hosts counts.
    type: str
  collect:
    description:
      - Whether to ask the nodes now, instead of judging what the play has collected.
      - The same variables (C(orama_timeout), C(orama_home) and so on) count as for the playbook
        C(orama.monitor.collect).
      - Without it this is as O(until_healthy).
    type: bool
  policy:
    description:
      - Thresholds, severities, expected services and mutes, as the path of a policy file on the controller, or as a
        mapping of the same keys.
      - A relative path begins where Ansible was started, as that of O(dest) does.
    type: raw
  severity:
    description:
      - The least severe alerts to return.
      - Without it V(info), and with O(until_healthy=true) the severity that keeps the gate closed.
    type: str
    choices: [critical, warning, info]
  fail_on:
    description:
      - Fail when an alert of this severity or a worse one stands.
      - Without it V(critical) with O(until_healthy=true), else V(never).
    type: str
    choices: [critical, warning, info, never]
  until_healthy:
    description:
      - Ask again until no alert of the severity of O(fail_on) or a worse one stands.
      - Nothing is given time because it was just started, and RQLITE_NOT_READY, RQLITE_QUORUM_FRAGILE and a
        COLLECTOR_FAILED that is about RQLite are critical, unless O(policy) says otherwise by name.
      - In check mode the cluster is judged once.
    type: bool
    default: false
  retries:
    description: How often to ask again with O(until_healthy=true).
    type: int
    default: 30
  delay:
    description: Seconds between two tries.
    type: float
    default: 10.0
  passes:
    description:
      - How many times in a row the cluster must be found healthy with O(until_healthy=true).
      - At most one more than O(retries). Without retries, and in check mode, once is enough.
    type: int
    default: 1
  max_age:
    description:
      - How many seconds old a report may be that comes from a host's facts without the task's registered result.
      - Facts can come from a fact cache of any age.
    type: float
    default: 600.0
  reports:
    description: Whether to return every node with its whole report in RV(nodes). It can be up to 200 KB a node.
    type: bool
    default: false
  dest:
    description:
      - Write the whole report to this file on the controller. A new file is readable by its owner only, one that is
        there keeps its permissions, and a link is followed. What is no regular file is refused.
      - Not in check mode.
    type: path
  format:
    description: Whether O(dest) gets the JSON that C(orama monitor alerts --from) reads, or lines for people.
    type: str
    choices: [json, text]
    default: json
extends_documentation_fragment:
  - ansible.builtin.action_common_attributes
  - ansible.builtin.action_common_attributes.flow
attributes:
  action:
    support: full
  async:
    support: none
  become:
    support: none
    description: It runs as the user who runs Ansible. Where it asks the nodes, C(orama_become) counts.
  bypass_host_loop:
    support: none
  check_mode:
    support: full
    description: Asks and judges as ever, once; writes no file.
  delegation:
    support: none
    description: It always runs on the controller.
  diff_mode:
    support: none
  platform:
    platforms: posix
    description: The controller's.
    support: full
notes:
  - The registered result of the collecting task is found by the name C(orama_collection). Registering it under this
    name, with C(ignore_unreachable) and C(ignore_errors), keeps hosts that fail in the play and in the judgement.
  - A host that the play lost without it, by whatever task, is NODE_COLLECT_FAILED, for nothing is known of it; with
    O(collect=true) it is asked again.
  - What the gate asks with is the inventory's, the extra variables and the passwords of the command line; what only the
    play says, such as C(remote_user) or C(vars_files), does not count.
  - A C(task_timeout) of the configuration ends a gate that waits longer. C(timeout=0) at the task lifts it.
  - Handlers run at the end of a play, or of each batch of a C(serial) one, which is behind the gate. Flush them before
    it, with M(ansible.builtin.meta), and it sees what they did.
  - In a play of the strategies C(free) and C(host_pinned) C(run_once) is for every host, and the first would judge what
    the others have not collected yet. Use C(linear).
seealso:
  - module: orama.monitor.node_facts
"""

EXAMPLES = r"""
- name: Restart one node after the other, and stop when the cluster does not come back
  hosts: testnet
  serial: 1
  gather_facts: false
  become: true
  tasks:
    - name: Touch no node of a cluster that is not healthy
      orama.monitor.cluster_alerts:
        until_healthy: true
        retries: 0

    - name: Restart Orama
      ansible.builtin.systemd_service:
        name: orama-node
        state: restarted

    - name: Run the handlers that were notified
      ansible.builtin.meta: flush_handlers

    - name: Wait until the cluster is healthy again
      orama.monitor.cluster_alerts:
        until_healthy: true
        retries: 30
        delay: 10
        passes: 2

- name: Judge what the play collects
  hosts: testnet
  gather_facts: false
  tasks:
    - name: Collect
      orama.monitor.node_facts:
      become: true
      ignore_errors: true
      ignore_unreachable: true
      register: orama_collection

    - name: Judge
      orama.monitor.cluster_alerts:
        severity: warning
        fail_on: critical
        dest: /var/lib/orama/report.json
      run_once: true
      register: cluster
"""

RETURN = r"""
healthy:
  description: Whether no alert of the severity of O(fail_on) (or V(critical)) or a worse one stands.
  returned: success or failure by O(fail_on)
  type: bool
  sample: true
msg:
  description: One line that says whether the cluster is healthy, and what stands.
  returned: success or failure by O(fail_on)
  type: str
  sample: "testnet is healthy: 5 of 5 nodes, no alert at or above critical"
lines:
  description: The result for people, a line each.
  returned: success or failure by O(fail_on)
  type: list
  elements: str
  sample:
    - "testnet: 5 nodes, 5 healthy, 0 degraded, 0 unreachable"
    - "RQLite leader 10.0.0.1, voters 3/3; mesh: all connected; services: all nominal"
    - "alerts: 0 critical, 0 warning, 0 info"
attempts:
  description: How often the cluster was judged.
  returned: success or failure by O(fail_on)
  type: int
  sample: 3
meta:
  description: When, where, and how many nodes are in which status.
  returned: success or failure by O(fail_on)
  type: dict
  sample:
    environment: testnet
    collected_at: "2026-02-16T12:00:00Z"
    duration_seconds: 3.2
    node_count: 5
    healthy_count: 5
    degraded_count: 0
    unreachable_count: 0
    schema_version: 1
summary:
  description: The cluster in a few lines.
  returned: success or failure by O(fail_on)
  type: dict
  sample:
    rqlite_leader: 10.0.0.1
    rqlite_voters: 3/3
    rqlite_raft_term: 42
    wg_mesh_status: all connected
    service_health: all nominal
    critical_alerts: 0
    warning_alerts: 0
    info_alerts: 0
    root_alerts: 0
    muted_alerts: 0
alerts:
  description:
    - The alerts of O(severity) or worse that stand, roots first, worst first.
    - What is muted, and what follows from it, is in the file of O(dest) alone; RV(summary) counts it as
      C(muted_alerts).
  returned: success or failure by O(fail_on)
  type: list
  elements: dict
  sample:
    - code: SERVICE_FAILED
      severity: critical
      subsystem: services
      node: 10.0.0.3
      message: orama-gateway is failed
      hint: journalctl -u orama-gateway -n 50
      cause: null
      muted: false
nodes:
  description: The nodes that are not healthy; with O(reports=true) all nodes, each with its C(report).
  returned: success or failure by O(fail_on)
  type: list
  elements: dict
  sample:
    - host: 10.0.0.3
      role: node
      status: unreachable
      error: "connection refused: is sshd running, is the port right?"
"""
