# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""The options of the module, in the one place that the module, the packed run and the collectors share."""

from __future__ import annotations

import os

ARGUMENT_SPEC = dict(
    orama_home=dict(type="path", default="/opt/orama/.orama"),
    orama_bin=dict(type="path", default="/usr/local/bin/orama"),
    rqlite_url=dict(type="str", default="http://localhost:5001"),
    gateway_url=dict(type="str", default="http://localhost:6001"),
    kubo_url=dict(type="str", default="http://localhost:4501"),
    ipfs_cluster_url=dict(type="str", default="http://localhost:9094"),
    wireguard_interface=dict(type="str", default="wg0"),
    ping_target=dict(type="str", default="8.8.8.8"),
    http_timeout=dict(type="float", default=3.0),
    command_timeout=dict(type="float", default=4.0),
    deadline=dict(type="float", default=20.0),
)


class Options:
    """The module's options as attributes; what is not given has its default. ``~`` and variables are the node's."""

    orama_home: str
    orama_bin: str
    rqlite_url: str
    gateway_url: str
    kubo_url: str
    ipfs_cluster_url: str
    wireguard_interface: str
    ping_target: str
    http_timeout: float
    command_timeout: float
    deadline: float

    def __init__(self, **given: object) -> None:
        for name, spec in ARGUMENT_SPEC.items():
            value = given.pop(name, None)
            value = spec["default"] if value is None else value
            setattr(self, name, os.path.expanduser(os.path.expandvars(value)) if spec["type"] == "path" else value)
        if given:
            raise TypeError("unknown options: %s" % ", ".join(sorted(given)))
