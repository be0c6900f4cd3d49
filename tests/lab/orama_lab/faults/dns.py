"""Faults of CoreDNS, Caddy and their certificates, on a nameserver."""

from __future__ import annotations

from ..pki import VALID_DAYS
from ..services.dns import COREFILE, NODE_COREFILE, ZONE, zone
from ..services.web import CADDYFILE, GLOBAL, SITES, caddyfile, put_certificate
from ..topology import DOMAIN
from .registry import Action, At, add_local


def corefile(text: str) -> Action:
    def write(at: At) -> None:
        at.machine.live.write(COREFILE, text)
        at.machine.live.write(ZONE, zone(at.site))
        at.sh("systemctl restart coredns; systemctl is-active -q coredns")

    return write


HEALTHY = corefile(NODE_COREFILE)


def zone_without(kind: str) -> Action:
    def write(at: At) -> None:
        at.machine.live.write(ZONE, zone(at.site, without=kind))
        at.sh("systemctl restart coredns; systemctl is-active -q coredns")

    return write


def answering(template: str) -> Action:
    """CoreDNS refuses to load a zone without SOA: another answer is laid over the zone's."""
    return corefile(NODE_COREFILE.replace(f"{DOMAIN} {{", f"{DOMAIN} {{\n    {template}", 1))


add_local(
    "dns-no-soa",
    "the zone has no SOA record",
    answering("template IN SOA {\n        match .*\n        rcode NXDOMAIN\n    }"),
    HEALTHY,
    "DNS_SOA_FAILED",
    node="n1",
)
add_local(
    "dns-zone-broken",
    "every answer for the zone is SERVFAIL",
    answering("template ANY ANY {\n        rcode SERVFAIL\n    }"),
    HEALTHY,
    "DNS_SOA_FAILED",
    node="n2",
)
for _kind, _code in {"NS": "NS", "A": "A", "wildcard": "WILDCARD"}.items():
    add_local(
        f"dns-no-{_kind.lower()}",
        f"the zone has no {_kind} record",
        zone_without(_kind),
        HEALTHY,
        f"DNS_{_code}_FAILED",
        node="n1",
    )
add_local(
    "dns-port-unbound",
    "CoreDNS is active and serves another port",
    corefile(NODE_COREFILE.replace(" {\n    f", ":5300 {\n    f")),
    HEALTHY,
    "DNS_PORT_UNBOUND",
    node="n2",
)


def caddy(text: str) -> Action:
    def write(at: At) -> None:
        at.machine.live.write(CADDYFILE, text)
        at.sh("systemctl restart caddy; systemctl is-active -q caddy")

    return write


def valid(days: dict[str, int]) -> Action:
    """Certificates with so many days left, by site."""

    def write(at: At) -> None:
        for name, left in days.items():
            put_certificate(at.site, at.machine.live, name, left)
        at.sh("systemctl restart caddy; systemctl is-active -q caddy")

    return write


FRESH = valid(dict.fromkeys(SITES, VALID_DAYS))
WILDCARD = f"*.{DOMAIN}"

add_local(
    "https-port-unbound",
    "Caddy is active and serves no https",
    caddy(GLOBAL),
    caddy(caddyfile()),
    "DNS_PORT_UNBOUND",
    node="n2",
)
add_local(
    "tls-missing",
    "port 443 speaks plain http",
    caddy("{\n\tauto_https off\n\thttps_port 8443\n}\nhttp://, http://:443 {\n\trespond plain\n}\n"),
    caddy(caddyfile()),
    "TLS_UNCHECKED",
    node="n1",
)
add_local(
    "tls-expiring", "the domain's certificate ends in 7 days", valid({DOMAIN: 7}), FRESH, "TLS_EXPIRING", node="n1"
)
add_local(
    "tls-wildcard-expiring",
    "the wildcard's certificate ends in 3 days",
    valid({WILDCARD: 3}),
    FRESH,
    "TLS_EXPIRING",
    node="n2",
)
add_local(
    "tls-expired", "the domain's certificate ended 2 days ago", valid({DOMAIN: -2}), FRESH, "TLS_EXPIRED", node="n2"
)
add_local(
    "tls-wildcard-expired",
    "the wildcard's certificate ended yesterday",
    valid({WILDCARD: -1}),
    FRESH,
    "TLS_EXPIRED",
    node="n1",
)
