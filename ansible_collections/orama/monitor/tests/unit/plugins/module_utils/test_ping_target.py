"""What is pinged: an address of IPv6 only where the node has no other way out."""

from __future__ import annotations

import pytest

from ansible_collections.orama.monitor.plugins.module_utils.collectors import network
from ansible_collections.orama.monitor.plugins.module_utils.options import Options
from ansible_collections.orama.monitor.plugins.module_utils.probe import Probe

HEAD = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
DEFAULT6 = "%s 00 %s 00 %s 00000400 00000001 00000000 00000003 eth0\n" % ("0" * 32, "0" * 32, "0" * 32)
FOUR, SIX = network.DEFAULT_TARGET, network.DEFAULT_TARGET6


def on_link(interface):
    return "%s\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n" % interface


class Routed(Probe):
    """A node with these routes of IPv4 and a default route of IPv6."""

    table: str

    def read(self, path, **_named):
        return HEAD + self.table if path == "/proc/net/route" else DEFAULT6


@pytest.mark.parametrize(
    ("table", "target"),
    [
        ("eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n", FOUR),
        (on_link("wg0") + on_link("docker0"), SIX),
        (on_link("wg0") + on_link("eth0"), FOUR),
    ],
    ids=["both", "IPv6 only", "the default route of IPv4 lost"],
)
def test_the_way_out(table, target):
    probe = Routed(Options())
    probe.table = table
    assert network._target(probe) == target
