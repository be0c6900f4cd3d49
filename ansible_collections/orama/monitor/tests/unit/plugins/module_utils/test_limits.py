"""A node with very much of everything: the sections stay small, and say how much they left out."""

from __future__ import annotations

import json

import pytest

from ansible_collections.orama.monitor.plugins.module_utils import sockets
from ansible_collections.orama.monitor.plugins.module_utils.collectors import ipfs, network, processes, rqlite, services
from ansible_collections.orama.monitor.plugins.module_utils.collectors.network import RULES_LIMIT
from ansible_collections.orama.monitor.plugins.module_utils.parts import Parts, capped
from ansible_collections.orama.monitor.plugins.module_utils.pick import NUMBER_LIMIT
from ansible_collections.orama.monitor.plugins.module_utils.probe import TEXT_LIMIT, Probe

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
ROW = "%5d: 0100007F:%04X 00000000:0000 %s 00000000:00000000 00:00000000 00000000 0 0 %d 1 0 100 0 0 10 0\n"


class Told(Probe):
    """A probe that was told what is where, and answers no other question."""

    def __init__(self, files, machine=None):
        super().__init__()
        self.files, self.answers = files, machine or {}

    def read(self, path, limit=TEXT_LIMIT, **_named):
        return self.files[path][:limit]

    def machine(self, name, *_args):
        return self.answers[name]


def size(section):
    return len(json.dumps(section))


def test_five_thousand_sockets():
    rows = "".join(ROW % (index, 1024 + index, "0A", index + 1) for index in range(5000))
    files = {"/proc/net/tcp": HEAD + rows, "/proc/net/tcp6": HEAD, "/proc/net/udp": HEAD, "/proc/net/udp6": HEAD}
    owners = {str(index + 1): "x" * 15 for index in range(5000)}
    section = network._sockets(Told(files, {"socket_owners": owners}))
    assert len(section["listening_ports"]) == network.PORTS_LIMIT
    assert section["listening_ports_omitted"] == 5000 - network.PORTS_LIMIT
    assert [entry["port"] for entry in section["listening_ports"][:2]] == [1024, 1025]
    assert size(section) < 50_000


