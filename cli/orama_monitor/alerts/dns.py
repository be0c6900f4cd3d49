"""CoreDNS and Caddy on the nameservers: whether they run, answer, and show certificates that last."""

from __future__ import annotations

from collections.abc import Iterator

from orama_monitor.alerts.because import cluster, here, unit
from orama_monitor.alerts.causes import RAFT_STUCK, RQLITE_ILL
from orama_monitor.alerts.cluster import NodeView
from orama_monitor.alerts.hints import word
from orama_monitor.alerts.rule import CRITICAL, INFO, WARNING, Found, Here, Subsystem
from orama_monitor.alerts.thresholds import Thresholds
from orama_monitor.alerts.units import unit_or_needs
from orama_monitor.alerts.words import clip, number
from orama_monitor.report import Dns

dns = Subsystem("dns")

CERTIFICATES = ("base", "wildcard")
# What to ask CoreDNS, and where to look then; {} is the domain.
SOA, NS = "{} SOA; journalctl -u coredns -n 50", "{} NS; then the zone's records"
WILDCARD, BASE = "any.{} A; then the zone's wildcard record", "{} A; then the zone's records"
# Orama's CoreDNS reads its records from RQLite.
NO_RECORDS = (
    here("DNS_PORT_UNBOUND 53", *unit("coredns")),
    here(*RQLITE_ILL),
    cluster(*RAFT_STUCK),
)


def _seen(node: NodeView) -> Dns | None:
    return node.dns if node.is_nameserver else None


def _dig(question: str, domain: str | None = None) -> str:
    return f"on the node: dig @127.0.0.1 {question.format(word(domain, 'DOMAIN'))}"


def _handshake(name: str = "base", domain: str | None = None) -> str:
    server = f"{'any.' if name == 'wildcard' else ''}{word(domain, 'DOMAIN')}"
    return f"on the node: openssl s_client -connect localhost:443 -servername {server}; journalctl -u caddy"


@dns.on_node(
    "COREDNS_DOWN",
    WARNING,
    "CoreDNS doesn't run on a nameserver.",
    why="Names resolve only at the other nameservers, until their turn.",
    hint="on the node: systemctl status coredns; journalctl -u coredns -n 50",
    because=[here(*unit("coredns"))],
)
def coredns_down(node: NodeView) -> Found:
    if (seen := _seen(node)) and seen.coredns_active is False:
        yield "CoreDNS is not active"


@dns.on_node(
    "CADDY_DOWN",
    WARNING,
    "Caddy doesn't run on a nameserver.",
    why="HTTPS to this node fails, and certificates are not renewed.",
    hint="on the node: systemctl status caddy; journalctl -u caddy -n 50",
    because=[here(*unit_or_needs("caddy"))],
)
def caddy_down(node: NodeView) -> Found:
    if (seen := _seen(node)) and seen.caddy_active is False:
        yield "Caddy is not active"


@dns.on_node(
    "DNS_PORT_UNBOUND",
    WARNING,
    "CoreDNS or Caddy is active, and its port (53/udp, 443/tcp) is not bound.",
    why="It runs and serves nobody; often another program holds the port, or its configuration names none.",
    hint="on the node: ss -lunp 'sport = :53'; ss -ltnp 'sport = :443'; then the service's journal",
    because=[here(*unit("coredns"), of="53"), here(*unit("caddy"), of="443")],
)
def port_unbound(node: NodeView) -> Found:
    if seen := _seen(node):
        if seen.coredns_active and seen.port_53_bound is False:
            yield Here("CoreDNS is active, 53/udp is not bound", about=("53",))
        if seen.caddy_active and seen.port_443_bound is False:
            yield Here("Caddy is active, 443/tcp is not bound", about=("443",))


@dns.on_node(
    "DNS_SOA_FAILED",
    WARNING,
    "CoreDNS is active and its domain has no SOA record.",
    why="The zone is not served: resolvers take this nameserver for lame.",
    hint=_dig(SOA),
    because=NO_RECORDS,
)
def soa_failed(node: NodeView) -> Found:
    if (seen := _seen(node)) and seen.coredns_active and seen.soa_resolves is False:
        yield Here(f"no SOA record for {_domain(seen)}", hint=_dig(SOA, seen.domain))


