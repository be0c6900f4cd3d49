"""Every figure that a rule compares with, in one place. A policy file may replace each under ``thresholds:``.

A rule fires when a figure is above its threshold, never when it is equal, unless the name says otherwise.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Percent = Annotated[float, Field(ge=0, le=100)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Number = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Thresholds(BaseModel):
    """Defaults. Percentages are 0 to 100, memory is in MiB, time in the unit that the name ends in."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    # System
    memory_pct: Percent = 90
    disk_pct: Percent = 85
    inodes_pct: Percent = 90
    inodes_critical_pct: Percent = 95
    swap_pct: Percent = 30
    load_per_cpu: Number = 2
    zombies: Number = 0
    orphans: Number = 0
    clock_skew_s: Seconds = 5

    # Services
    start_s: Seconds = 30  # how long after its unit's start RQLite or the gateway may not answer yet

    # RQLite
    rqlite_lag: Number = 100  # entries of the raft log
    # The heaviest write load that must not pass for a lag: nodes are not asked at one moment, so a leader asked a
    # second later than a follower may rightly be this many entries further on.
    rqlite_writes_per_s: Number = 1000
    rqlite_fsm_pending: Number = 10
    rqlite_goroutines: Number = 1000
    rqlite_heap_mb: Number = 1000
    rqlite_settle_s: Seconds = 300  # how long after orama-node's start its peers may fail to reach it

    # WireGuard
    wg_handshake_s: Seconds = 180
    wg_settle_s: Seconds = 60  # how long after a node or its interface came up handshakes may be missing

    # Olric
    olric_suspects: Number = 0  # these three: in the log of the last hour
    olric_flapping: Number = 5
    olric_log_errors: Number = 20
    olric_restarts: Number = 3
    olric_memory_mb: Number = 500
    olric_settle_s: Seconds = 60  # how long after its start a member may be unknown to others

    # IPFS
    ipfs_repo_pct: Percent = 90
    ipfs_repo_critical_pct: Percent = 95
    # Kubo doesn't keep a connection to everyone in a large swarm (its connection manager trims from 32 on): more
    # peers than this are never asked for.
    ipfs_peers_wanted: Number = 30
    ipfs_settle_s: Seconds = 60  # how long after its start a peer may miss others, and they may miss it

    # The rest
    anyone_settle_s: Seconds = 120  # how long after its start the relay or client may be on its way into the network
    tls_days: Number = 14  # fewer days than this
    tcp_retrans_pct: Percent = 5

    def without_grace(self) -> Thresholds:
        """These, with no time for what was just started, but where it was set by name."""
        grace = {name for name in type(self).model_fields if name == "start_s" or name.endswith("_settle_s")}
        return self.model_copy(update=dict.fromkeys(grace - self.model_fields_set, 0.0))
