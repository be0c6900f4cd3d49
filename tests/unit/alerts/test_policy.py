"""The policy: what it changes, how it says what is wrong with it, and how muting leaves its file otherwise alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cli import policy_shown
from orama_monitor.alerts import judge
from orama_monitor.alerts.alert import Severity, standing
from orama_monitor.alerts.muting import add_mute, mute_fields, with_mute
from orama_monitor.alerts.policy import Mute, Policy, parse_policy, read_policy
from orama_monitor.cluster_report import assess
from orama_monitor.errors import MonitorError
from tests.unit.alerts import breaking as b
from tests.unit.clusters import BEGAN, healthy, host

PATH = Path("policy.yml")

FULL = """\
# What we want to hear of.
thresholds:
  disk_pct: 90
severities:
  ZOMBIES: warning
expected_services:
  all: [orama-node, orama-ipfs.service]
  nameserver-ns1: [caddy]
mutes:
  - code: DISK_HIGH
    node: "198.18.*"
    until: 2026-03-01
    reason: a new disk is ordered
"""


def test_everything_in_a_policy_is_read() -> None:
    policy = parse_policy(FULL, PATH)
    assert policy.thresholds.disk_pct == 90 and policy.thresholds.memory_pct == 90
    assert policy.severities == {"ZOMBIES": Severity.WARNING}
    assert policy.required("node") == {"orama-node", "orama-ipfs"}
    assert policy.required("nameserver-ns1") == {"orama-node", "orama-ipfs", "caddy"}
    assert policy.mutes[0].until == datetime(2026, 3, 1, tzinfo=UTC)


def test_the_policy_that_is_shown_is_one() -> None:
    policy = parse_policy(policy_shown(), PATH)
    assert [(mute.env, mute.about) for mute in policy.mutes] == [("testnet", None), (None, ["caddy"])]
    assert policy.thresholds.disk_pct == 90


def test_defaults_require_what_the_roles_need() -> None:
    assert Policy().required("node") == {"orama-node"}
    assert Policy().required("nameserver-ns2") == {"orama-node", "coredns", "caddy"}


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "mutes:\n", "thresholds: {}\n"])
def test_an_empty_policy_is_the_default(text: str) -> None:
    assert parse_policy(text, PATH) == Policy()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("thresholds:\n  disk_pc: 90\n", "policy.yml, line 2: unknown key 'thresholds.disk_pc'; nearest: disk_pct"),
        ("tresholds: {}\n", "policy.yml, line 1: unknown key 'tresholds'; nearest: thresholds"),
        (
            "\nseverities:\n  DISK_HIHG: info\n",
            "line 3: severities.DISK_HIHG: no alert 'DISK_HIHG'; nearest: DISK_HIGH",
        ),
        ("severities:\n  DISK_HIGH: bad\n", "line 2: severities.DISK_HIGH: Input should be 'critical'"),
        ("mutes:\n  - code: DISK_HIGH\n  - code: NOPE\n", "line 3: mutes.1.code: no alert 'NOPE'"),
        ("mutes:\n  - code: DISK_HIGH\n    for: 2h\n", "line 3: unknown key 'mutes.0.for'"),
        ("mutes:\n  - code: DISK_HIGH\n    until: soon\n", "line 3: mutes.0.until: 'soon' is no time"),
        ("thresholds:\n  disk_pct: 101\n", "line 2: thresholds.disk_pct: Input should be less than"),
        ("thresholds:\n  disk_pct: much\n", "line 2: thresholds.disk_pct: Input should be a valid number"),
        ("mutes: []\nmutes: []\n", "line 2: 'mutes' stands here a second time"),
        ("- a\n", "line 1: expected thresholds, severities"),
        ("a: [\n", "line 2: not YAML"),
        ("a: &x [*x]\n", "aliases"),
        ("thresholds: {disk_pct: .nan}\n", "line 1: thresholds.disk_pct"),
        ("a: \x00\n", "not YAML"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text: str, said: str) -> None:
    with pytest.raises(MonitorError) as error:
        parse_policy(text, PATH)
    assert said in str(error.value) and "\n" not in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MonitorError, match="no such file"):
        read_policy(tmp_path / "none.yml")


def disk_full(index: int = 2, percent: int = 92) -> list[tuple[str, str, bool]]:
    snapshot = healthy()
    b.put(snapshot, index, "system.disk_use_pct", percent)
    return [(alert.node, alert.severity.value, alert.muted) for alert in judge(snapshot, parse_policy(FULL, PATH))]


def test_a_threshold_is_moved() -> None:
    assert disk_full(percent=90) == []


def test_a_muted_alert_stays_and_says_so() -> None:
    assert disk_full() == [(host(2), "warning", True)]


def muted(
    until: datetime | None = None, severity: Severity | None = None, node: str = "*", code: str = "INODES_HIGH"
) -> bool:
    snapshot = healthy()
    b.put(snapshot, 2, "system.inode_use_pct", 96)
    mute = {"code": code, "until": until, "severity": severity, "node": node, "reason": "known"}
    alert = judge(snapshot, Policy.model_validate({"mutes": [mute]}))[0]
    assert alert.mute_reason == ("known" if alert.muted else None)
    return alert.muted


def test_a_mute_ends() -> None:
    assert muted(until=BEGAN + timedelta(seconds=1))
    assert not muted(until=BEGAN)


def test_a_muted_alert_wakes_when_it_gets_worse() -> None:
    assert muted(severity=Severity.CRITICAL)
    assert not muted(severity=Severity.WARNING)


def test_a_mute_is_for_its_code_and_nodes() -> None:
    assert muted(node=host(2)) and muted(node="198.18.0.1?")
    assert not muted(node=host(1)) and not muted(code="DISK_HIGH")


@pytest.mark.parametrize(("env", "is_muted"), [(None, True), ("testnet", True), ("mainnet", False)])
def test_a_mute_is_for_its_environment(env: str | None, is_muted: bool) -> None:
    snapshot = healthy()
    b.put(snapshot, 2, "system.inode_use_pct", 96)
    policy = Policy(mutes=[Mute(code="INODES_HIGH", env=env)])
    for by in (policy, policy.at_a_gate()):
        assert [alert.muted for alert in assess(snapshot, by).alerts] == [is_muted]


def test_a_severity_is_replaced_whatever_the_figures() -> None:
    snapshot = healthy()
    b.put(snapshot, 2, "system.inode_use_pct", 96)
    policy = Policy.model_validate({"severities": {"INODES_HIGH": "info"}})
    assert judge(snapshot, policy)[0].severity is Severity.INFO


def test_a_consequence_of_a_muted_root_stays_one() -> None:
    snapshot = healthy()
    b.stopped(snapshot, 2, "orama-node")
    b.rqlite_silent(snapshot, 2)
    policy = Policy.model_validate({"mutes": [{"code": "SERVICE_INACTIVE"}]})
    assert [alert.code for alert in judge(snapshot, policy) if alert.is_root] == ["SERVICE_INACTIVE"]


@pytest.mark.parametrize("known", [0, 1])
def test_what_a_muted_and_an_unmuted_fault_bring_about_together_is_heard(known: int) -> None:
    """One of three voters was lost and muted long ago; that there is no quorum since the second is lost is news."""
    snapshot = healthy(3)
    b.node_dead(snapshot, 0, 1)
    policy = Policy.model_validate({"mutes": [{"code": "NODE_UNREACHABLE", "node": host(known)}]})
    alerts = judge(snapshot, policy)
    lost_quorum = next(alert for alert in alerts if alert.code == "RQLITE_QUORUM_LOST")
    assert lost_quorum.cause and lost_quorum.cause.node == host(1 - known)
    assert lost_quorum in standing(alerts)


# Muting in a file

FILES = {
    "none": "",
    "comment": "# only this\n",
    "other keys": "thresholds:\n  disk_pct: 90   # ours\n# the end\n",
    "no newline at the end": "thresholds:\n  disk_pct: 90",
    "empty list": "mutes: []  # none\nthresholds: {disk_pct: 90}\n",
    "null": "mutes:   # none yet\nthresholds: {disk_pct: 90}\n",
    "null word": "mutes: null\n",
    "list": FULL,
    "unindented list": "mutes:\n- code: DISK_HIGH\n  reason: x  # why\n\n# about severities\nseverities: {}\n",
    "flow list": "mutes: [{code: DISK_HIGH, reason: x}]\nseverities: {}\n",
    "flow list with a comma": "mutes: [\n  {code: DISK_HIGH, reason: x},\n]\n",
    "folded text": "mutes:\n  - code: DISK_HIGH\n    reason: >\n      a long\n      story\n# after\nseverities: {}\n",
    "windows": "mutes:\r\n  - code: DISK_HIGH\r\nseverities: {}\r\n",
}


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_a_mute_is_added_and_nothing_else_changes(text: str) -> None:
    before = parse_policy(text, PATH)
    fields = {"code": "ZOMBIES", "node": '"*"', "reason": '"why: \\"so\\" # not"'}
    edited = with_mute(text, PATH, fields)
    after = parse_policy(edited, PATH)
    assert after.mutes[:-1] == before.mutes
    assert (after.mutes[-1].code, after.mutes[-1].reason) == ("ZOMBIES", 'why: "so" # not')
    assert after.model_copy(update={"mutes": []}) == before.model_copy(update={"mutes": []})
    comments = [line[line.index("#") :] for line in text.splitlines() if "#" in line]
    assert all(comment in edited for comment in comments)
    assert len(parse_policy(with_mute(edited, PATH, fields), PATH).mutes) == len(after.mutes) + 1


def test_a_policy_in_braces_is_not_edited() -> None:
    with pytest.raises(MonitorError, match="in lines"):
        with_mute("{thresholds: {disk_pct: 90}}", PATH, {"code": "ZOMBIES"})


def test_a_file_is_made_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "new" / "policy.yml"
    until = datetime(2026, 2, 16, 14, tzinfo=UTC)
    known = {"env": "testnet", "node": host(1), "reason": "disk ordered"}
    mute = add_mute(path, "DISK_HIGH", until=until, severity=Severity.WARNING, **known)
    assert read_policy(path).mutes == [mute] and known.items() <= dict(mute).items()
    assert mute.until == until and mute.severity is Severity.WARNING
    path.chmod(0o600)
    add_mute(path, "ZOMBIES")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.code for one in read_policy(path).mutes] == ["DISK_HIGH", "ZOMBIES"]
    assert [entry.name for entry in path.parent.iterdir()] == ["policy.yml"]


def test_a_wrong_mute_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "policy.yml"
    path.write_text(FULL)
    with pytest.raises(MonitorError, match="no alert 'NOPE'"):
        add_mute(path, "NOPE")
    assert path.read_text() == FULL


def test_a_place_where_nothing_can_be_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MonitorError, match="x: File name too long"):
        add_mute(tmp_path / ("x" * 300), "ZOMBIES")
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(MonitorError, match=r"^policy\.yml: No such file or directory"):
        add_mute(PATH, "ZOMBIES")


@settings(deadline=None)
@given(reason=st.text(max_size=80), node=st.text(min_size=1, max_size=40))
def test_any_reason_and_pattern_comes_back(reason: str, node: str) -> None:
    edited = with_mute(FULL, PATH, mute_fields("ZOMBIES", node, (), None, None, reason))
    mute = parse_policy(edited, PATH).mutes[-1]
    printable = "".join(char if char.isprintable() else " " for char in reason)
    assert mute.reason == printable and len(yaml.safe_load(edited)["mutes"]) == 2


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_a_policy_or_an_error_of_one_line(text: str) -> None:
    try:
        parse_policy(text, PATH)
    except MonitorError as error:
        assert "\n" not in str(error)


def test_a_mute_about_one_unit_leaves_the_others_heard(tmp_path: Path) -> None:
    snapshot = healthy()
    b.failed(snapshot, 2, "orama-olric")
    b.failed(snapshot, 2, "orama-ipfs")
    path = tmp_path / "policy.yml"
    add_mute(path, "SERVICE_FAILED", node=host(2), about=["orama-olric"])
    found = [alert for alert in judge(snapshot, read_policy(path)) if alert.code == "SERVICE_FAILED"]
    assert {(*alert.about, alert.muted) for alert in found} == {("orama-olric", True), ("orama-ipfs", False)}


@pytest.mark.parametrize(("about", "is_muted"), [(None, True), ([], True), ([host(4)], False)])
def test_a_mute_about_something_leaves_what_is_about_nothing_heard(about: list[str] | None, is_muted: bool) -> None:
    """As where one more member is missing than can be named."""
    snapshot = healthy()
    b.put(snapshot, 2, "olric.member_count", 3)
    b.put(snapshot, 2, "olric.members", None)
    policy = Policy(mutes=[Mute(code="OLRIC_MEMBERS_MISSING", about=about)])
    assert [(alert.about, alert.muted) for alert in judge(snapshot, policy)] == [([], is_muted)]


@pytest.mark.parametrize(("about", "is_muted"), [("acme", True), ("other", False)])
def test_a_mute_is_for_a_namespace_without_a_leader_wherever_that_is(about: str, is_muted: bool) -> None:
    snapshot = healthy()
    for index in range(5):
        b.put(snapshot, index, "namespaces.0.rqlite_state", "Candidate")
    policy = Policy(mutes=[Mute(code="NAMESPACE_NO_LEADER", about=[about])])
    assert [(alert.about, alert.muted) for alert in judge(snapshot, policy)] == [(["acme"], is_muted)]


def test_line_ends_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "policy.yml"
    before = FULL.replace("\n", "\r\n").encode()
    path.write_bytes(before)
    add_mute(path, "ZOMBIES")
    assert path.read_bytes().startswith(before)
