# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Section ``wireguard``: the mesh interface, its peers and their handshakes.

``wg show … dump`` prints the interface's private key and the peers' preshared keys. They are dropped in the line that
takes an answer apart; no text of that answer goes into an error.
"""

from __future__ import annotations

import re

from .. import local, systemd
from ..errors import Absent, Denied, Missing, ProbeError
from ..parts import capped
from ..pick import count, text
from ..probe import Output, Probe

CONFIG = "/etc/wireguard/%s.conf"
PEERS_LIMIT, ADDRESSES_LIMIT = 200, 50
ADDRESS = re.compile(r"^\s+inet ([0-9./]{1,50})", re.MULTILINE)
ADDRESS6 = re.compile(r"^\s+inet6 ([0-9a-fA-F:./]{1,50}) (?:peer \S+ )?scope global", re.MULTILINE)
INTERFACE_FIELDS, PEER_FIELDS = 4, 8
NO_SUCH_INTERFACE = re.compile(r"does not exist|no such device|cannot find device", re.IGNORECASE)
NOT_PERMITTED = re.compile(r"not permitted|permission denied", re.IGNORECASE)
AHEAD = 5  # seconds by which a handshake may seem to be of the future where the clock was only adjusted


def collect(probe: Probe) -> dict:
    name = probe.options.wireguard_interface
    unit, config = systemd.WIREGUARD_UNIT % name, CONFIG % name
    found = probe.together(
        {
            "link": lambda: parse_link(checked(probe.run(["ip", "address", "show", "dev", name]), "ip")),
            "dump": lambda: parse_dump(checked(probe.run(["wg", "show", name, "dump"]), "wg"), probe.machine("time")),
            "permissions": lambda: probe.permissions(config),
            "units": lambda: systemd.units(probe),
        }
    )
    answers = local.Answers("wireguard", found)
    config_exists = _exists(found["permissions"])
    if found["link"] == NO_LINK and not config_exists and not local.installed(probe, (unit,), config):
        raise Absent
    section = dict(answers.of("link") or UNKNOWN_LINK, **NO_DUMP)
    section.update(service_active=systemd.active(probe, unit))
    if found["link"] != NO_LINK:  # of an interface that isn't there nothing is missing, whatever wg says of it
        section.update(answers.of("dump") or NO_DUMP)
    section.update(config_exists=config_exists, config_perms=found["permissions"] if config_exists else None)
    return answers.conclude(section)


def checked(output: Output, tool: str) -> str | None:
    """What the tool printed; None when the interface doesn't exist. Raises Denied, ProbeError."""
    if output.code == 0:
        return output.stdout
    if NO_SUCH_INTERFACE.search(output.stderr):
        return None
    if NOT_PERMITTED.search(output.stderr):
        raise Denied("%s: not permitted to this user" % tool)
    raise ProbeError("%s: exit code %d" % (tool, output.code))


def _exists(permissions: object) -> bool | None:
    if isinstance(permissions, Missing):
        return False
    return None if isinstance(permissions, Exception) else True


NO_LINK = dict(interface_up=False, wg_ip=None, mtu=None, addresses=[])
UNKNOWN_LINK = dict(interface_up=None, wg_ip=None, mtu=None, addresses=None)
NO_DUMP = dict(public_key=None, listen_port=None, peer_count=None, peers=None)


def parse_link(shown: str | None) -> dict:
    """State, MTU and addresses from ``ip address show``; without an interface it is down."""
    if shown is None:
        return dict(NO_LINK)
    flags = re.search(r"^[0-9]+: \S+ <([A-Z0-9_,-]*)>", shown, re.MULTILINE)
    if not flags:
        raise ProbeError("ip address show: not the expected answer")
    mtu = re.search(r"\bmtu ([0-9]{1,6})\b", shown)
    addresses = ADDRESS.findall(shown) + ADDRESS6.findall(shown)
    return dict(
        interface_up="UP" in flags.group(1).split(","),
        wg_ip=addresses[0].partition("/")[0] if addresses else None,
        mtu=int(mtu.group(1)) if mtu else None,
        **capped("addresses", addresses, ADDRESSES_LIMIT),
    )


def parse_dump(shown: str | None, now: float) -> dict:
    """The interface's public side and its peers from ``wg show … dump``; nothing without an interface.

    Raises ProbeError, without a word of the text, when it is something else.
    """
    if shown is None:
        return dict(NO_DUMP)
    rows = [line.split("\t") for line in shown.splitlines()]
    if [len(row) for row in rows] != [INTERFACE_FIELDS] + [PEER_FIELDS] * (len(rows) - 1):
        raise ProbeError("wg show dump: not the expected answer")
    _private_key, public_key, listen_port, _mark = rows[0]
    peers = [_peer(row, now) for row in rows[1:]]
    port = count(listen_port)
    section = dict(
        public_key=_given(public_key),
        listen_port=port if port and port < 65536 else None,
        peer_count=len(peers),
        peers=peers[:PEERS_LIMIT],
    )
    omitted = len(peers) - PEERS_LIMIT
    return dict(section, peers_omitted=omitted) if omitted > 0 else section


def _peer(row: list[str], now: float) -> dict:
    public_key, _preshared_key, endpoint, allowed_ips, handshake, received, sent, keepalive = row
    last = count(handshake) or None
    return dict(
        public_key=text(public_key) or "",
        endpoint=_given(endpoint),
        allowed_ips=_given(allowed_ips),
        latest_handshake=last,
        handshake_age_sec=None if last is None else age(last, now),
        transfer_rx_bytes=count(received),
        transfer_tx_bytes=count(sent),
        keepalive=count(keepalive) or None,
    )


def age(last: int, now: float) -> int | None:
    """Seconds since a handshake; not known of one in the future: the clock was set back since."""
    return None if last > now + AHEAD else max(0, int(now) - last)


def _given(value: str) -> str | None:
    return None if value in ("(none)", "off") else text(value)
