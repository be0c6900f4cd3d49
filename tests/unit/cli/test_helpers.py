"""Help, completion, inventory, explain, mute and the local report."""

from __future__ import annotations

import json
import os
import pty
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from ansible_collections.orama.monitor.plugins.module_utils import node
from ansible_collections.orama.monitor.plugins.module_utils.collectors import COLLECTORS
from orama_monitor import __version__
from orama_monitor.app import orama as tree
from orama_monitor.cluster_report import assess
from orama_monitor.collect import DEFAULT_TIMEOUT, FORKS_CAP, INVENTORIES
from orama_monitor.commands import node_report
from orama_monitor.commands.progress import Progress
from orama_monitor.snapshot import read_report
from orama_monitor.terminals import can_redraw
from tests.unit.cli.conftest import START, Run, ran
from tests.unit.clusters import healthy, host, raw_report

HEAVY = {"pydantic", "rich", "textual", "ansible", "ansible_runner", "yaml", "jmespath", "psutil", "asyncio"}


def imported(arguments: list[str], cwd: Path, **changes: str) -> set[str]:
    """The top-level modules that a run imports."""
    done = ran([sys.executable, "-X", "importtime"], cwd, *arguments, timeout=60, **changes)
    lines = [line.rpartition("|")[2].strip() for line in done.err.splitlines() if line.startswith("import time:")]
    return {name.partition(".")[0] for name in lines}


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    for arguments in (["--help"], ["monitor", "--help"], ["monitor", "report", "--help"], ["--version"]):
        assert not imported(arguments, tmp_path) & HEAVY


def test_completion_imports_nothing_heavy(tmp_path: Path, conf: Path) -> None:
    words = {"_ORAMA_COMPLETE": "bash_complete", "COMP_WORDS": "orama monitor node --env ", "COMP_CWORD": "4"}
    assert not imported([], tmp_path, **words) & HEAVY


def test_help_names_every_command_and_flag(orama: Run) -> None:
    done = orama("monitor", "--help")
    assert done.code == 0
    commands = "live cluster node service mesh dns namespaces alerts report explain mute inventory schema completion"
    flags = "--env --json --node --config --from --query --fail-on --severity --policy --timeout --forks --host-keys -v"
    for word in (commands + " " + flags).split():
        assert word in done.out
    for command in commands.split():
        assert orama("monitor", command, "--help").code == 0


def test_version(orama: Run) -> None:
    assert orama("--version").out == f"orama {__version__}\n"
    assert orama("monitor", "--version").out == f"orama {__version__}\n"


