# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""The firewall as ``ufw status`` shows it, without ufw's own program, which takes a quarter of a second.

Whether it is active is asked of the kernel, so a flushed firewall is not taken for one that stands; the rules come
from the files in which ufw keeps them.
"""

from __future__ import annotations

import binascii
import re

from .errors import Denied, Missing, ProbeError
from .pick import TEXT_LIMIT
from .probe import Probe

CONFIG = "/etc/ufw/ufw.conf"
RULES = ("/etc/ufw/user.rules", "/etc/ufw/user6.rules")
WAY = ("-A INPUT -j ufw-before-input", "-A ufw-before-input -j ufw-user-input")  # ufw switched off leaves the first
LOCK_WAIT = "2"  # seconds in which another iptables may hold the lock, without which none reads or writes
ANYWHERE = ("0.0.0.0/0", "::/0")
GROUPS = ("in", "out", "route")
RULE = re.compile(
    r"### tuple ### (?P<route>route:)?(?P<action>[a-z]+)(?:_(?P<log>log|log-all))? (?P<proto>\S+)"
    r" (?P<dport>\S+) (?P<dst>\S+) (?P<sport>\S+) (?P<src>\S+)(?: (?P<dapp>\S+) (?P<sapp>\S+))??"
    r"(?: (?P<way>(?:in|out)(?:_\S+)?))?(?: comment=(?P<comment>\S*))?$"
)
#: A line of a rule against one source, of which fail2ban makes many and puts them first.
BAN = re.compile(r"[^#]{26,}? (?:DENY|REJECT) +[0-9A-Fa-f]*[.:]")


def state(probe: Probe) -> tuple[bool, str | None]:
    """Whether the firewall stands, and what it does with traffic that no rule names ("allow" or "deny").

    Raises Denied for who may not see it, ProbeError when the kernel can't be asked.
    """
    try:
        output = probe.run(["iptables", "--wait", LOCK_WAIT, "--list-rules"])
    except Missing:
        if probe.exists(CONFIG):
            raise
        return False, None  # neither the tool that ufw needs nor ufw
    active, default = parse_filter(output.stdout)
    if output.code != 0 and not active:
        if "you must be root" in output.stderr or "Permission denied" in output.stderr:
            raise Denied("the firewall can be seen only by root")
        raise ProbeError("iptables: exit code %d" % output.code)
    return active, default


def rules(probe: Probe) -> list[str]:
    """The rules as the lines of ``ufw status``: incoming, outgoing, routed. Raises as ``probe.read``."""
    found = []
    for path in RULES:
        try:
            found += parse_rules(probe.read(path))
        except Missing:
            continue
    return [line for wanted in GROUPS for group, line in found if group == wanted]


def is_ban(line: str) -> bool:
    """Whether a rule keeps out one source or network, and so opens nothing and closes nothing to others."""
    return bool(BAN.match(line))


def parse_filter(text: str) -> tuple[bool, str | None]:
    """Whether incoming traffic is led to ufw's rules, and what becomes of the rest."""
    lines = {line.strip() for line in text.splitlines()}
    if not lines.issuperset(WAY):
        return False, None
    return True, "allow" if "-P INPUT ACCEPT" in lines else "deny"


def parse_rules(text: str) -> list[tuple[str, str]]:
    """(group, line) of every rule in one of ufw's files; an application that has several ports is one line."""
    found: list[tuple[str, str]] = []
    for match in map(RULE.match, text.splitlines()):
        if match:
            rule = match.groupdict()
            entry = (_group(rule), _line(rule))
            if entry not in found or not rule["dapp"]:
                found.append(entry)
    return found


def _group(rule: dict) -> str:
    return "route" if rule["route"] else (rule["way"] or "in").split("_")[0]


def _line(rule: dict) -> str:
    group = _group(rule)
    verb = rule["action"].upper() + {"in": "", "out": " OUT", "route": " FWD"}[group]
    interfaces = dict(re.findall(r"(in|out)_([^!]+)", rule["way"] or ""))
    to = _place(rule, "d") + _on(interfaces.get("out" if group == "route" else "in"))
    origin = _place(rule, "s") + _on(interfaces.get("in" if group == "route" else "out"))
    remarks = " (%s)" % rule["log"] if rule["log"] else ""
    if rule["comment"]:
        remarks += " # %s" % _comment(rule["comment"])
    return ("%-26s %-11s %-26s%s" % (to, verb, origin, remarks)).rstrip()[:TEXT_LIMIT]


def _on(interface: str | None) -> str:
    return " on %s" % interface if interface else ""


def _place(rule: dict, side: str) -> str:
    """One side of a rule: "d" where the traffic goes, "s" where it comes from."""
    address = rule["dst" if side == "d" else "src"]
    port, application = rule[side + "port"], rule[side + "app"]
    anywhere = address in ANYWHERE
    from_anywhere_to_anywhere = rule["dst"] == rule["src"] and anywhere
    version = " (v6)" if address == "::/0" else ""
    protocol = "" if rule["proto"] == "any" else "/" + rule["proto"]
    if application and application != "-":
        name = application.replace("%20", " ")
        return name + version if anywhere else "%s %s" % (address, name)
    if port != "any":
        place = port if anywhere else "%s %s" % (address, port)
        return place + protocol + (version if from_anywhere_to_anywhere else "")
    no_ports = rule["dport"] == rule["sport"]
    if anywhere:
        return "Anywhere" + (protocol if no_ports and from_anywhere_to_anywhere else "") + version
    return address + (protocol if no_ports else "")


def _comment(text: str) -> str:
    try:
        return binascii.unhexlify(text).decode("utf-8", "backslashreplace")
    except ValueError:
        return text
