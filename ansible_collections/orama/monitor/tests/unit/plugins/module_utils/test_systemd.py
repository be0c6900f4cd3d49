"""What a unit's state says of whether it is active."""

from __future__ import annotations

import pytest

from ansible_collections.orama.monitor.plugins.module_utils import systemd
from ansible_collections.orama.monitor.plugins.module_utils.errors import Missing
from ansible_collections.orama.monitor.plugins.module_utils.probe import Output, Probe

UNIT = "Id=orama-ipfs.service\nLoadState=loaded\nActiveState=%s\nSubState=%s\nActiveEnterTimestampMonotonic=%d\n"


class Told(Probe):
    """A node on which systemctl says this, at 5000 s."""

    said = ""

    def run(self, _argv, **_named):
        if not self.said:
            raise Missing("systemctl: command not found")
        return Output(0, self.said)

    def entries(self, _path):
        return []

    def machine(self, name, *_args):
        return {"monotonic": 5000.0}[name]


def told(*state):
    node = Told()
    node.said = UNIT % state if state else ""
    return node


@pytest.mark.parametrize(
    ("state", "sub_state", "active"),
    [
        ("active", "running", True),
        ("reloading", "reload", True),
        ("inactive", "dead", False),
        ("failed", "failed", False),
        ("activating", "start", None),
        ("activating", "start-pre", None),
        ("deactivating", "stop-sigterm", None),
        ("activating", "auto-restart", False),
        ("activating", "auto-restart-queued", False),
    ],
)
def test_a_unit_on_its_way_is_neither_active_nor_not(state, sub_state, active):
    assert systemd.active(told(state, sub_state, 0), "orama-ipfs") is active


def test_how_long_it_is_active():
    assert systemd.active_for(told("active", "running", 4900 * 10**6), "orama-ipfs") == 100
    assert systemd.active_for(told("failed", "failed", 4900 * 10**6), "orama-ipfs") is None
    assert systemd.active_for(told("active", "running", 1), "orama-olric") is None


def test_without_systemd_nothing_is_known():
    assert systemd.active(told(), "orama-ipfs") is None
    assert systemd.active_for(told(), "orama-ipfs") is None
    assert systemd.installed(told(), "orama-ipfs") is None
