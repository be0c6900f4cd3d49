"""Caddy on the nameservers, serving the domain and its wildcard with the lab's certificates.

The certificates are files: Caddy's own internal issuer gives 12 hours, which is no 90 days.
"""

from __future__ import annotations

import socket
import ssl

from ..pki import VALID_DAYS, certificate
from ..site import Site
from ..topology import DOMAIN, Node
from ..tree import Tree
from .ask import listening
from .base import Service

UNIT = "caddy"
CADDYFILE = "etc/caddy/Caddyfile"
#: Site name in the Caddyfile -> what its certificate's files are called.
SITES = {DOMAIN: "base", f"*.{DOMAIN}": "wildcard"}

GLOBAL = "{\n\tauto_https off\n}\nhttp:// {\n\tredir https://{host}{uri}\n}\n"

HARDENING = """\
Type=notify
User=caddy
Group=caddy
Environment=XDG_DATA_HOME=/var/lib/caddy XDG_CONFIG_HOME=/var/lib/caddy
AmbientCapabilities=CAP_NET_BIND_SERVICE
"""


def caddyfile() -> str:
    """Both sites, each with a certificate of its own."""
    sites = [
        f'https://{name} {{\n\ttls /etc/caddy/tls/{file}.crt /etc/caddy/tls/{file}.key\n\trespond "Orama lab"\n}}\n'
        for name, file in SITES.items()
    ]
    return GLOBAL + "".join(sites)


def put_certificate(site: Site, tree: Tree, name: str, days: int) -> None:
    """Write the certificate Caddy serves for a site."""
    certificate_text, key = certificate(site, name, days)
    tree.write(f"etc/caddy/tls/{SITES[name]}.crt", certificate_text, 0o644, "caddy")
    tree.write(f"etc/caddy/tls/{SITES[name]}.key", key, 0o600, "caddy")


class Web(Service):
    """Caddy where the role is nameserver."""

    name = "web"

    def runs_on(self, node: Node) -> bool:
        return node.nameserver

    def install(self, site: Site, node: Node, tree: Tree, home: Tree) -> None:
        tree.write(CADDYFILE, caddyfile())
        tree.mkdir("var/lib/caddy", user="caddy")
        for name in SITES:
            put_certificate(site, tree, name, VALID_DAYS)
        start = f"/usr/bin/caddy run --environ --config /{CADDYFILE}"
        tree.unit(UNIT, start, service=HARDENING, description="Caddy")

    def units(self, node: Node) -> tuple[str, ...]:
        return (UNIT,)

    def problems(self, site: Site, node: Node) -> list[str]:
        return site.inside(node, _handshakes)


def _handshakes() -> list[str]:
    wrong = [] if listening("127.0.0.1", 80) else ["nothing listens on port 80"]
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    for name in (DOMAIN, f"app.{DOMAIN}"):
        try:
            with socket.create_connection(("127.0.0.1", 443), timeout=3) as raw:
                context.wrap_socket(raw, server_hostname=name).close()
        except OSError as error:
            wrong.append(f"https for {name}: {error}")
    return wrong
