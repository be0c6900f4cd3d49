"""Faults of the answer itself: a node whose Python is handed the collectors, and says something else, or nothing."""

from __future__ import annotations

from .registry import Action, At, add_local

FAILED = "NODE_COLLECT_FAILED"
UNREACHABLE = "NODE_UNREACHABLE"

#: Found before the real one by sudo, and by nobody who names that by its path.
PROGRAM = "usr/local/bin/python3"
ASKED = '[ "$*" = \'-I -\' ] || exec /usr/bin/python3 "$@"\n'
GONE = f"rm -f /{PROGRAM}"
REAL = "/usr/bin/python3 -I -"


def _instead(script: str) -> Action:
    def inject(at: At) -> None:
        at.machine.live.write(PROGRAM, f"#!/bin/sh\n{ASKED}{script}\n", 0o755)

    return inject


def _answer(name: str, text: str, script: str, expect: str = FAILED, node: str = "n4") -> None:
    add_local(name, text, _instead(script), GONE, expect, node=node)


def _says(body: str) -> str:
    return f"cat >/dev/null; printf '\\n#orama-report:'; {body}"


def _real_but(name: str, value: str) -> str:
    """The real report with one number in it replaced."""
    return f"{REAL} | sed 's/\"{name}\": [0-9]*/{value}/'"


_answer("answer-nothing", "the collectors end without a word", "cat >/dev/null")
_answer("answer-not-json", "what comes back is not JSON", _says("echo '{broken'"))
_answer("answer-other-kind", "what comes back is JSON, and no report", _says("echo '[1, 2]'"))
_answer("answer-nan", "a report with NaN in it", _real_but("collect_ms", '"collect_ms": NaN'))
_answer("answer-twice", "a report that says a thing twice", _real_but("collect_ms", '"collect_ms": 1, "collect_ms": 2'))
_answer("answer-out-of-bounds", "a figure that can't be", _real_but("mem_use_pct", '"mem_use_pct": 101'))
_answer("answer-deep", "100,000 brackets", _says("head -c 100000 /dev/zero | tr '\\0' '['"))
_answer("answer-50-mb", "a report of 50 MB", _says("head -c 52428800 /dev/zero | tr '\\0' x"))
_answer("noise-50-mb", "50 MB and no report", "cat >/dev/null; head -c 52428800 /dev/zero | tr '\\0' x")
_answer("answer-not-utf8", "bytes that are no text before the report", f"printf '\\377\\376\\n'; exec {REAL}", "")
_answer("answer-late", "an answer after the time a node has", f"sleep 45; exec {REAL}", UNREACHABLE)
_answer(
    "python-too-old",
    "Python 3.7 is all there is",
    "exec /usr/bin/python3 -I -c 'import sys; sys.version_info = (3, 7, 3); exec(sys.stdin.read())'",
)
_answer("collectors-killed", "the collectors are killed in the middle", "head -c 1000 >/dev/null; kill -9 $$")
_answer(
    "collectors-stuck",
    "the collectors hang where no signal of Python's own reaches them",
    "exec /usr/bin/python3 -I -c 'import sys, threading; text = sys.stdin.read()"
    '.replace("found = json.dumps(report(options), allow_nan=False)",'
    ' "import re; re.match(r\\"(a+)+$\\", 64 * \\"a\\" + \\"!\\")"); exec(text)\'',
)
NOBODY = "setpriv --reuid=65533 --regid=65533 --clear-groups"
_answer(
    "no-processes",
    "not one process or thread more can be had",
    f"exec prlimit --nproc=1 {NOBODY} {REAL}",  # root is exempt from that limit
)
_answer("no-memory", "there is hardly any memory for the collectors", f"exec prlimit --as=60000000 {REAL}")

CUT = """
for p in /proc/[0-9]*; do
    case $(cat $p/comm 2>/dev/null) in
        sshd*) [ "$(stat -c %U $p)" != ubuntu ] || kill -9 ${p#/proc/} ;;
    esac
done
sleep 60
"""
_answer("connection-cut", "the connection is cut in the middle", CUT, UNREACHABLE)
DROP_IN = "run/systemd/system/ssh.service.d/lab.conf"
ANEW = "systemctl daemon-reload; systemctl restart ssh"


def _read_only(at: At) -> None:
    """The kernel lets no root go read-only while anything writes to it; for a login and all it starts it is."""
    at.machine.live.write(DROP_IN, "[Service]\nProtectSystem=strict\nReadWritePaths=/run\n")
    at.sh(f"{ANEW}; ! nsenter -m -t $(systemctl show -p MainPID --value ssh) touch /var/tmp/lab 2>/dev/null")


add_local("root-read-only", "the root file system is read-only", _read_only, f"rm -f /{DROP_IN}; {ANEW}", "", node="n5")
