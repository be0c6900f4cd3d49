"""The playbooks and the gate, on this machine under three names and on a host that is gone."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.orama.monitor.plugins.module_utils.machine import NO_PSUTIL
from orama_monitor import saved_report
from orama_monitor.alerts import RULES
from tests.ansible.harness import BIN, COLLECTION, ROOT, Ansible
from tests.ansible.webhook import webhook

UNREACHABLE = "NODE_UNREACHABLE"


def test_a_report_tells_every_node_and_goes_on(hosts: Ansible) -> None:
    said = hosts.play("orama.monitor.report", "-e", "orama_output=report.json")
    assert "demo: 4 nodes" in said and f"{UNREACHABLE} gone: connection refused" in said
    path = hosts.directory / "report.json"
    assert path.stat().st_mode & 0o777 == 0o600
    report = json.loads(path.read_text())
    assert [node["host"] for node in report["nodes"]] == ["here-1", "here-2", "here-3", "gone"]
    assert report["nodes"][0]["report"]["collectors"]["system"]["status"] == "ok"
    assert saved_report.load([str(path)]).environment == "demo"


def test_fail_on_stops_after_the_result_was_shown(hosts: Ansible) -> None:
    said = hosts.play("orama.monitor.report", "-e", "orama_fail_on=critical", code=2)
    assert said.index("Show the result") < said.index("demo is not healthy")


def test_what_is_bad_enough_is_for_the_policy_to_say(hosts: Ansible) -> None:
    policy = json.dumps({"orama_policy": {"severities": {**CALM["severities"], UNREACHABLE: "warning"}}})
    for fail_on, code in ("critical", 0), ("warning", 2):
        said = hosts.play("orama.monitor.report", "-e", policy, "-e", f"orama_fail_on={fail_on}", code=code)
        assert f"warning  {UNREACHABLE} gone" in said


TEXT = "orama_output=r.txt orama_format=text orama_environment_name=stage"


def test_text_limit_check_and_tasks(hosts: Ansible) -> None:
    said = hosts.play("orama.monitor.report", "--limit", "here-2", "-e", TEXT)
    assert "stage: 1 nodes" in said
    assert (hosts.directory / "r.txt").read_text().startswith("stage: 1 nodes")
    hosts.play("orama.monitor.report", "--check", "--limit", "here-2", "-e", "orama_output=checked.json")
    assert not (hosts.directory / "checked.json").exists()
    for choice, tasks in (
        ((), (True, True)),
        (("--skip-tags", "report"), (True, False)),
        (("--tags", "report"), (False, True)),
    ):
        listed = hosts.play("orama.monitor.report", "--list-tasks", *choice)
        assert ("Collect the node's health" in listed, "Judge the cluster" in listed) == tasks


def test_what_a_fact_cache_holds_is_judged_without_asking_again(hosts: Ansible) -> None:
    cache = {"ANSIBLE_CACHE_PLUGIN": "ansible.builtin.jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": "facts"}
    hosts.environment.update(cache)
    hosts.play("orama.monitor.report", "--skip-tags", "report")
    said = hosts.play("orama.monitor.report", "--tags", "report", "--limit", "here-1,here-2")
    assert "demo: 2 nodes" in said and "here-1: orama.monitor.node_facts has not run" not in said


def test_stats_carry_summary_and_alerts_not_reports(hosts: Ansible) -> None:
    said = hosts.run(
        *("ansible-playbook", "-i", "hosts.yml", "orama.monitor.report", "-e", "orama_severity=critical"),
        ANSIBLE_SHOW_CUSTOM_STATS="True",
    )
    stats = said[said.index("CUSTOM STATS") :]
    assert '"unreachable_count": 1' in stats and UNREACHABLE in stats and "listening_ports" not in stats


PLAYBOOKS = sorted(path.stem for path in (COLLECTION / "playbooks").glob("*.yml"))


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_no_playbook_succeeds_without_a_node(hosts: Ansible, name: str) -> None:
    (hosts.directory / "empty.yml").write_text("all: {hosts: {}}\n")
    said = hosts.play(f"orama.monitor.{name}", inventory="empty.yml", code=2)
    assert "The inventory has no host for all: name a source" in said and said.count("PLAY [") == 1


def test_a_limit_that_leaves_no_node_is_an_error(hosts: Ansible) -> None:
    (hosts.directory / "empty.yml").write_text("all: {hosts: {}}\n")
    (hosts.directory / "retry").write_text("here-1\n")
    for inventory, limit in ("empty.yml", "here-1"), ("hosts.yml", "here-1"), ("hosts.yml", "@retry"):
        arguments = ("-e", "orama_hosts=here-2:here-3", "--limit", limit)
        said = hosts.play("orama.monitor.collect", *arguments, inventory=inventory, code=4)
        assert f"The inventory has no host for here-2:here-3 within --limit {limit}: name a source" in said
    hosts.play("orama.monitor.collect", "-e", "orama_hosts=here-2:here-3", "--limit", "here-1,here-2")


def test_a_stale_fact_and_a_host_that_left_are_not_judged_as_healthy(hosts: Ansible) -> None:
    playbook = hosts.directory / "own.yml"
    playbook.write_text(
        """\
