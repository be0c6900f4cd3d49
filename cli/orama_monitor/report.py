"""The node report's schema: what one node says of itself, validated before anything believes it.

A field that is None is not known. A section that is None is not installed or could not be collected;
``collectors`` says which. Fields that this version does not know are kept.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

SCHEMA_VERSION = 1

Text = Annotated[str, Field(max_length=4096)]
Count = Annotated[int, Field(ge=0, le=2**63)]
Integer = Annotated[int, Field(ge=-(2**63), le=2**64)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Percent = Annotated[int, Field(ge=0, le=100)]
Port = Annotated[int, Field(ge=0, le=65535)]
MANY = 10_000


class Section(BaseModel):
    """What all parts of a report share: strict types, unknown fields kept."""

    model_config = ConfigDict(extra="allow", strict=True, populate_by_name=True)

    def model_post_init(self, _context: Any) -> None:
        # A set of its own would be two thirds of what a peer takes, and of 1,000 nodes there are 400,000 such.
        object.__setattr__(self, "__pydantic_fields_set__", _NO_ACCOUNT)


#: Which fields were given is not kept account of: all sections share this, and it stays empty.
_NO_ACCOUNT: set[str] = set()


def renamed(name: str, older: str) -> Any:
    """A field whose older name is still read."""
    return Field(default=None, validation_alias=AliasChoices(name, older))


class CollectorOutcome(Section):
    """How one collector ended."""

    status: Literal["ok", "absent", "failed", "timeout"]
    ms: Count = 0
    error: Text | None = None


class System(Section):
    """The machine. Memory and swap in MiB, disk in GiB, uptime in seconds, time in Unix seconds.

    The disk is the fuller one of / and Orama's home; the inodes are of whichever has fewer left.
    The load is not known in a container, which may be shown that of its host.
    """

    cpu_count: Count | None = None
    load_avg_1: Number | None = None
    load_avg_5: Number | None = None
    load_avg_15: Number | None = None
    mem_total_mb: Count | None = None
    mem_used_mb: Count | None = None
    mem_free_mb: Count | None = None
    mem_available_mb: Count | None = None
    mem_use_pct: Percent | None = None
    swap_total_mb: Count | None = None
    swap_used_mb: Count | None = None
    disk_mount: Text | None = None
    disk_total_gb: Number | None = None
    disk_used_gb: Number | None = None
    disk_avail_gb: Number | None = None
    disk_use_pct: Percent | None = None
    inode_use_pct: Percent | None = None
    oom_kills: Count | None = None
    oom_kills_24h: Count | None = None
    kernel_version: Text | None = None
    uptime_seconds: Count | None = None
    uptime_since: Text | None = None
    time_unix: Number | None = None
    ntp_synchronized: bool | None = None


class Service(Section):
    """One systemd unit. CPU in ns, memory in MiB."""

    name: Text
    load_state: Text | None = None
    active_state: Text | None = None
    sub_state: Text | None = None
    enabled: bool | None = None
    n_restarts: Count | None = None
    active_since_sec: Count | None = None
    memory_current_mb: Count | None = None
    cpu_usage_nsec: Count | None = None
    main_pid: Count | None = None
    restart_loop_risk: bool | None = None


class Services(Section):
    """The units that make an Orama node, and whatever else failed."""

    services: list[Service] | None = Field(default=None, max_length=MANY)
    failed_units: list[Text] | None = Field(default=None, max_length=MANY)


class RqliteNode(Section):
    """A member of the RQLite cluster as one node sees it."""

    addr: Text | None = None
    reachable: bool | None = None
    leader: bool | None = None
    voter: bool | None = None
    time_ms: Number | None = None
    error: Text | None = None


class RqliteCounters(Section):
    """Error counters since RQLite's start."""

    query_errors: Count | None = None
    execute_errors: Count | None = None
    remote_exec_errors: Count | None = None
    leader_not_found: Count | None = None
    snapshot_errors: Count | None = None
    client_retries: Count | None = None
    client_timeouts: Count | None = None


class Rqlite(Section):
    """RQLite: raft state, reads, members. Heap in MiB."""

    responsive: bool | None = None
    ready: bool | None = None
    strong_read: bool | None = None
    raft_state: Text | None = None
    leader_addr: Text | None = None
    leader_id: Text | None = None
    node_id: Text | None = None
    term: Count | None = None
    applied_index: Count | None = None
    commit_index: Count | None = None
    fsm_pending: Count | None = None
    last_contact: Text | None = None
    num_peers: Count | None = None
    voter: bool | None = None
    db_size: Text | None = None
    db_size_bytes: Count | None = None
    uptime: Text | None = None
    version: Text | None = None
    goroutines: Count | None = None
    heap_mb: Count | None = None
    nodes: dict[Text, RqliteNode] | None = Field(default=None, max_length=MANY)
    debug_vars: RqliteCounters | None = None


class Olric(Section):
    """Olric and its memberlist. Memory in MiB.

    It is active where its unit is, unless nobody listens a minute after its start.
    """

    service_active: bool | None = None
    memberlist_up: bool | None = None
    member_count: Count | None = None
    members: list[Text] | None = Field(default=None, max_length=MANY)
    coordinator: Text | None = None
    process_mem_mb: Count | None = None
    restart_count: Count | None = None
    log_errors_1h: Count | None = None
    log_suspects_1h: Count | None = None
    log_flapping_1h: Count | None = None


