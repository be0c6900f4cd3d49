"""A node with very much of everything, asked for all of it: the report stays small enough to be passed on whole."""

from __future__ import annotations

import json

import pytest

from ansible_collections.orama.monitor.plugins.module_utils import node
from ansible_collections.orama.monitor.plugins.module_utils.errors import Missing
from ansible_collections.orama.monitor.plugins.module_utils.probe import Output, Probe, Response

SMALL_ENOUGH = 200_000
HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
SOCKET = "%5d: %08X:%04X 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 %d 1 0 100 0 0 10 0\n"
UNIT = (
    "Id=orama-deploy-some-shop-%04d.service\nLoadState=loaded\nActiveState=active\nSubState=running\n"
    "UnitFileState=enabled\nNRestarts=0\nActiveEnterTimestampMonotonic=1000000\nMemoryCurrent=1073741824\n"
    "CPUUsageNSec=123456789012345\nMainPID=1234567\n"
)
PEER = "%043d=\t(none)\t198.51.100.%d:51820\t10.0.%d.%d/32\t1700000000\t12345678901234\t12345678901234\t25\n"
LINK = "4: wg0: <POINTOPOINT,NOARP,UP,LOWER_UP> mtu 1420 qdisc x\n    inet 10.0.0.1/24 scope global\n"
HOME = "/opt/orama/.orama/data/namespaces"
STATUS = {"store": {"raft": {"state": "Follower"}}}
MEMBER = {"addr": "10.0.0.1:7001", "reachable": True, "leader": False, "voter": True, "time": 0.012345}


class Crowded(Probe):
    """Answers as a node does that has so many units, peers, sockets and namespaces; what else it is asked is not there.

    Its figures are in ``much``, by the names of those.
    """

    much: dict = {}

    def run(self, argv, **_named):
        if argv[:2] == ["systemctl", "show"]:
            return Output(0, "\n".join(UNIT % number for number in range(self.much["units"])))
        if argv[:2] == ["systemctl", "list-units"]:
            names = ("orama-deploy-some-shop-%04d.service loaded failed failed x" % n for n in range(100))
            return Output(0, "\n".join(names))
        if argv[0] == "wg":
            peers = (PEER % (n, n % 250, n // 250, n % 250) for n in range(self.much["peers"]))
            return Output(0, "(private key)\t%043d=\t51820\toff\n" % 0 + "".join(peers))
        if argv[0] == "ip":
            return Output(
                0, "4: wg0: <POINTOPOINT,NOARP,UP,LOWER_UP> mtu 1420 qdisc x\n    inet 10.0.0.1/24 scope global\n"
            )
        raise Missing("%s: command not found" % argv[0])

    def read(self, path, **_named):
        if path == "/proc/net/tcp":
            rows = (SOCKET % (n, 0x0100007F + n // 60000, 1024 + n % 60000, n + 1) for n in range(self.much["sockets"]))
            return HEAD + "".join(rows)
        if path.startswith(HOME):
            return "HTTP_ADDR=127.0.0.1:%d\n" % (10000 + 5 * int(path.split("-")[-1].split("/")[0]))
        if path.startswith("/proc/net/"):
            return HEAD
        raise Missing("%s: no such file" % path)

    def entries(self, path):
        return ["some-namespace-%d" % n for n in range(self.much["namespaces"])] if path == HOME else []

    def permissions(self, _path):
        return "600"

    def http(self, _method, url, **_named):
        path = url.split("/", 3)[3].split("?")[0]
        found = {"status": STATUS, "nodes": {"node-%d" % n: MEMBER for n in range(200)}}.get(path, {"subsystems": {}})
        return Response(200, json.dumps(found))

    def resp(self, *_words):
        return [["10.0.0.%d:3320" % n, str(n), "false"] for n in range(200)]

    def machine(self, name, *args):
        if name == "socket_owners":
            return {str(inode): "some-program" for inode in args[0]}
        if name in ("time", "monotonic"):
            return 1700000100.0
        raise Missing("%s: not asked here" % name)


@pytest.mark.parametrize("times", [1, 10])
def test_the_whole_report(monkeypatch, times):
    much = dict(units=500, peers=200, sockets=5000, namespaces=50)
    monkeypatch.setattr(Crowded, "much", {name: count * times for name, count in much.items()})
    monkeypatch.setattr(node, "Probe", Crowded)
    report = node.report()
    services, network, wireguard = report["services"], report["network"], report["wireguard"]
    assert len(services["services"]) + services["services_omitted"] == 500 * times
    assert len(network["listening_ports"]) + network["listening_ports_omitted"] == 5000 * times
    assert len(wireguard["peers"]) + wireguard.get("peers_omitted", 0) == wireguard["peer_count"] == 200 * times
    left_out = max(0, 50 * times - len(report["namespaces"]))
    assert not left_out or "%d more namespaces" % left_out in report["collectors"]["namespaces"]["error"]
    assert len(report["rqlite"]["nodes"]) == report["olric"]["member_count"] == 200
    assert len(json.dumps(report)) < SMALL_ENOUGH


class Hostile(Crowded):
    """A crowded node with an RQLite whose members have the longest and worst of names, which JSON writes sixfold."""

    def http(self, method, url, **named):
        if "/nodes" not in url:
            return super().http(method, url, **named)
        long = "\u202e" * 1000
        member = dict(MEMBER, addr=long, error=long)
        return Response(200, json.dumps({"%d%s" % (number, long): member for number in range(300)}))


def test_a_section_that_does_not_fit_is_left_out_and_says_so(monkeypatch):
    much = dict(units=500, peers=200, sockets=5000, namespaces=50)
    monkeypatch.setattr(Crowded, "much", much)
    monkeypatch.setattr(node, "Probe", Hostile)
    report = node.report()
    assert report["rqlite"] is None
    assert report["collectors"]["rqlite"]["status"] == "failed"
    assert "does not fit into a report" in report["collectors"]["rqlite"]["error"]
    assert len(report["wireguard"]["peers"]) == 200
    assert len(json.dumps(report)) < SMALL_ENOUGH


def test_systemd_is_asked_once_for_all_units_and_once_for_each_log(monkeypatch):
    asked = []

    class Noting(Crowded):
        def run(self, argv, **named):
            asked.append(argv)
            return super().run(argv, **named)

    monkeypatch.setattr(Crowded, "much", dict(units=10, peers=5, sockets=10, namespaces=5))
    monkeypatch.setattr(node, "Probe", Noting)
    node.report()
    logs = [word for argv in asked for word in argv if argv[0] == "journalctl" and word.startswith("--unit=")]
    assert sum(argv[:2] == ["systemctl", "show"] for argv in asked) == 1
    assert logs and len(logs) == len(set(logs))
