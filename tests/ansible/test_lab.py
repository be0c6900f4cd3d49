"""On real nodes: the report, and a rolling restart whose gate closes when a fault comes in the middle."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from orama_lab import Lab
from orama_lab.network import CONTROL, inside
from orama_monitor import saved_report
from tests.ansible.harness import Ansible
from tests.ansible.webhook import webhook
from tests.lab.commands import broken, expected

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
    path = ansible.directory / "report.json"
    said = play(lab, ansible, "orama.monitor.report", "-e", f"orama_fail_on=critical orama_output={path}", code=0)
    assert "lab: 5 nodes, 5 healthy" in said
    saved = saved_report.load([str(path)])
    assert set(saved.reports) == {node.address for node in lab.nodes}


def test_a_webhook_hears_of_a_fault_and_not_of_a_healthy_cluster(lab: Lab, ansible: Ansible) -> None:
    listening = inside(lab.paths, CONTROL, lambda: socket.create_server(("127.0.0.1", 0)))
    with webhook(listening) as (url, got):
        notify = ("orama.monitor.notify", "-e", f"orama_webhook_url={url}")
        play(lab, ansible, *notify, code=0)
        assert got == []
        with broken(lab, "gateway-stopped", "n4") as fault:
            play(lab, ansible, *notify, code=0)
    (told,) = got
    roots = {(alert["code"], alert["node"]) for alert in told["alerts"] if not alert["cause"]}
    assert roots == expected(lab, fault) and "SERVICE_INACTIVE" in told["text"]


def test_a_nights_report_is_kept_and_can_be_read(lab: Lab, ansible: Ansible) -> None:
    archive = ansible.directory / "archive"
    play(lab, ansible, "orama.monitor.archive", "-e", f"orama_archive={archive}", code=0)
    (kept,) = archive.iterdir()
    assert len(saved_report.load([str(kept)]).reports) == len(lab.nodes)


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


GATE = """\
- hosts: lab
  gather_facts: false
  tasks:
    - orama.monitor.cluster_alerts:
        until_healthy: true
        retries: 1
        delay: 2
        passes: 2
      run_once: true
"""
SLOW = "/run/systemd/system/orama-node.service.d/slow.conf"
#: Runs, and listens to nobody.
START_SLOWLY = f"""
    mkdir -p $(dirname {SLOW})
    printf '[Service]\\nExecStart=\\nExecStart=/bin/sleep 600\\n' >{SLOW}
    systemctl daemon-reload
    systemctl restart orama-node
"""
START_AS_EVER = f"rm -f {SLOW}; systemctl daemon-reload; systemctl restart orama-node"


def test_a_gate_does_not_open_before_what_was_just_started_answers(lab: Lab, ansible: Ansible) -> None:
    path = ansible.directory / "gate.yml"
    path.write_text(GATE)
    try:
        lab.ssh("n4", START_SLOWLY)
        said = play(lab, ansible, path, code=2)
    finally:
        lab.ssh("n4", START_AS_EVER)
        lab.heal()
    assert f"RQLITE_DOWN on {lab.node('n4').address}" in said


def test_preparing_a_prepared_node_changes_nothing(lab: Lab, ansible: Ansible) -> None:
    said = play(lab, ansible, "orama.monitor.prepare", code=0)
    assert len(re.findall(r"^198\.51\.100\..*changed=0", said, re.MULTILINE)) == len(lab.nodes)