def completed(orama: Run, *words: str, **changes: str) -> list[str]:
    typed = {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
    done = orama(_ORAMA_COMPLETE="bash_complete", **typed, **changes)
    assert done.code == 0
    return [line.partition(",")[2] for line in done.out.splitlines()]


def test_completion_knows_the_conf(orama: Run, conf: Path) -> None:
    assert completed(orama, "orama", "monitor", "cluster", "--env", "") == ["local", "testnet", "devnet"]
    hosts = completed(orama, "orama", "monitor", "node", "--env", "devnet", "--node", "")
    assert hosts == ["dev.example"]
    assert "2001:db8::7" in completed(orama, "orama", "monitor", "--env", "testnet", "node", "--node", "2001")
    assert completed(orama, "orama", "monitor", "al") == ["alerts"]


def test_completion_knows_the_alerts(orama: Run) -> None:
    assert "RQLITE_NO_LEADER" in completed(orama, "orama", "monitor", "explain", "RQLITE_NO")


def test_completion_never_complains(orama: Run, conf: Path) -> None:
    conf.write_text("nonsense\n")
    assert completed(orama, "orama", "monitor", "cluster", "--env", "") == ["local"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_for_each_shell(orama: Run, shell: str) -> None:
    done = orama("monitor", "completion", shell)
    assert done.code == 0
    assert "_ORAMA_COMPLETE" in done.out


def test_the_inventory_has_no_secret(orama: Run, conf: Path) -> None:
    as_yaml = orama("monitor", "inventory", "--env", "testnet")
    as_json = orama("monitor", "inventory", "--env", "testnet", "--json")
    assert as_yaml.code == as_json.code == 0
    for text in (as_yaml.out, as_json.out):
        assert "s3cret" not in text and "other-pw" not in text
    hosts = yaml.safe_load(as_yaml.out)["testnet"]["hosts"]
    assert hosts["2001:db8::7"]["ansible_port"] == 2222
    assert hosts["198.18.0.11"]["ansible_ssh_private_key_file"].endswith("scripts/keys/id")
    listing = json.loads(as_json.out)
    assert listing["nameservers"] == {"hosts": ["198.18.0.11"]}
    assert listing["_meta"]["hostvars"]["198.18.0.12"]["orama_role"] == "node"


def test_the_inventory_of_this_machine_is_the_one_that_it_is_asked_with(orama: Run) -> None:
    built_in = yaml.safe_load((INVENTORIES / "local" / "hosts.yml").read_text())["local"]["hosts"]
    assert built_in["localhost"]["ansible_become"] is False
    done = orama("monitor", "inventory", "--env", "local", "--json")
    assert json.loads(done.out)["_meta"]["hostvars"] == built_in
    assert yaml.safe_load(orama("monitor", "inventory", "--env", "local").out)["local"]["hosts"] == built_in


def test_explain_says_what_to_do(orama: Run) -> None:
    done = orama("monitor", "explain", "disk_high")
    assert done.code == 0
    assert "DISK_HIGH" in done.out
    assert "disk_pct = 85" in done.out
    facts = json.loads(orama("monitor", "explain", "DISK_HIGH", "--json").out)
    assert facts["severity"] == "warning"
    assert facts["hint"] in " ".join(done.out.split())


def test_explain_lists_all(orama: Run) -> None:
    done = orama("monitor", "explain")
    codes = json.loads(orama("monitor", "explain", "--query", "[].code").out)
    assert len(codes) > 70
    assert all(code in done.out for code in codes)


def test_explain_names_the_nearest(orama: Run) -> None:
    done = orama("monitor", "explain", "DISC_HIGH")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("orama: no alert 'DISC_HIGH'; nearest: DISK_HIGH")


def test_completion_knows_every_alert(orama: Run) -> None:
    from orama_monitor.alerts import RULES

    assert completed(orama, "orama", "monitor", "explain", "") == sorted(RULES)


def test_mute_writes_the_policy_and_alerts_obey(orama: Run, tmp_path: Path, faulty_file: Path) -> None:
    policy = tmp_path / "policy.yml"
    arguments = ["DISK_HIGH", "--node", "198.18.0.14", "--for", "2h", "--reason", "a disk is ordered"]
    done = orama("monitor", "mute", *arguments, "--policy", policy)
    assert (done.code, done.err) == (0, "")
    assert "DISK_HIGH is muted on 198.18.0.14 until" in done.out
    assert yaml.safe_load(policy.read_text())["mutes"][0]["reason"] == "a disk is ordered"
    before = orama("monitor", "alerts", "--from", faulty_file)
    after = orama("monitor", "alerts", "--from", faulty_file, "--policy", policy)
    assert "DISK_HIGH" in before.out
    # muted until two hours from now, which is long after the report of the fixture was made
    assert "DISK_HIGH" not in after.out
    assert "1 muted alert" in after.out
    unfolded = orama("monitor", "alerts", "--all", "--from", faulty_file, "--policy", policy)
    assert "(muted: a disk is ordered)" in " ".join(unfolded.out.split())


def test_a_mute_of_what_is_mild_now_ends_when_it_gets_worse(orama: Run, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yml"
    done = orama("monitor", "mute", "OOM_KILLS", "--severity", "info", "--reason", "seen", "--policy", policy)
    assert done.out.endswith("OOM_KILLS is muted everywhere for good, unless it gets worse than info\n")
    assert yaml.safe_load(policy.read_text())["mutes"][0]["severity"] == "info"
    done = orama("monitor", "mute", "WG_DOWN", "--reason", "seen", "--policy", policy)
    assert done.out.endswith("WG_DOWN is muted everywhere for good\n")


def test_mute_uses_the_file_beside_the_conf(orama: Run, tmp_path: Path, conf: Path, faulty_file: Path) -> None:
    assert orama("monitor", "mute", "DISK_HIGH", "--reason", "known").code == 0
    assert (tmp_path / "scripts" / "monitor-policy.yml").exists()
    assert "1 muted" in orama("monitor", "alerts", "--from", faulty_file).out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["DISC_HIGH", "--reason", "x"], 1, "nearest: DISK_HIGH"),
        (["DISK_HIGH"], 2, "--reason"),
        (["--reason", "x"], 2, "Missing argument 'CODE'"),
        (["DISK_HIGH", "--reason", "x", "--for", "soon"], 2, "'soon': expected 30m, 8h, 2d, 1w or 1d12h"),
        (["DISK_HIGH", "--reason", "x", "--for", ""], 2, "it is empty"),
        (["DISK_HIGH", "--reason", "x", "--json"], 2, "--json and --query go with --list"),
        (["DISK_HIGH", "--list"], 2, "--list mutes nothing"),
        (["--list", "--policy", "none.yml"], 1, "none.yml: no such file"),
    ],
)
def test_mute_says_what_is_wrong(orama: Run, arguments: list[str], code: int, said: str) -> None:
    done = orama("monitor", "mute", *arguments)
    assert done.code == code
    assert said in done.err