- hosts: demo
  gather_facts: false
  tasks:
    - ansible.builtin.set_fact:
        orama_report: {schema_version: 1, timestamp: "2020-01-01T00:00:00Z", hostname: x, collect_ms: 1}
        cacheable: true
      when: inventory_hostname == 'here-1'
    - orama.monitor.node_facts:
      when: inventory_hostname in ['here-2', 'gone']
    - orama.monitor.cluster_alerts:
      run_once: true
      register: cluster
    - ansible.builtin.debug: {var: cluster.nodes}
      run_once: true
"""
    )
    said = hosts.play(playbook, code=None)
    assert "its report is of 2020-01-01T00:00:00Z: collect anew" in said
    assert "orama.monitor.node_facts has not run on it in this play" in said
    assert "it left the play before this task, failed or unreachable, and no answer was kept" in said


GATE = """\
- hosts: demo:!gone
  serial: 1
  gather_facts: false
  tasks:
    - orama.monitor.cluster_alerts:
        until_healthy: true
        retries: {retries}
        delay: 0.2
        passes: {passes}
        policy: {policy}
      register: gate
    - ansible.builtin.debug:
        msg: "touched after {{{{ gate.attempts }}}}, asked {{{{ gate.meta.node_count }}}}"
"""
CALM = {"severities": dict.fromkeys(sorted(set(RULES) - {UNREACHABLE}), "info")}


def gate(
    hosts: Ansible, policy: Mapping[str, object], *arguments: str, code: int | None, retries: int = 1, passes: int = 1
) -> str:
    path = hosts.directory / "gate.yml"
    path.write_text(GATE.format(retries=retries, passes=passes, policy=json.dumps(policy)))
    return hosts.play(path, "--limit", "here-1,here-2", *arguments, code=code)


def test_a_gate_in_a_serial_play_asks_the_whole_environment_and_stops(hosts: Ansible) -> None:
    said = gate(hosts, CALM, code=2)
    assert f"{UNREACHABLE} on gone" in said and "tries left: 1" in said
    assert '"touched after' not in said and "[here-2]" not in said


def test_a_gate_opens_when_the_cluster_is_healthy_often_enough(hosts: Ansible) -> None:
    policy = {**CALM, "mutes": [{"code": UNREACHABLE}]}
    said = gate(hosts, policy, code=0, retries=3, passes=2)
    assert said.count("touched after 2, asked 4") == 2


def test_a_gate_in_check_mode_judges_once_and_waits_for_nothing(hosts: Ansible) -> None:
    said = gate(hosts, CALM, "--check", code=2, retries=1000)
    assert f"{UNREACHABLE} on gone" in said and "tries left" not in said


LOST_BEFORE = """\
- hosts: demo:!gone
  gather_facts: false
  tasks:
    - ansible.builtin.fail:
      when: inventory_hostname == 'here-1'
