# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""Section ``dns``: CoreDNS and Caddy on a nameserver, the answers they give, and the certificates they show.

CoreDNS is asked on this node, over a socket, for the first domain in its Corefile. A name that doesn't resolve is an
answer, and so is a web server without a certificate for it; a server that stays silent has timed out.
"""

from __future__ import annotations

import fnmatch
import os

from .. import corefile, local, log_lines, service_log, sockets, systemd, tls
from ..errors import Absent, Missing, ProbeError, ProbeTimeout
from ..main_process import resident_mb, restarts
from ..probe import Probe

DIRECTORY, COREFILE = "/etc/coredns", "/etc/coredns/Corefile"
COREDNS_UNIT, CADDY_UNIT = "coredns", "caddy"
WILDCARD_LABEL = "orama-monitor-check"
LOG_SECONDS = 300
IMPORTS_LIMIT = 50
SECONDS_A_DAY = 86400
NO_ERROR = 0
STUB_RESOLVERS = ("127.0.0.53", "127.0.0.54")  # systemd-resolved's, which is no nameserver of ours


def collect(probe: Probe) -> dict:
    if local.has(probe, DIRECTORY) is False:
        raise Absent
    exists, domain, problem = _configured(probe)
    bound, server = _bound(probe)
    answers = local.Answers("dns", probe.together(_questions(probe, domain, server)))
    answers.problems += [problem] if problem else []
    log = answers.of("log")
    section = dict(
        coredns_active=systemd.active(probe, COREDNS_UNIT),
        caddy_active=systemd.active(probe, CADDY_UNIT),
        port_53_bound=bound,
        port_80_bound=sockets.listens(probe, "tcp", 80),
        port_443_bound=sockets.listens(probe, "tcp", 443),
        coredns_mem_mb=resident_mb(probe, COREDNS_UNIT),
        coredns_restarts=restarts(probe, COREDNS_UNIT),
        log_errors_5m=None if log is None else log.known(log_lines.count_errors(log.lines)),
        corefile_exists=exists,
        domain=domain,
    )
    section.update(_resolution(answers), **_certificates(answers, probe.machine("time")))
    return answers.conclude(section)


def _configured(probe: Probe) -> tuple[bool | None, str | None, ProbeError | None]:
    """Whether there is a Corefile, the domain it serves, and why one of them is not known."""
    try:
        zones, imports = corefile.parse(probe.read(COREFILE))
        for path in _imported(probe, imports)[:IMPORTS_LIMIT]:
            zones += corefile.parse(probe.read(path))[0]
        domain = corefile.domain(zones)
        return True, domain, None if domain else ProbeError("no domain in the Corefile")
    except Missing:
        return False, None, None
    except ProbeError as error:
        return local.has(probe, COREFILE), None, error


def _imported(probe: Probe, patterns: list[str]) -> list[str]:
    """The files that import patterns stand for; a snippet's name is no file, and stands for none."""
    paths = []
    for pattern in patterns:
        folder, name = os.path.split(os.path.join(DIRECTORY, pattern))
        try:
            paths += [os.path.join(folder, entry) for entry in fnmatch.filter(probe.entries(folder), name)]
        except Missing:
            continue
    return paths


def _bound(probe: Probe) -> tuple[bool | None, str]:
    try:
        return dns_socket(sockets.listeners(probe))
    except ProbeError:
        return None, "127.0.0.1"


def dns_socket(listeners: list) -> tuple[bool, str]:
    """Whether port 53/udp is bound by a nameserver, and the address at which to ask it."""
    hosts = {host for protocol, host, port, *_inode in listeners if (protocol, port) == ("udp", 53)}
    hosts -= set(STUB_RESOLVERS)
    if not hosts or hosts & {"0.0.0.0", "::", "127.0.0.1"}:
        return bool(hosts), "127.0.0.1"
    return True, min(hosts, key=lambda host: (":" in host, host))


def _questions(probe: Probe, domain: str | None, server: str) -> dict:
    """What is asked side by side: without a domain only the log and the units."""
    questions = {
        "log": lambda: service_log.recent(probe, COREDNS_UNIT, LOG_SECONDS, log_lines.ERROR_SIGNS),
        "units": lambda: systemd.units(probe),
    }
    if domain is None:
        return questions
    wild = "%s.%s" % (WILDCARD_LABEL, domain)
    web = sockets.listening_address(probe, 443) or "127.0.0.1"
    return dict(
        questions,
        soa=lambda: probe.dns(domain, "SOA", server),
        ns=lambda: probe.dns(domain, "NS", server),
        base=lambda: probe.dns(domain, "A", server),
        wild=lambda: probe.dns(wild, "A", server),
        base_certificate=lambda: probe.certificate(web, 443, domain),
        wild_certificate=lambda: probe.certificate(web, 443, wild),
    )


def _resolution(answers: local.Answers) -> dict:
    servers = _records(answers, "ns", "NS")
    return dict(
        soa_resolves=_some(_records(answers, "soa", "SOA")),
        ns_resolves=_some(servers),
        wildcard_resolves=_some(_records(answers, "wild", "A")),
        base_a_resolves=_some(_records(answers, "base", "A")),
        ns_record_count=servers,
    )


def _some(number: int | None) -> bool | None:
    return None if number is None else number > 0


def _records(answers: local.Answers, name: str, kind: str) -> int | None:
    """How many records of the kind came; 0 from a server that is silent, None when it was not asked."""
    if name not in answers.answers:
        return None
    answer = answers.of(name)
    return 0 if answer is None else count_records(answer, kind)


def count_records(answer: dict, kind: str) -> int:
    if answer["rcode"] != NO_ERROR:
        return 0
    return sum(1 for record in answer["answers"] if record["type"] == kind)


def _certificates(answers: local.Answers, now: float) -> dict:
    return dict(
        base_tls_days_left=_days_left(answers, "base_certificate", now),
        wild_tls_days_left=_days_left(answers, "wild_certificate", now),
    )


def _days_left(answers: local.Answers, name: str, now: float) -> int | None:
    """Days until a certificate ends; None when none is shown, of which only silence is a problem."""
    certificate = answers.answers.get(name)
    if isinstance(certificate, ProbeTimeout):
        answers.problems.append(certificate)
    if certificate is None or isinstance(certificate, Exception):
        return None
    try:
        return int((tls.expires(certificate) - now) // SECONDS_A_DAY)
    except ProbeError as error:
        answers.problems.append(error)
        return None