def muted_on(orama: Run, folder: Path, *names: str, env: str | None = None) -> list[str]:
    """Where an alert is muted when it is muted on these."""
    nodes = [word for name in names for word in ("--node", name)]
    nodes += ["--env", env] if env else []
    done = orama("monitor", "mute", "DISK_HIGH", "--reason", "x", "--policy", "new.yml", *nodes)
    policy = folder / "new.yml"
    written = yaml.safe_load(policy.read_text())["mutes"] if policy.exists() else []
    return [mute["node"] for mute in written] if done.code == 0 else done.err.splitlines()[:1]


def test_a_mute_on_a_role_is_on_its_hosts(orama: Run, tmp_path: Path, conf: Path) -> None:
    assert muted_on(orama, tmp_path, "nameserver-ns1", "198.18.0.11", "2001:db8::7", "198.*", "cluster") == [
        *("198.18.0.11", "2001:db8::7", "198.*", "cluster")
    ]


def test_a_mute_on_a_role_of_two_environments_is_refused_without_one(orama: Run, tmp_path: Path, conf: Path) -> None:
    assert muted_on(orama, tmp_path, "node") == ["orama: node is a role in devnet, testnet: say which with --env"]
    assert muted_on(orama, tmp_path, "node", env="devnet") == ["dev.example"]


def test_a_mute_that_could_never_match_is_refused(orama: Run, tmp_path: Path, conf: Path) -> None:
    (said,) = muted_on(orama, tmp_path, "198.18.0.11", "198.18.0.13")
    assert said.startswith("orama: no node '198.18.0.13'")
    assert not (tmp_path / "new.yml").exists()


def test_a_mute_without_a_conf_is_taken_at_its_word(orama: Run, tmp_path: Path) -> None:
    assert muted_on(orama, tmp_path, "nameserver-ns1") == ["nameserver-ns1"]


def test_a_pattern_asks_for_no_conf(orama: Run, tmp_path: Path) -> None:
    """Nor does the built-in environment, or no node at all."""
    (tmp_path / "broken.conf").write_text("nonsense\n")
    for name in ("198.51.100.*", "cluster", "localhost"):
        done = orama(
            *("monitor", "mute", "DISK_HIGH", "--policy", "new.yml", "--reason", "x"),
            *("--config", "broken.conf", "--node", name),
        )
        assert done.code == 0, done.err


def test_a_mute_is_of_its_environment(orama: Run, tmp_path: Path, conf: Path, faulty_file: Path) -> None:
    for env, heard in (("devnet", True), ("testnet", False)):
        done = orama("monitor", "mute", "DISK_HIGH", "--env", env, "--reason", "known", "--policy", "new.yml")
        assert f"DISK_HIGH is muted everywhere in {env} for good" in done.out
        assert ("DISK_HIGH" in orama("monitor", "alerts", "--from", faulty_file, "--policy", "new.yml").out) is heard
    mutes = yaml.safe_load((tmp_path / "new.yml").read_text())["mutes"]
    assert [mute["env"] for mute in mutes] == ["devnet", "testnet"]
    done = orama("monitor", "mute", "ZOMBIES", "--env", "testnet", "--node", "cluster", "--reason", "known")
    assert "ZOMBIES is muted on cluster in testnet for good" in done.out
    (facts,) = json.loads(orama("monitor", "mute", "--list", "--json").out)
    assert (facts["env"], facts["node"]) == ("testnet", "cluster")


def test_a_mute_in_no_environment_of_the_conf_is_refused(orama: Run, tmp_path: Path, conf: Path) -> None:
    assert muted_on(orama, tmp_path, "cluster", env="tesnet") == [
        "orama: no environment 'tesnet' in the conf; it has: devnet, testnet"
    ]
    assert muted_on(orama, tmp_path, "localhost", env="local") == ["localhost"]


def test_mutes_are_listed(orama: Run, tmp_path: Path, conf: Path) -> None:
    assert orama("monitor", "mute", "--list").out == "Nothing is muted.\n"
    assert orama("monitor", "mute", "DISK_HIGH", "--for", "1d12h", "--reason", "a disk is ordered").code == 0
    assert "a disk is ordered" in orama("monitor", "mute", "--list").out
    (facts,) = json.loads(orama("monitor", "mute", "--list", "--json").out)
    assert (facts["code"], facts["node"], facts["over"]) == ("DISK_HIGH", "*", False)
    assert json.loads(orama("monitor", "mute", "--list", "--query", "[].reason").out) == ["a disk is ordered"]


def test_a_named_policy_must_exist(orama: Run, healthy_file: Path) -> None:
    done = orama("monitor", "alerts", "--from", healthy_file, "--policy", "none.yml")
    assert (done.code, done.err) == (1, "orama: none.yml: no such file\n")