- ansible.builtin.import_playbook: orama.monitor.rolling_restart
"""
ROLLING = {
    "orama_hosts": "demo:!gone",
    "orama_units": "no-such-unit",
    "orama_policy": CALM,
    "orama_retries": 1,
    "orama_delay": 1,
}


def test_a_rolling_restart_looks_first_though_its_first_host_was_lost_before(hosts: Ansible) -> None:
    path = hosts.directory / "own.yml"
    path.write_text(LOST_BEFORE)
    said = hosts.play(path, "-e", json.dumps(ROLLING), code=2)
    assert f"{UNREACHABLE} on gone" in said and "TASK [Restart Orama]" not in said


def test_the_gates_of_a_rolling_restart_outlast_the_configuration_s_time_for_a_task(hosts: Ansible) -> None:
    hosts.environment["ANSIBLE_TASK_TIMEOUT"] = "2"
    slow = hosts.directory / "slow"
    slow.write_text(f'#!/bin/sh\nsleep 3\nexec {BIN / "python"} "$@"\n')
    slow.chmod(0o755)
    variables = json.dumps({**ROLLING, "ansible_python_interpreter": str(slow)})
    said = hosts.play("orama.monitor.rolling_restart", "-e", variables, code=2)
    assert f"{UNREACHABLE} on gone" in said


def test_a_rolling_restart_whose_gates_never_close_is_refused(hosts: Ansible) -> None:
    variables = json.dumps({**ROLLING, "orama_fail_on": "never"})
    said = hosts.play("orama.monitor.rolling_restart", "-e", variables, code=2)
    assert "With orama_fail_on=never no gate ever closes" in said
    assert "TASK [Touch no node" not in said and "TASK [Restart Orama]" not in said


JUDGED = """\
- hosts: demo:!gone
  gather_facts: false
  tasks:
    - orama.monitor.cluster_alerts: {collect: true, severity: critical, reports: true}
      run_once: true
      register: judged
    - ansible.builtin.assert:
        that:
          - not judged.changed and not judged.failed and not judged.healthy and judged.diff is not defined
          - judged.nodes | map(attribute='host') | list == ['here-1', 'here-2', 'here-3', 'gone']
          - judged.nodes | map(attribute='report') | select('mapping') | length == 3
          - judged.alerts | map(attribute='severity') | unique | list == ['critical']
          - "'NODE_UNREACHABLE' in judged.alerts | map(attribute='code')"
          - judged.summary.critical_alerts == judged.alerts | length
      run_once: true