def test_a_table_too_long_to_read_keeps_its_listeners_and_the_kernels_sums():
    connections = ROW % (1, 5001, "01", 7)
    text = HEAD + ROW % (0, 5001, "0A", 5) + connections * (TEXT_LIMIT // len(connections) + 10)
    snmp = "Tcp: RtoAlgorithm CurrEstab OutSegs RetransSegs\nTcp: 1 41234 100 1\n"
    files = {"/proc/net/tcp": text, "/proc/net/tcp6": HEAD, "/proc/net/udp": HEAD, "/proc/net/udp6": HEAD}
    files.update(
        {"/proc/net/snmp": snmp, "/proc/net/sockstat": "sockets: used 5\nTCP: inuse 5 orphan 0 tw 321 alloc 9\n"}
    )
    section = network._sockets(Told(files, {"socket_owners": {"5": "rqlited"}}))
    assert (section["tcp_established"], section["tcp_time_wait"]) == (41234, 321)
    assert section["listening_ports"] == [dict(port=5001, proto="tcp", address="127.0.0.1", process="rqlited")]


def unit(index, **more):
    known = dict(name="orama-deploy-%s-%04d" % ("x" * 30, index), load_state="loaded", active_state="active")
    known.update(sub_state="running", enabled=True, n_restarts=0, active_since_sec=10**6, memory_current_mb=100)
    return dict(known, cpu_usage_nsec=10**15, main_pid=10**6, restart_loop_risk=False, **more)


def test_five_hundred_units():
    units = [unit(index) for index in range(500)]
    units[499].update(active_state="failed")
    units[300].update(restart_loop_risk=True)
    section = capped("services", units, services.UNITS_LIMIT, services._calm)
    assert len(section["services"]) == services.UNITS_LIMIT
    assert section["services_omitted"] == 500 - services.UNITS_LIMIT
    assert units[0] in section["services"]
    assert section["services"][-2:] == [units[300], units[499]]
    assert size(section) < 90_000


RULE = "%-26s %-11s %s"


def firewall(rules):
    parts = Parts()
    section = network._firewall(parts, {"firewall": (True, "deny"), "rules": rules})
    return section, [str(problem) for problem in parts.problems]


def test_of_too_many_rules_those_against_one_source_are_left_out_first():
    hosts = ["203.0.113.%d" % number for number in range(150)] + ["2001:db8::%x" % number for number in range(150)]
    bans = [RULE % ("Anywhere", ("DENY", "REJECT")[n % 2], host) for n, host in enumerate(hosts)]
    others = [
        RULE % ("22/tcp", "ALLOW", "Anywhere"),
        RULE % ("5001/tcp", "ALLOW", "203.0.113.7"),
        RULE % ("22/tcp", "LIMIT", "203.0.113.7"),
        RULE % ("23", "DENY", "Anywhere"),
        RULE % ("23 (v6)", "REJECT", "Anywhere (v6)"),
        RULE % ("Anywhere", "DENY", "Anywhere on eth1"),
        RULE % ("25/tcp", "DENY OUT", "Anywhere"),
        RULE % ("80/tcp", "ALLOW", "Anywhere                   # no DENY 203.0.113.7"),
    ]
    section, problems = firewall(bans + others)
    assert section["ufw_rules"] == bans[: RULES_LIMIT - len(others)] + others
    assert section["ufw_rules_omitted"] == len(bans) + len(others) - RULES_LIMIT
    assert not problems


def test_rules_that_are_left_out_and_may_open_something_are_said():
    rules = [RULE % ("%d/tcp" % port, "ALLOW", "Anywhere") for port in range(RULES_LIMIT)]
    ban = RULE % ("22/tcp on a-very-long-interface", "DENY", "203.0.113.7                # by Fail2Ban")
    assert firewall([ban, *rules])[1] == []
    section, problems = firewall([ban, *rules, rules[0]])
    assert problems == ["1 more rules of the firewall are left out"]
    assert section["ufw_rules"] == rules


def test_what_fits_is_left_alone():
    assert capped("zombies", [1, 2], 2) == {"zombies": [1, 2]}
    assert capped("zombies", [1, 2, 3], 2) == {"zombies": [1, 2], "zombies_omitted": 1}
    assert capped("zombies", [1, 2, 3], 2, lambda number: number == 1) == {"zombies": [2, 3], "zombies_omitted": 1}


def test_all_limits_together_leave_room_for_the_other_sections():
    command = processes._listed(4194304, 1, "S", "x" * 5000)
    assert size(command) < 600
    rule = "%-26s %-11s %s" % ("65535/tcp (v6)", "ALLOW FWD", "fd00::1234 on wireguard0")
    whole = 50_000 + 90_000 + 2 * processes.LISTED * 100 + RULES_LIMIT * len(rule)
    assert whole < 180_000


def test_of_too_many_members_voters_stay_then_those_out_of_reach():
    members = {"n%03d" % number: dict(voter=False, reachable=True) for number in range(300)}
    members["n250"]["reachable"] = False
    members.update({name: dict(voter=True, reachable=True) for name in ("n001", "n280", "n299")})
    found = rqlite.parse_nodes(members)
    assert found["nodes_omitted"] == 300 - rqlite.NODES_LIMIT
    assert list(found["nodes"]) == ["n%03d" % number for number in (*range(197), 250, 280, 299)]


def test_numbers_that_are_reckoned_stay_within_what_a_report_holds():
    largest = NUMBER_LIMIT
    snapshots = {"store": {"num_snapshots_failed": largest, "num_wal_snapshots_failed": 1}, "snapshot": {}}
    assert rqlite.parse_vars(snapshots)["debug_vars"]["snapshot_errors"] is None
    repository = ipfs.parse_repository({"RepoSize": largest, "StorageMax": 1})
    assert repository == dict(repo_size_bytes=largest, repo_max_bytes=1, repo_use_pct=None)


@pytest.mark.parametrize(("seconds", "said"), [(2.0, "2s"), (10 / 3, "3.333s"), (100.0, "100s"), (1e5, "100000s")])
def test_a_go_duration_has_no_exponent(seconds, said):
    assert rqlite.go_duration(seconds) == said


def test_addresses():
    assert sockets.parse_address("0100007F:1389") == ("127.0.0.1", 5001)
    assert sockets.parse_address("0000000000000000FFFF00000100007F:1389") == ("127.0.0.1", 5001)
    assert sockets.parse_address("00000000000000000000000001000000:0035") == ("::1", 53)
    assert sockets.parse_address("000000FD000000000000000001000000:0035") == ("fd00::1", 53)


@pytest.mark.parametrize("text", ["0100007F:1B1B59", "0100007F:-001", "0100007F:", "01:0035", "0100007F:1389:0000"])
def test_what_is_no_address(text):
    with pytest.raises(ValueError):
        sockets.parse_address(text)


def test_where_to_reach_a_port():
    def table(*hosts):
        rows = "".join("0: %s:1389 0:0 0A 0 0 0 0 0 9\n" % host for host in hosts)
        empty = {"/proc/net/%s" % name: HEAD for name in sockets.TABLES}
        return Told(dict(empty, **{"/proc/net/tcp": HEAD + rows}))

    assert sockets.listening_address(table("00000000"), 5001) == "127.0.0.1"
    assert sockets.listening_address(table("0100000A"), 5001) == "10.0.0.1"
    assert sockets.listening_address(table("0100000A", "0100007F"), 5001) == "127.0.0.1"
    assert sockets.listening_address(table("0" * 32), 5001) == "127.0.0.1"
    assert sockets.listening_address(table(), 5001) is None
    assert sockets.listens(table("0100000A"), "tcp", 5001) is True
    assert sockets.listens(table("0100000A"), "udp", 5001) is False
    assert sockets.listens(table("0100000A"), "tcp", 500) is False
