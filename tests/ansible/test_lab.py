"""On real nodes: the report, and a rolling restart whose gate closes when a fault comes in the middle."""

from __future__ import annotations

from pathlib import Path

import pytest

from orama_lab import Lab
from tests.ansible.harness import Ansible

pytestmark = pytest.mark.lab

ROLLING = """\
- hosts: lab
  serial: 1
  gather_facts: false
  become: true
  tasks:
    - name: Touch no node of a cluster that is not healthy
      orama.monitor.cluster_alerts:
        until_healthy: true
        retries: 5
        delay: 2
    - name: Restart the gateway
      ansible.builtin.systemd_service:
        name: orama-gateway
        state: restarted
    - name: The fault, while the second node is restarted
      ansible.builtin.systemd_service:
        name: orama-olric
        state: stopped
      delegate_to: "{{ groups.lab[3] }}"
      when: fault | default(false) | bool and inventory_hostname == groups.lab[1]
    - name: Wait until the cluster is healthy again
      orama.monitor.cluster_alerts:
        until_healthy: true
        retries: "{{ 3 if fault | default(false) | bool else 20 }}"
        delay: 2
"""


def play(lab: Lab, ansible: Ansible, *arguments: str | Path, code: int) -> str:
    inventory = lab.conf.parent / "lab.orama.yml"
    environment = [f"{name}={value}" for name, value in ansible.environment.items()]
    command = ["env", *environment, "ansible-playbook", "-f", "5", "-i", str(inventory), *map(str, arguments)]
    done = lab.run(command, check=False, timeout=600)
    said = f"{done.stdout}\n{done.stderr}"
    assert done.returncode == code, said
    return said


def test_a_report_of_real_nodes(lab: Lab, ansible: Ansible) -> None:
    said = play(lab, ansible, "orama.monitor.report", "-e", "orama_fail_on=critical", code=0)
    assert "lab: 5 nodes, 5 healthy" in said


def test_a_rolling_restart_touches_every_node_of_a_healthy_cluster(lab: Lab, ansible: Ansible) -> None:
    path = ansible.directory / "rolling.yml"
    path.write_text(ROLLING)
    said = play(lab, ansible, path, code=0)
    assert said.count("changed: [198.51.100.") == len(lab.nodes)


def test_a_fault_in_the_middle_stops_a_rolling_restart(lab: Lab, ansible: Ansible) -> None:
    path = ansible.directory / "rolling.yml"
    path.write_text(ROLLING)
    try:
        said = play(lab, ansible, path, "-e", "fault=true", code=2)
    finally:
        lab.ssh("n4", "systemctl start orama-olric")
        lab.heal()
    assert f"OLRIC_DOWN on {lab.node('n4').address}" in said or f"SERVICE_INACTIVE on {lab.node('n4').address}" in said
    assert said.count("changed: [198.51.100.") == 3  # two gateways and the fault: the third node was never touched


def test_preparing_a_prepared_node_changes_nothing(lab: Lab, ansible: Ansible) -> None:
    said = play(lab, ansible, "orama.monitor.prepare", code=0)
    assert said.count("changed=0") == len(lab.nodes)
