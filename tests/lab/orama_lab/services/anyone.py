"""Anyone's `anon` is a fork of Tor: Debian's tor stands in for it, by anon's units and paths.

The network it bootstraps from is the lab's own. Its three directory authorities, which are
relays too, are on the lab's internet, so that no fault of a node takes the network with it.
"""

from __future__ import annotations

import re

from ..shell import parallel, run
from ..site import Site
from ..topology import INET, INET_ADDRESS, Node
from ..tree import Tree, whole
from .base import Service

USER = "debian-tor"
RC = "etc/anon/anonrc"
LOG = "var/log/anon/notices.log"
AUTHORITIES = ("auth1", "auth2", "auth3")

#: With three relays only, the first consensus often leaves a client no third hop.
RELAYS = ("relay1", "relay2", "relay3")

#: A relay tests itself through circuits of other relays, of which a young network has too few.
RELAY = ("ExitRelay 0", "AssumeReachable 1")

#: Short rounds for ever: a node that starts in any of them is in the next.
AUTHORITY_RC = """\
AuthoritativeDirectory 1
V3AuthoritativeDirectory 1
ContactInfo lab@orama.example
TestingV3AuthInitialVotingInterval 10 seconds
TestingV3AuthInitialVoteDelay 2 seconds
TestingV3AuthInitialDistDelay 2 seconds
V3AuthVotingInterval 30 seconds
V3AuthVoteDelay 4 seconds
V3AuthDistDelay 4 seconds
TestingDirAuthVoteGuard *
TestingDirAuthVoteHSDir *
"""


class Anyone(Service):
    """The relay's or the client's unit; on the lab's internet, the authorities."""

    name = "anyone"

    def runs_on(self, node: Node) -> bool:
        return True

    def prepare(self, site: Site) -> None:
        parallel(lambda name: _keys(site, name), AUTHORITIES)

    def install(self, site: Site, node: Node, tree: Tree, home: Tree) -> None:
        if node is INET:
            for name in (*AUTHORITIES, *RELAYS):
                _install_on_inet(site, tree, name)
            return
        tree.mkdir("etc/anon")
        tree.mkdir("var/log/anon", 0o2750, USER)
        tree.mkdir("var/lib/anon", 0o700, USER)
        tree.link("usr/local/bin/anon", "/usr/bin/tor")
        tree.write(RC, anonrc(site, node))
        service = f"User={USER}\nRuntimeDirectory=anon\nRuntimeDirectoryMode=2750\n"
        kind = "relay" if node.relay else "client"
        tree.unit(unit(node), f"/usr/local/bin/anon -f /{RC}", service=service, description=f"Orama Anyone {kind}")

    def units(self, node: Node) -> tuple[str, ...]:
        return tuple(f"tor-{name}" for name in (*AUTHORITIES, *RELAYS)) if node is INET else (unit(node),)

    def problems(self, site: Site, node: Node) -> list[str]:
        if node is INET:
            return []
        told = site.machine(node).live.path(LOG)
        found = re.findall(r"Bootstrapped (\d+)%", told.read_text(errors="replace")) if told.exists() else []
        percent = found[-1] if found else "0"
        return [] if percent == "100" else [f"anyone is bootstrapped {percent}%"]


def unit(node: Node) -> str:
    return "orama-anyone-relay" if node.relay else "orama-anyone-client"


def anonrc(site: Site, node: Node) -> str:
    """The node's configuration: a client, or a relay with an ORPort."""
    lines = [
        "DataDirectory /var/lib/anon",
        f"Log notice file /{LOG}",
        "SocksPort 9050",
        "ControlSocket /run/anon/control GroupWritable RelaxDirModeCheck",
        "CookieAuthentication 1",
        "CookieAuthFile /run/anon/control.authcookie",
    ]
    if node.relay:
        lines += ["ORPort 9001", f"Address {node.address}", f"Nickname lab{node.name}"]
        lines += [*RELAY, "ControlPort 9051"]
    return "\n".join([*lines, *_network(site)]) + "\n"


def _network(site: Site) -> list[str]:
    """What makes a Tor the lab's: its authorities instead of the world's."""
    return ["TestingTorNetwork 1", *(_authority_line(site, name) for name in AUTHORITIES)]


def _ports(name: str) -> tuple[int, int]:
    index = (*AUTHORITIES, *RELAYS).index(name)
    return 7100 + index, 7200 + index


def _authority_line(site: Site, name: str) -> str:
    base = site.directory("tor") / name
    certificate = (base / "keys/authority_certificate").read_text()
    identity = re.search(r"^fingerprint (\w+)", certificate, re.MULTILINE)
    assert identity is not None
    fingerprint = (base / "fingerprint").read_text().split()[1]
    orport, dirport = _ports(name)
    return f"DirAuthority {name} orport={orport} no-v2 v3ident={identity[1]} {INET_ADDRESS}:{dirport} {fingerprint}"


def _keys(site: Site, name: str) -> None:
    """An authority's keys, made by the release's own tor, which this machine need not have."""
    final = site.directory("tor") / name
    if final.exists():
        return
    root = site.builder.rootfs(INET.suite)
    _, dirport = _ports(name)
    script = f"""
        mount --bind "$1" {root}/mnt
        exec chroot {root} /bin/sh -ec '
        mkdir /mnt/keys; : >/mnt/none
        cd /mnt/keys
        echo lab | tor-gencert --create-identity-key -m 12 -a {INET_ADDRESS}:{dirport} --passphrase-fd 0
        cd /
        tor --list-fingerprint --quiet --orport 1 --dirserver "x 127.0.0.1:1 {"f" * 40}" \\
            --datadirectory /mnt --nickname {name} -f /mnt/none --defaults-torrc /mnt/none
        '"""
    with whole(final) as base:
        run(["unshare", "--mount", "--propagation=private", "bash", "-ec", script, "keys", base])


def _install_on_inet(site: Site, tree: Tree, name: str) -> None:
    data = f"var/lib/tor-{name}"
    authority = name in AUTHORITIES
    if authority:
        tree.copy_tree(site.directory("tor") / name, data, USER)
    else:
        tree.mkdir(data, 0o700, USER)
    orport, dirport = _ports(name)
    lines = [
        f"DataDirectory /{data}",
        f"Nickname {name}",
        f"Address {INET_ADDRESS}",
        f"ORPort {orport}",
        f"DirPort {dirport}",
        "SocksPort 0",
        *RELAY,
        "Log notice stderr",
    ]
    rc = f"etc/tor-{name}.rc"
    tree.write(rc, "\n".join([*lines, *_network(site), AUTHORITY_RC if authority else ""]))
    tree.unit(f"tor-{name}", f"/usr/bin/tor -f /{rc}", service=f"User={USER}\n", description=f"Tor {name}")