@dns.on_node(
    "DNS_NS_FAILED",
    WARNING,
    "CoreDNS is active and its domain has no NS record.",
    why="The delegation can't be confirmed.",
    hint=_dig(NS),
    because=[*NO_RECORDS, here("DNS_SOA_FAILED")],
)
def ns_failed(node: NodeView) -> Found:
    if (seen := _seen(node)) and seen.coredns_active and seen.ns_resolves is False:
        yield Here(f"no NS record for {_domain(seen)}", hint=_dig(NS, seen.domain))


@dns.on_node(
    "DNS_WILDCARD_FAILED",
    WARNING,
    "CoreDNS is active and a name under its domain doesn't resolve.",
    why="Deployments and namespaces live under the wildcard.",
    hint=_dig(WILDCARD),
    because=[*NO_RECORDS, here("DNS_SOA_FAILED")],
)
def wildcard_failed(node: NodeView) -> Found:
    if (seen := _seen(node)) and seen.coredns_active and seen.wildcard_resolves is False:
        yield Here(f"*.{_domain(seen)} doesn't resolve", hint=_dig(WILDCARD, seen.domain))


@dns.on_node(
    "DNS_A_FAILED",
    WARNING,
    "CoreDNS is active and its domain has no A record.",
    why="The domain itself leads nowhere.",
    hint=_dig(BASE),
    because=[*NO_RECORDS, here("DNS_SOA_FAILED")],
)
def a_failed(node: NodeView) -> Found:
    if (seen := _seen(node)) and seen.coredns_active and seen.base_a_resolves is False:
        yield Here(f"no A record for {_domain(seen)}", hint=_dig(BASE, seen.domain))


@dns.on_node(
    "TLS_EXPIRING",
    WARNING,
    "A certificate (of the domain, or for a name under it) ends in fewer than {tls_days} days.",
    why="Caddy renews a month ahead: if it has not by now, it can't.",
    hint="on the node: journalctl -u caddy --grep 'renew|certificate|acme' -n 50",
)
def tls_expiring(node: NodeView, limits: Thresholds) -> Found:
    for name, days in _certificates(node):
        if 0 <= days < limits.tls_days:
            yield Here(f"the {name} certificate ends in {number(days, 'day')}", about=(name,))


@dns.on_node(
    "TLS_EXPIRED",
    CRITICAL,
    "A certificate (of the domain, or for a name under it) has ended.",
    why="Clients refuse to connect.",
    hint="on the node: journalctl -u caddy --grep 'renew|certificate|acme' -n 50; systemctl restart caddy",
)
def tls_expired(node: NodeView) -> Found:
    for name, days in _certificates(node):
        if days < 0:
            yield Here(f"the {name} certificate ended {number(-days, 'day')} ago", about=(name,))


@dns.on_node(
    "TLS_UNCHECKED",
    INFO,
    "Caddy is active, and no certificate could be read from it, or one of the two (of the domain, for a name under it) "
    "and not the other.",
    why="Nobody knows when the certificates end.",
    hint=_handshake(),
    because=[here("DNS_PORT_UNBOUND 443", *unit("caddy"))],
)
def tls_unchecked(node: NodeView) -> Found:
    """A collector that failed has its own alert, and says more."""
    seen = _seen(node)
    if not seen or not seen.caddy_active or node.status("dns") != "ok":
        return
    shown = dict(_certificates(node))
    if not shown:
        yield Here("Caddy is active and showed no certificate", hint=_handshake(domain=seen.domain))
        return
    for name in CERTIFICATES:
        if name not in shown:
            yield Here(f"Caddy is active and showed no {name} certificate", (name,), hint=_handshake(name, seen.domain))


def _certificates(node: NodeView) -> Iterator[tuple[str, int]]:
    if seen := _seen(node):
        for name, days in zip(CERTIFICATES, (seen.base_tls_days_left, seen.wild_tls_days_left), strict=True):
            if days is not None:
                yield name, days


def _domain(seen: Dns) -> str:
    return clip(seen.domain or "the domain", 100)