class Ipfs(Section):
    """Kubo and IPFS Cluster. Repository sizes in bytes.

    Each is active where its unit is, unless nobody listens at its API a minute after its start.
    """

    daemon_active: bool | None = None
    cluster_active: bool | None = None
    swarm_peers: Count | None = renamed("swarm_peers", "swarm_peer_count")
    cluster_peers: Count | None = renamed("cluster_peers", "cluster_peer_count")
    cluster_errors: Count | None = None
    repo_size_bytes: Count | None = None
    repo_max_bytes: Integer | None = None
    repo_use_pct: Count | None = None
    kubo_version: Text | None = None
    cluster_version: Text | None = None
    has_swarm_key: bool | None = None
    bootstrap_empty: bool | None = None


class Subsystem(Section):
    """One subsystem's health as the gateway tells it."""

    status: Text | None = None
    latency: Text | Number | None = None
    error: Text | None = None


class Gateway(Section):
    """The gateway's health answer."""

    responsive: bool | None = None
    http_status: Count | None = None
    version: Text | None = None
    subsystems: dict[Text, Subsystem] | None = Field(default=None, max_length=MANY)


class WireguardPeer(Section):
    """One peer of the mesh as a node sees it. Handshake in Unix seconds (None: never), age and keepalive in s."""

    public_key: Text
    endpoint: Text | None = None
    allowed_ips: Text | list[Text] | None = None
    latest_handshake: Count | None = None
    handshake_age_sec: Count | None = None
    transfer_rx_bytes: Count | None = None
    transfer_tx_bytes: Count | None = None
    keepalive: Count | None = None

    @property
    def allowed(self) -> str:
        """The allowed ranges on one line."""
        return self.allowed_ips if isinstance(self.allowed_ips, str) else ", ".join(self.allowed_ips or ())


class Wireguard(Section):
    """The mesh interface; addresses are with the length of their prefix. Never holds a private or a preshared key."""

    interface_up: bool | None = None
    service_active: bool | None = None
    wg_ip: Text | None = None
    addresses: list[Text] | None = Field(default=None, max_length=MANY)
    public_key: Text | None = None
    listen_port: Port | None = None
    peer_count: Count | None = None
    mtu: Count | None = None
    config_exists: bool | None = None
    config_perms: Text | None = None
    peers: list[WireguardPeer] | None = Field(default=None, max_length=MANY)


class Dns(Section):
    """CoreDNS and Caddy on a nameserver. Days left are negative once a certificate has expired."""

    coredns_active: bool | None = None
    caddy_active: bool | None = None
    port_53_bound: bool | None = None
    port_80_bound: bool | None = None
    port_443_bound: bool | None = None
    coredns_mem_mb: Count | None = None
    coredns_restarts: Count | None = None
    log_errors_5m: Count | None = None
    corefile_exists: bool | None = None
    domain: Text | None = None
    soa_resolves: bool | None = None
    ns_resolves: bool | None = None
    wildcard_resolves: bool | None = None
    base_a_resolves: bool | None = None
    ns_record_count: Count | None = None
    base_tls_days_left: Integer | None = None
    wild_tls_days_left: Integer | None = None


class Anyone(Section):
    """The Anyone relay or client."""

    relay_active: bool | None = None
    client_active: bool | None = None
    mode: Text | None = None
    orport_listening: bool | None = None
    socks_listening: bool | None = None
    control_listening: bool | None = None
    bootstrapped: bool | None = None
    bootstrap_pct: Percent | None = None
    fingerprint: Text | None = None
    nickname: Text | None = None


class ListeningPort(Section):
    """A port something listens on."""

    port: Port
    proto: Text | None = None
    address: Text | None = None
    process: Text | None = None


class Network(Section):
    """Reachability, TCP and firewall. Retransmission in percent over a short window now."""

    internet_reachable: bool | None = None
    default_route: bool | None = None
    wg_route_exists: bool | None = None
    tcp_established: Count | None = None
    tcp_time_wait: Count | None = None
    tcp_retrans_pct: Number | None = None
    listening_ports: list[ListeningPort] | None = Field(default=None, max_length=MANY)
    ufw_active: bool | None = None
    ufw_default_incoming: Text | None = None
    ufw_rules: list[Text] | None = Field(default=None, max_length=MANY)


class Process(Section):
    """A process worth a look."""

    pid: Count
    ppid: Count | None = None
    state: Text | None = None
    command: Text | None = None


class Processes(Section):
    """Processes nobody looks after, and panics in orama-node's log of the last hour."""

    zombie_count: Count | None = None
    zombies: list[Process] | None = Field(default=None, max_length=MANY)
    orphan_count: Count | None = None
    orphans: list[Process] | None = Field(default=None, max_length=MANY)
    panic_count: Count | None = renamed("panic_count", "panic_count_1h")


class Namespace(Section):
    """One Orama namespace on this node."""

    name: Text
    port_base: Port | None = None
    rqlite_up: bool | None = None
    rqlite_ready: bool | None = None
    rqlite_state: Text | None = None
    olric_up: bool | None = None
    gateway_up: bool | None = None
    gateway_status: Count | None = None


class NodeReport(Section):
    """Everything one node says of itself."""

    schema_version: Count = SCHEMA_VERSION
    timestamp: Text
    hostname: Text
    version: Text | None = None
    wireguard_ip: Text | None = None
    collect_ms: Count
    errors: list[Text] = Field(default_factory=list, max_length=MANY)
    collectors: dict[Text, CollectorOutcome] = Field(default_factory=dict, max_length=100)
    system: System | None = None
    services: Services | None = None
    rqlite: Rqlite | None = None
    olric: Olric | None = None
    ipfs: Ipfs | None = None
    gateway: Gateway | None = None
    wireguard: Wireguard | None = None
    dns: Dns | None = None
    anyone: Anyone | None = None
    network: Network | None = None
    processes: Processes | None = None
    namespaces: list[Namespace] | None = Field(default=None, max_length=MANY)