"""


@pytest.mark.parametrize("arguments", [(), ("--check", "--diff")], ids=["run", "check"])
def test_what_a_task_gets_back(hosts: Ansible, arguments: tuple[str, ...]) -> None:
    path = hosts.directory / "judged.yml"
    path.write_text(JUDGED)
    hosts.play(path, *arguments)


def test_a_task_that_has_a_time_to_keep_asks_all_nodes(hosts: Ansible) -> None:
    hosts.environment["ANSIBLE_TASK_TIMEOUT"] = "200"
    path = hosts.directory / "judged.yml"
    path.write_text(JUDGED)
    hosts.play(path)


def test_a_bad_policy_is_one_line(hosts: Ansible) -> None:
    said = gate(hosts, {"mutes": [{"code": "NODE_UNREACHABEL"}]}, code=2)
    assert "policy: mutes.0.code: no alert 'NODE_UNREACHABEL'; nearest: NODE_UNREACHABLE" in said


def test_hosts_of_two_environments_are_refused(hosts: Ansible) -> None:
    said = hosts.play("orama.monitor.report", "-e", '{"orama_hosts": "here-1:other"}', "-i", "other,")
    assert "demo: 2 nodes" in said  # one that names no environment is of the others'
    text = (
        (hosts.directory / "hosts.yml")
        .read_text()
        .replace("here-2: *here", "here-2: {<<: *here, orama_environment: b}")
    )
    (hosts.directory / "hosts.yml").write_text(text)
    assert "of several environments (b, demo)" in hosts.play("orama.monitor.report", code=2)


def test_notify_posts_what_stands_and_hides_the_address(hosts: Ansible) -> None:
    with webhook(socket.create_server(("127.0.0.1", 0))) as (url, got):
        said = hosts.play("orama.monitor.notify", "-e", f"orama_webhook_url={url} orama_notify_on=critical", "-v")
    assert "token-in-the-url" not in said
    assert len(got) == 1 and got[0]["environment"] == "demo"
    assert UNREACHABLE in str(got[0]["text"])


def test_notify_without_an_address_is_refused_before_anything_is_asked(hosts: Ansible) -> None:
    said = hosts.play("orama.monitor.notify", code=2)
    assert "Say where the alerts are posted" in said and "Collect the node's health" not in said


def test_archive_keeps_a_report_a_run_and_removes_only_its_own_old_ones(hosts: Ansible) -> None:
    archive = hosts.directory / "archive"
    archive.mkdir()
    archive.chmod(0o750)
    names = ("demo-20200101T000000Z", "demo-20200201T000000Z", "demo-b-20200101T000000Z", "precious")
    old, young, another_s, foreign = (archive / f"{name}.json" for name in names)
    for path, days in (old, 40), (young, 20), (another_s, 40), (foreign, 40):
        path.write_text("{}")
        hosts.run("touch", "-d", f"{days} days ago", path)
    hosts.play("orama.monitor.archive", "-e", f"orama_archive={archive} orama_archive_age=30d")
    (kept,) = set(archive.iterdir()) - {young, another_s, foreign}
    assert young.exists() and another_s.exists() and foreign.exists() and kept != old
    assert re.fullmatch(r"demo-\d{8}T\d{6}Z", kept.stem)
    assert saved_report.load([str(kept)]).environment == "demo"
    assert archive.stat().st_mode & 0o777 == 0o750


def test_an_archive_is_made_for_its_user_alone_and_no_environment_s_name_leads_out_of_it(hosts: Ansible) -> None:
    inventory = hosts.directory / "hosts.yml"
    inventory.write_text(inventory.read_text().replace("orama_environment: demo", "orama_environment: ../de*mo"))
    archive = hosts.directory / "archive"
    hosts.play("orama.monitor.archive", "--limit", "here-1", "-e", f"orama_archive={archive}")
    (kept,) = archive.iterdir()
    assert kept.name.startswith("___de_mo-") and archive.stat().st_mode & 0o777 == 0o700


def test_slices_of_a_job_merge_to_the_report_of_one_run(hosts: Ansible) -> None:
    """Laid out and run as AWX does: a private data directory, its project, one ansible-runner run a slice."""
    project = hosts.directory / "project"
    (hosts.directory / "inventory").mkdir()
    project.mkdir()
    (hosts.directory / "hosts.yml").rename(hosts.directory / "inventory" / "hosts.yml")
    (project / "report.yml").write_text("- import_playbook: orama.monitor.report\n")
    slices = [["here-1", "gone"], ["here-2"], ["here-3"]]
    paths = []
    for number, limit in enumerate([*slices, []]):
        paths.append(str(hosts.directory / f"{number}.json"))
        command = f"-e orama_output={paths[-1]}" + (f" --limit {','.join(limit)}" if limit else "")
        hosts.run(BIN / "ansible-runner", "run", hosts.directory, "-p", "report.yml", "--cmdline", command)
    merged, whole = saved(hosts, *paths[:3]), saved(hosts, *paths[3:])
    assert merged["meta"]["node_count"] == whole["meta"]["node_count"] == 4
    for key in ("host", "role", "failure"):
        assert [node[key] for node in merged["nodes"]] == [node[key] for node in whole["nodes"]]
    for report in (merged, whole):
        assert [alert["node"] for alert in report["alerts"] if alert["code"] == UNREACHABLE] == ["gone"]


def saved(hosts: Ansible, *paths: str) -> dict[str, Any]:
    """What the command makes of saved reports."""
    sources = [word for path in paths for word in ("--from", path)]
    text = hosts.run(BIN / "python", "-m", "orama_monitor", "monitor", "report", *sources)
    report: dict[str, Any] = json.loads(text)
    return report


def test_the_project_of_a_controller_can_be_read(hosts: Ansible) -> None:
    project = ROOT / "awx" / "project"
    playbooks = [str(project / f"{name}.yml") for name in ("prepare", "report", "rolling_restart")]
    hosts.play(*playbooks, "--syntax-check", inventory=str(project / "testnet.orama.yml"))


def test_every_playbook_is_found_by_its_name(hosts: Ansible) -> None:
    names = [f"orama.monitor.{name}" for name in PLAYBOOKS]
    assert hosts.play(*names, "--syntax-check").count("playbook: ") == len(names) == 6


TOLD = '''\
DOCUMENTATION = """
name: told
short_description: Local, and writes down which password it was given.
extends_documentation_fragment: [connection_pipelining]
"""
from ansible.plugins.connection.local import Connection as Local


class Connection(Local):
    transport = "told"

    def exec_command(self, *words, **options):
        with open("FILE", "a") as file:
            file.write("%s %s\\n" % (self._play_context.remote_addr, self._play_context.password))
        return super().exec_command(*words, **options)
'''


def test_a_gate_offers_a_node_s_password_to_no_other(hosts: Ansible) -> None:
    told = hosts.directory / "told.txt"
    plugins = hosts.directory / "connection_plugins"
    plugins.mkdir()
    (plugins / "told.py").write_text(TOLD.replace("FILE", str(told)))
    (hosts.directory / "common").write_text("of-all\n")
    inventory = hosts.directory / "hosts.yml"
    inventory.write_text(inventory.read_text().replace("ansible_connection: local", "ansible_connection: told"))
    of_one = hosts.directory / "host_vars"
    of_one.mkdir()
    (of_one / "here-1.yml").write_text("ansible_password: of-one\n")
    gate(hosts, CALM, "--connection-password-file", "common", code=None)  # without sshpass older ones only fail there
    assert set(told.read_text().splitlines()) == {"here-1 of-one", "here-2 of-all", "here-3 of-all"}


def test_a_gate_that_cannot_see_the_cluster_healthy_often_enough_says_so(hosts: Ansible) -> None:
    said = gate(hosts, CALM, code=2, retries=1, passes=3)
    assert "passes: 3 in a row are more than retries: 1 allows" in said


def test_templates_name_environment_and_role(hosts: Ansible) -> None:
    inventory = hosts.directory / "hosts.yml"
    text = inventory.read_text().replace("orama_environment: demo", "orama_environment: '{{ stage }}'\n    stage: demo")
    inventory.write_text(text.replace("orama_role: node", "orama_role: \"{{ 'nameserver-ns1' if true else 'node' }}\""))
    said = hosts.play("orama.monitor.report", "--limit", "here-1", "-e", "orama_output=report.json")
    assert "demo: 1 nodes" in said
    report = json.loads((hosts.directory / "report.json").read_text())
    assert [node["role"] for node in report["nodes"]] == ["nameserver-ns1"] and len(report["meta"]["configured"]) == 4


def test_an_archive_without_a_place_is_refused_before_anything_is_asked(hosts: Ansible) -> None:
    for place in ((), ("-e", "orama_archive=reports")):
        said = hosts.play("orama.monitor.archive", *place, code=2)
        assert "by an absolute path" in said and "Collect the node's health" not in said
    assert not (COLLECTION / "playbooks" / "reports").exists()


def test_the_configuration_s_strategy_and_secrecy_change_nothing(hosts: Ansible) -> None:
    hosts.environment.update(ANSIBLE_STRATEGY="free", ANSIBLE_NO_LOG="True")
    hosts.play("orama.monitor.report", "-e", "orama_output=report.json")
    report = json.loads((hosts.directory / "report.json").read_text())
    assert [node["host"] for node in report["nodes"] if node["report"]] == ["here-1", "here-2", "here-3"]
    said = gate(hosts, CALM, code=2)
    assert f"{UNREACHABLE} on gone" in said and "NODE_COLLECT_FAILED" not in said


def test_a_gate_asks_the_hosts_that_carry_the_environment_s_name(hosts: Ansible) -> None:
    """Not a group that is called like it and holds others, too."""
    inventory = hosts.directory / "hosts.yml"
    text = inventory.read_text().replace("demo:\n", "nodes:\n")
    others = "demo:\n  hosts:\n    here-1:\n    web:\n      ansible_host: 127.0.0.1\n      ansible_port: 9\n"
    lost = "elsewhere:\n  hosts:\n    closed:\n    lost: {orama_environment: '{{ of_nobody }}'}\n"
    inventory.write_text(text + others + lost)
    (hosts.directory / "host_vars").mkdir()
    (hosts.directory / "host_vars" / "closed.yml").write_text("$ANSIBLE_VAULT;1.1;AES256\n3031\n")
    path = hosts.directory / "judged.yml"
    path.write_text(JUDGED.replace("demo:!gone", "here-2"))
    hosts.play(path)


def test_a_report_is_written_to_no_pipe(hosts: Ansible) -> None:
    os.mkfifo(hosts.directory / "pipe")
    said = hosts.play("orama.monitor.report", "--limit", "here-1", "-e", "orama_output=pipe", code=2)
    assert "pipe: this is no regular file" in said and (hosts.directory / "pipe").is_fifo()


NODE_S_FACT = "One node's fact in a playbook of your own:"


def test_the_recipe_for_one_node_s_fact_survives_a_node_without_rqlite(hosts: Ansible) -> None:
    _before, after = (ROOT / "docs" / "ansible.md").read_text(encoding="utf-8").split(NODE_S_FACT)
    tasks = re.split(r"\n(?=\S)", after)[0]
    path = hosts.directory / "own.yml"
    path.write_text(f"- hosts: here-1\n  gather_facts: false\n  tasks:\n{tasks}\n")
    assert "skipping: [here-1]" in hosts.play(path)


def test_prepare_looks_for_psutil_with_the_interpreter_of_the_configuration(hosts: Ansible) -> None:
    programs = hosts.directory / "bin"
    programs.mkdir()
    (programs / "python3").write_text("#!/bin/sh\nexit 1\n")
    (programs / "python3").chmod(0o755)
    hosts.environment["PATH"] = f"{programs}:{hosts.environment['PATH']}"
    hosts.environment["ANSIBLE_PYTHON_INTERPRETER"] = str(BIN / "python")
    (hosts.directory / "hosts.yml").write_text("all: {hosts: {here: {ansible_connection: local}}}\n")
    said = hosts.play("orama.monitor.prepare", "--check", "-e", "orama_become=false")
    assert "Learn the node's distribution" not in said and "skipped=1" in said


def test_the_remedy_for_a_missing_psutil_can_be_run_as_it_is_told(hosts: Ansible) -> None:
    _missing, command = NO_PSUTIL.split(": run ")
    hosts.run(*command.replace("INVENTORY", "hosts.yml").split(), "--check", "--limit", "here-1")
