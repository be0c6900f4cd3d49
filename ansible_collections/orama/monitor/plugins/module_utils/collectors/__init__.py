# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""The collectors: one module a section, named as the section, with ``collect(probe)`` and pure parsers.

``collect(probe)`` returns the section as a dict with every field of the schema (None for what is not known), raises
Absent where the subsystem is not installed, Incomplete for a section with a part missing, and lets any other error
out: the runner records it. To add one: a file here, its import and its line below.
"""

from __future__ import annotations

from . import (
    anyone,
    dns,
    gateway,
    ipfs,
    namespaces,
    network,
    olric,
    processes,
    rqlite,
    services,
    system,
    wireguard,
)

COLLECTORS = {
    "system": system.collect,
    "services": services.collect,
    "rqlite": rqlite.collect,
    "olric": olric.collect,
    "ipfs": ipfs.collect,
    "gateway": gateway.collect,
    "wireguard": wireguard.collect,
    "dns": dns.collect,
    "anyone": anyone.collect,
    "network": network.collect,
    "processes": processes.collect,
    "namespaces": namespaces.collect,
}
