"""Why a node gave no report, in one line with the remedy, from what Ansible and ssh say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from orama_monitor.snapshot import REASON_LIMIT, Failure

LOGIN_REFUSED = "login refused: key or password is wrong"
# A loss of the host since ansible-core 2.19, a failed task before.
SLOW_LOGIN = (
    r"waiting for privilege escalation prompt",
    "login or sudo takes too long: log in, try sudo -n true, or give it a longer --timeout",
)
# Where it has a password, Ansible says this for all that ssh says of a host key, and calls it no loss of the host.
NOT_ITS_HOST_KEY = "Using a SSH password instead of a key is not possible because Host Key checking is enabled"

# The first pattern found in the message names the reason; the order matters where one message holds several.
UNREACHABLE = (
    (
        r"REMOTE HOST IDENTIFICATION HAS CHANGED",
        "its host key changed: if that is right, remove the old one with ssh-keygen -R",
    ),
    (r"host key is known for", "its host key is not known: compare it, and accept it by logging in once with ssh"),
    (
        rf"{NOT_ITS_HOST_KEY}|Host key verification failed",
        "its host key is not known, or it changed: compare it, then ssh-keygen -R, and log in once with ssh",
    ),
    (r"Could not resolve hostname|Name or service not known", "its name does not resolve"),
    (r"Connection refused", "connection refused: is sshd running, is the port right?"),
    (r"No route to host", "no route to host"),
    (r"Network is unreachable", "network is unreachable"),
    (r"Too many authentication failures", "too many keys were tried: name one in the conf"),
    (r"incorrect passphrase|passphrase", "its key is encrypted: load it into ssh-agent"),
    (r"UNPROTECTED PRIVATE KEY|bad permissions", "the private key is readable by others: chmod 600 it"),
    (r"Permission denied|Authentication failed|Invalid/incorrect password", LOGIN_REFUSED),
    SLOW_LOGIN,
    (r"timed out|Timeout|timeout", "no answer in time"),
    (r"Connection (closed|reset)|banner|kex_exchange|Broken pipe", "the connection was closed before login"),
)
COLLECT_FAILED = (
    (
        r"must have a tty to run sudo",
        "sudo demands a terminal (requiretty): take that out of sudoers, or in playbooks set orama_pipelining=false",
    ),
    (r"[Mm]issing sudo password|sudo: a (terminal|password) is required", "sudo wants a password: put it in the conf"),
    (r"[Ii]ncorrect (sudo|become) password|Sorry, try again", "sudo refuses the password"),
    (r"is not in the sudoers file|may not run sudo", "this user may not use sudo"),
    SLOW_LOGIN,
    (r"privilege output closed", "sudo does not answer"),
    (r"sudo: (?P<why>[^\n]{1,160})", "sudo is broken: {why}"),
    (r"python3?: (command )?not found|/python[0-9.]*: (not found|No such file)|interpreter", "no Python 3 on the node"),
    (
        r"Python 3\.8 or later|SyntaxError|requires? a minimum of Python|Python version",
        "its Python is too old: 3.8 or later",
    ),
    (r"No space left on device", "its disk is full"),
    (r"Read-only file system", "its file system is read-only"),
    (
        r"Cannot allocate memory|MemoryError|fork: retry|temporarily unavailable|start new thread",
        "it is out of memory or processes",
    ),
    (r"Connection to \S+ closed|Shared connection", "the connection was cut in the middle"),
)
#: What sudo warns of and goes on: of no failure is it the reason.
HARMLESS = re.compile(r"sudo: (?:unable to resolve host |setrlimit\()[^\n]*")
#: By exit code, what ended the node's Python before it could answer.
ENDED = {
    137: "it was killed before it could answer: is the node out of memory?",
    142: "it did not end in time, and was ended on the node",
}


def failure(result: Mapping[str, Any], unreachable: bool, timeout: float) -> tuple[Failure, str]:
    """The kind of failure and its reason, from a task's result (``msg``, ``module_stderr``, ``timedout``)."""
    if "timedout" in result:
        return "unreachable", f"no answer within {_period(result['timedout']) or timeout:g} s"
    said = "\n".join(str(result.get(key) or "") for key in ("msg", "module_stderr", "stderr", "module_stdout"))
    text = said.encode("utf-8", "backslashreplace").decode()  # Ansible keeps bytes that are no text as half characters
    text = HARMLESS.sub("", text)
    if unreachable or NOT_ITS_HOST_KEY in str(result.get("msg")):
        return "unreachable", _reason(UNREACHABLE, text) or _first_line(text)
    rc = result.get("rc")
    ended = ENDED.get(rc) if isinstance(rc, int) else None
    return "collect_failed", _reason(COLLECT_FAILED, text) or ended or _first_line(text)


def _period(timed_out: Any) -> float | None:
    """The seconds that Ansible says it waited."""
    period = timed_out.get("period") if isinstance(timed_out, Mapping) else None
    return float(period) if isinstance(period, int | float) else None


def _reason(patterns: tuple[tuple[str, str], ...], text: str) -> str | None:
    for pattern, reason in patterns:
        found = re.search(pattern, text)
        if found:
            return " ".join(reason.format(**found.groupdict()).split())[:REASON_LIMIT]
    return None


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (lines[0] if lines else "no reason was given")[:REASON_LIMIT]
