"""remote-nodes.conf: any text gives nodes that are safe to name to ssh, or one clear line without a secret."""

from __future__ import annotations

import re
from pathlib import Path

from orama_monitor.errors import MonitorError
from orama_monitor.nodes import parse_nodes
from tests.fuzz.target import Target, one_line, text
from tests.unit.cli.samples import CONF

PLACE = Path("/etc/orama/remote-nodes.conf")
#: What no part of a name may hold: what a shell, ssh or a template would read as more than a name.
MEANS_MORE = re.compile(r"[\s\0{}%$`'\"\\;&|<>()*?!#@/=,]|^-")
SEEDS = (
    CONF,
    "testnet|root@-oProxyCommand=touch canary|x|node\n",
    "testnet|root@{{ lookup('pipe', 'touch canary') }}|x|node\n",
    "testnet|root@[::1]:22|x|node|~nobody-at-all/key\n",
    "testnet|root@h\u2028|x|node\r\nt|r@h:\u0663||nameserver-ns1\n",
)


def _check(raw: bytes) -> None:
    try:
        nodes = parse_nodes(text(raw), PLACE)
    except MonitorError as error:
        one_line(str(error))
        return
    assert nodes
    for node in nodes:
        for name in (node.environment, node.user, node.host, node.role):
            assert name and name.isascii() and not MEANS_MORE.search(name), name
        assert node.port is None or 0 < node.port < 65536
        assert node.ssh_key is None or (node.ssh_key.is_absolute() and "\0" not in str(node.ssh_key))
        assert node.password is None or node.password not in repr(node) or len(node.password) < 8


TARGETS = (Target("remote-nodes.conf", _check, tuple(seed.encode() for seed in SEEDS), share=10, longest=400),)