def test_the_live_view_has_no_json(orama: Run, healthy_file: Path) -> None:
    assert orama("monitor", "--json", "--from", healthy_file).code == 2


@pytest.mark.parametrize("flags", [("--severity", "critical"), ("--fail-on", "critical")])
def test_the_live_view_has_no_such_flag(orama: Run, healthy_file: Path, flags: tuple[str, str]) -> None:
    done = orama("monitor", "live", "--from", healthy_file, *flags)
    assert done.code == 2 and f"the live view has no {flags[0]}; use" in done.err


def test_the_live_view_of_one_node(orama: Run, healthy_file: Path) -> None:
    done = orama("monitor", "live", "--plain", "--from", healthy_file, "--node", host(0))
    assert done.code == 0 and "1 node, healthy" in done.out and host(1) not in done.out
    assert orama("monitor", "live", "--plain", "--from", healthy_file, "--node", "nobody").code == 1


def test_the_live_view_knows_a_node_of_any_of_its_reports(orama: Run, tmp_path: Path) -> None:
    small, large, other = tmp_path / "3.json", tmp_path / "5.json", tmp_path / "other.json"
    small.write_text(assess(healthy(3)).to_json())
    large.write_text(assess(healthy(5)).to_json())
    other.write_text(assess(healthy(5, environment="mainnet")).to_json())
    done = orama("monitor", "live", "--plain", "--from", small, "--from", large, "--node", host(4))
    assert done.code == 0 and host(4) in done.out and host(1) not in done.out
    done = orama("monitor", "live", "--plain", "--from", small, "--from", other)
    assert done.code == 1 and "reports of different environments do not go together: mainnet, testnet" in done.err


def collected() -> dict[str, Any]:
    """What the collection's node side gives."""
    found = raw_report(0, 1, "node")
    found["collectors"]["rqlite"] = {"status": "timeout", "ms": 3000, "error": "no answer within 3 s"}
    return found


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(node_report, "_collected", collected)


@pytest.mark.usefixtures("as_root")
def test_the_local_report_is_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = CliRunner().invoke(tree, ["node", "report"])
    assert done.exit_code == 0, done.output
    first = done.output.splitlines()
    assert first[0].split() == ["COLLECTOR", "STATUS", "MS", "ERROR"]
    assert first[1].split()[:4] == ["rqlite", "!", "timeout", "3000"]


@pytest.mark.usefixtures("as_root")
def test_the_local_report_as_json_is_the_node_s() -> None:
    done = CliRunner().invoke(tree, ["node", "report", "--json"])
    assert json.loads(done.output) == collected()


def test_the_local_report_is_the_collection_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in between: what the collection's node side finds on this very machine, all twelve sections."""
    reports: list[dict[str, Any]] = []
    report = node.report

    def remembered() -> dict[str, Any]:
        reports.append(report())
        return reports[0]

    monkeypatch.setattr(node, "report", remembered)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    done = CliRunner().invoke(tree, ["node", "report", "--json"])
    assert done.exit_code == 0, done.output
    assert [json.loads(done.output)] == reports
    assert set(reports[0]["collectors"]) == set(COLLECTORS)
    assert read_report(reports[0]).hostname == os.uname().nodename


def test_the_local_report_needs_root(orama: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    start = f"import os; os.geteuid = lambda: 1000; {START}"
    done = orama("node", "report", start=start)
    assert (done.code, done.out) == (1, "")
    assert done.err == f"orama: collecting needs root; run: sudo {sys.executable} -m orama_monitor node report\n"


def test_the_way_to_root_names_this_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a node `orama` is Orama's own, and root has another PATH."""
    program = tmp_path / "a venv" / "orama"
    program.parent.mkdir()
    program.touch(mode=0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sys, "argv", ["orama"])
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    done = CliRunner().invoke(tree, ["node", "report"])
    assert str(done.exception) == f"collecting needs root; run: sudo '{program}' node report"


@pytest.mark.parametrize(("kind", "draws"), [("xterm", True), ("dumb", False), ("", False), ("unknown", False)])
def test_nothing_is_redrawn_on_a_terminal_that_cannot(kind: str, draws: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", kind)
    ours, theirs = pty.openpty()
    with os.fdopen(ours), os.fdopen(theirs, "w") as terminal:
        assert can_redraw(terminal) is draws


def test_the_help_says_the_defaults(orama: Run) -> None:
    said = " ".join(orama("monitor", "cluster", "--help").out.split())
    assert f"Longest wait for one node. [default: {DEFAULT_TIMEOUT:g}]" in said
    assert f"[default: all, at most {FORKS_CAP}]" in said


def test_a_closed_standard_error_is_no_reason_to_ask_nobody() -> None:
    with Progress(["198.18.0.11"], None) as progress:
        assert progress.thread is None
