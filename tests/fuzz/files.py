"""Parsers of files and of what commands print, on a node: any text is understood or passed over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.orama.monitor.plugins.module_utils import (
    corefile,
    log_lines,
    main_process,
    node,
    service_log,
    sockets,
    systemd,
    ufw,
)
from ansible_collections.orama.monitor.plugins.module_utils.collectors import (
    anyone,
    namespaces,
    network,
    olric,
    processes,
    services,
    system,
    wireguard,
)
from ansible_collections.orama.monitor.plugins.module_utils.errors import ProbeError
from orama_monitor import report
from tests.fuzz.recorded import answers
from tests.fuzz.target import Check, Target, as_json, choices, chosen, one_line, text

#: Any moment will do for what counts from now.
NOW = 1_800_000_000.0

Parser = Callable[[str], Any]


def _lines(parse: Callable[[list[str]], Any]) -> Parser:
    return lambda given: parse(systemd.parse_journal(given))


def _services(given: str) -> None:
    units = systemd.parse_show(given, NOW)
    report.Services.model_validate({"services": services.listed(units, systemd.CORE_UNITS)})


def _dump(given: str) -> None:
    report.Wireguard.model_validate(wireguard.parse_dump(given, NOW))


def _link(given: str) -> None:
    report.Wireguard.model_validate(wireguard.parse_link(given))


def _rules(given: str) -> None:
    report.Network.model_validate({"ufw_rules": [line for _group, line in ufw.parse_rules(given)]})


def _settings(given: str) -> None:
    mode, file = anyone.parse_mode(given), anyone.log_file(given)
    assert mode in (None, "relay", "client") and file.startswith("/")


def _orphan(given: str) -> None:
    words = processes.parse_command(given)
    processes.is_of_orama(words, "x", "/opt/orama/.orama")
    processes.in_service(given)


def _listeners(given: str) -> None:
    for protocol in ("tcp", "udp"):
        for _name, address, port, _inode in sockets.parse_listeners(protocol, given):
            report.ListeningPort.model_validate({"port": port, "proto": protocol, "address": address})
    network.STATE.findall(given)


def _system(given: str) -> None:
    loads = system.parse_load(given)
    kills = system.parse_oom_kills(given)
    report.System.model_validate(
        {"load_avg_1": loads[0] if loads else None, "oom_kills": kills, "kernel_version": system._word(given)}
    )
    uptime = system.parse_uptime(given)
    system._time(NOW, uptime)


#: What each parser is given: its own files' and commands' recorded answers, by how a question for them begins.
PARSERS: tuple[tuple[Parser, tuple[str, ...]], ...] = (
    (lambda given: corefile.domain(corefile.parse(given)[0]), ("read", "/etc/coredns/Corefile")),
    (_services, ("run", "systemctl", "show")),
    (services.parse_failed, ("run", "systemctl", "list-units")),
    (systemd.parse_journal, ("run", "journalctl")),
    (_lines(log_lines.count_errors), ("run", "journalctl")),
    (_lines(olric.parse_log), ("run", "journalctl")),
    (_lines(processes.count_panics), ("run", "journalctl")),
    (_lines(system.count_oom_kills), ("run", "journalctl")),
    (service_log.parse_destinations, ("read", "/etc/systemd/system/orama-olric.service")),
    (lambda given: service_log.parse_times(given.splitlines(), NOW, 3600), ("read", "/opt/orama/.orama/logs/node.log")),
    (main_process.parse_resident, ("read", "/proc/1750/status")),
    (node.parse_version, ("read", "/proc/sys/kernel/osrelease")),
    (_listeners, ("read", "/proc/net/tcp")),
    (ufw.parse_filter, ("run", "iptables")),
    (_rules, ("read", "/etc/ufw/user.rules")),
    (_settings, ("read", "/etc/anon/anonrc")),
    (anyone.parse_phase, ("machine", "control")),
    (anyone.parse_log, ("read", "/var/log/anon/notices.log")),
    (anyone.parse_fingerprint, ("read", "/var/lib/anon/fingerprint")),
    (namespaces.parse_base, ("read", "/opt/orama/.orama/data/namespaces/default/rqlite.env")),
    (network.parse_routes, ("read", "/proc/net/route")),
    (network.parse_routes6, ("read", "/proc/net/ipv6_route")),
    (network.parse_segments, ("read", "/proc/net/snmp")),
    (network.parse_time_wait, ("read", "/proc/net/sockstat")),
    (_orphan, ("read", "/proc/193/cmdline")),
    (_system, ("read", "/proc/loadavg")),
    (_link, ("run", "ip")),
    (_dump, ("run", "wg")),
)


#: For a file that is read on very large nodes only, and is in no case.
SOCKSTAT = ("sockets: used 5\nTCP: inuse 5 orphan 0 tw 321 alloc 9 mem 1\n",)


def _check(parse: Parser) -> Check:
    def check(raw: bytes) -> None:
        try:
            as_json(parse(text(raw)))
        except ProbeError as error:
            one_line(str(error))

    return check


SEEDS = (answers(*begin) or SOCKSTAT for _parse, begin in PARSERS)
TARGETS = (
    Target(
        "node's files and commands",
        choices([_check(parse) for parse, _begin in PARSERS]),
        tuple(
            seed for number, (_, begin) in enumerate(PARSERS) for seed in chosen(number, answers(*begin) or SOCKSTAT)
        ),
        share=8,
        longest=1000,
    ),
)
