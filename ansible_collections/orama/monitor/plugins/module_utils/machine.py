# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""What no file or command answers cheaply: psutil, the process table, who holds a socket, clocks.

Reached only through ``probe.machine(name, …)``, so that a test can answer instead. Answers are JSON-able.
"""

from __future__ import annotations

import os
import re
import time
import warnings

from .errors import Denied, Missing, ProbeError, ProbeTimeout
from .late import IMPORTING
from .patience import opened, within_time
from .stream import Stream

NO_PSUTIL = "psutil is not installed on this node: run ansible-playbook -i INVENTORY orama.monitor.prepare"
ZOMBIE_WAIT = 0.1
UNSYNCHRONIZED_ERROR = 16000000  # microseconds by which the kernel fears its clock may be wrong


def answer(root: str, name: str, *args):
    """The answer called ``name``; ``root`` is where the file system begins. Raises Missing without psutil."""
    try:
        return ANSWERS[name](root, *args)
    except OSError as error:
        raise ProbeError("%s: %s" % (name, error.strerror)) from None


def cpu_count(_root: str) -> int | None:
    return os.cpu_count()


# psutil


def _psutil(root: str):
    try:
        with IMPORTING:
            import psutil
    except Exception:  # missing, or built for another Python: one remedy
        raise Missing(NO_PSUTIL) from None
    psutil.PROCFS_PATH = os.path.join(root, "proc")
    return psutil


def virtual_memory(root: str) -> dict:
    """Bytes: total, available, used, free …"""
    return dict(_psutil(root).virtual_memory()._asdict())


def swap_memory(root: str) -> dict:
    """Bytes: total, used, free …"""
    psutil = _psutil(root)
    with warnings.catch_warnings():  # without /proc/vmstat's swap counters psutil warns on stderr
        warnings.simplefilter("ignore")
        return dict(psutil.swap_memory()._asdict())


def disk_usage(root: str, path: str) -> dict:
    """Bytes, percent and inodes of the file system that holds ``path``, and where that is mounted.

    Raises ProbeTimeout where that does not answer.
    """
    psutil = _psutil(root)
    place = os.path.join(root, path.lstrip("/"))

    def ask():
        usage = dict(psutil.disk_usage(place)._asdict())
        inodes = os.statvfs(place)
        return dict(usage, inodes=inodes.f_files, inodes_free=inodes.f_favail, mount=_mount(place, root))

    try:
        return within_time(path, ask)
    except FileNotFoundError:
        raise Missing("%s: no such directory" % path) from None
    except OSError as error:
        raise ProbeError("%s: %s" % (path, error.strerror)) from None


def _mount(place: str, root: str) -> str:
    place = os.path.realpath(place)
    while not os.path.ismount(place) and place != os.path.realpath(root):
        place = os.path.dirname(place)
    return "/" + os.path.relpath(place, root) if place != root else "/"


# The process table


def processes(root: str) -> list[list]:
    """[pid, ppid, state letter, name] of every process but those that this one started.

    A zombie is one that stays: most are gone within the moment in which their parent takes notice.
    """
    found = [entry for entry in (_process(root, pid) for pid in _pids(root)) if entry]
    if any(entry[2] == "Z" for entry in found):
        time.sleep(ZOMBIE_WAIT)
        found = [entry for entry in found if entry[2] != "Z" or _process(root, entry[0]) == entry]
    return [entry for entry in found if entry[1] != os.getpid()]


def _pids(root: str) -> list[int]:
    try:
        return [int(name) for name in os.listdir(os.path.join(root, "proc")) if name.isdigit()]
    except OSError as error:
        raise ProbeError("/proc: %s" % error.strerror) from None


def _process(root: str, pid: int) -> list | None:
    try:
        with open(os.path.join(root, "proc", str(pid), "stat"), "rb") as file:
            text = file.read(4096).decode("utf-8", "backslashreplace")
        name, rest = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 1 :].split()
        return [pid, int(rest[1]), rest[0], name]
    except (OSError, ValueError, IndexError):  # it ended in between
        return None


def socket_owners(root: str, inodes: list[int]) -> dict[str, str]:
    """The process' name by the inode of a socket it holds, as far as this user may look."""
    wanted = {"socket:[%d]" % inode: str(inode) for inode in inodes if inode}
    owners: dict[str, str] = {}
    for pid in _pids(root):
        if len(owners) == len(wanted):
            break
        folder = os.path.join(root, "proc", str(pid), "fd")
        try:
            held = {_link(folder, name) for name in os.listdir(folder)}
        except OSError:  # not ours to look at, or it ended in between
            continue
        for link in held & wanted.keys():
            entry = _process(root, pid)
            if entry:
                owners.setdefault(wanted[link], entry[3])
    return owners


def _link(folder: str, name: str) -> str:
    try:
        return os.readlink("%s/%s" % (folder, name))
    except OSError:
        return ""


def privileged(_root: str) -> bool:
    """Whether this process may see what belongs to others."""
    return os.geteuid() == 0


# Clocks


def now(_root: str) -> float:
    """The node's clock, unix seconds."""
    return time.time()


def utc_offset(_root: str) -> int:
    """Seconds by which the node's local time is ahead of UTC now."""
    return time.localtime().tm_gmtoff


def monotonic(_root: str) -> float:
    """Seconds on the clock that systemd's "monotonic" times count on."""
    return time.monotonic()


def read_after(root: str, seconds: float, *paths: str) -> str:
    """Small files of /proc, joined, as they are after a wait: with an earlier reading it makes a sampling window."""
    time.sleep(seconds)
    return "".join(_small_file(root, path) for path in paths)


def _small_file(root: str, path: str) -> str:
    try:
        with open(os.path.join(root, path.lstrip("/")), "rb") as file:
            return file.read(65536).decode("utf-8", "backslashreplace")
    except OSError as error:
        raise ProbeError("%s: %s" % (path, error.strerror)) from None


def clock_synchronized(_root: str) -> bool | None:
    """What the kernel thinks of its clock, as timedatectl asks it. None where it can't be asked."""
    try:
        with IMPORTING:
            import ctypes

        class Timex(ctypes.Structure):
            """The beginning of the kernel's struct timex; the rest is room for what it writes."""

            _fields_ = [
                ("modes", ctypes.c_uint),
                ("offset", ctypes.c_long),
                ("freq", ctypes.c_long),
                ("maxerror", ctypes.c_long),
                ("rest", ctypes.c_char * 512),
            ]

        clock = Timex()
        if ctypes.CDLL(None).adjtimex(ctypes.byref(clock)) < 0:
            return None
        return clock.maxerror < UNSYNCHRONIZED_ERROR
    except (ImportError, OSError, AttributeError):
        return None


# Anyone's control port

COOKIE_FOLDERS = ("/run/anon/", "/var/run/anon/", "/var/lib/anon/", "/run/tor/", "/var/lib/tor/")
COOKIE_BYTES = 32
CHALLENGE = re.compile("250 AUTHCHALLENGE SERVERHASH=([0-9A-Fa-f]{64}) SERVERNONCE=([0-9A-Fa-f]{64})$")
THEIR_PROOF = b"Tor safe cookie authentication server-to-controller hash"
OUR_PROOF = b"Tor safe cookie authentication controller-to-server hash"
REPLY_LINES, REPLY_LINE = 100, 4096


def control(root: str, address: str, key: str, timeout: float) -> str:
    """What ``GETINFO key`` answers on a control socket ("/path") or port ("host:port").

    The cookie that opens it is read only from Anyone's own folders, and only to prove that both sides know it.
    Raises Missing (nobody listens), Denied (it wants a password or an unreadable cookie), ProbeTimeout.
    """
    with _connected(root, address, timeout) as stream:
        methods = _command(stream, "PROTOCOLINFO 1")
        login = _command(stream, "AUTHENTICATE%s" % _credentials(stream, root, address, methods))
        if not login.startswith("250"):
            raise Denied("%s: the control port refused the cookie" % address)
        return _command(stream, "GETINFO %s" % key)


def _connected(root: str, address: str, timeout: float) -> Stream:
    is_socket = address.startswith("/")
    host, _colon, port = (address, "", "0") if is_socket else address.rpartition(":")
    try:
        return Stream(os.path.join(root, host.lstrip("/")) if is_socket else host, int(port), timeout)
    except ProbeTimeout:
        raise
    except ProbeError:
        raise Missing("%s: nobody listens there" % address) from None


def _command(stream: Stream, command: str) -> str:
    """One command's reply: lines up to the one that has a blank after its code."""
    stream.send(command.encode() + b"\r\n")
    lines: list[str] = []
    while not lines or lines[-1][3:4] != " ":
        if len(lines) > REPLY_LINES:
            raise ProbeTimeout("the control port's reply has no end")
        lines.append(stream.line(REPLY_LINE).decode("utf-8", "backslashreplace"))
    return "\n".join(lines)


def _credentials(stream: Stream, root: str, address: str, methods: str) -> str:
    offered = re.search(r"AUTH METHODS=(\S+)", methods)
    names = offered.group(1).split(",") if offered else []
    if "NULL" in names:
        return ""
    place = re.search(r'COOKIEFILE="([^"\\\0]+)"', methods)
    if "SAFECOOKIE" not in names or not place or not os.path.normpath(place.group(1)).startswith(COOKIE_FOLDERS):
        raise Denied("%s: the control port asks for a password" % address)
    cookie = _cookie(os.path.join(root, os.path.normpath(place.group(1)).lstrip("/")), address)
    return " " + _proof(stream, address, cookie).hex()


def _cookie(path: str, address: str) -> bytes:
    try:
        with opened(path, os.O_NOFOLLOW) as file:
            cookie = file.read(COOKIE_BYTES + 1)
    except OSError:
        raise Denied("%s: the control port's cookie is not readable by this user" % address) from None
    if len(cookie) != COOKIE_BYTES:
        raise Denied("%s: the control port's cookie has not the length of one" % address)
    return cookie


def _proof(stream: Stream, address: str, cookie: bytes) -> bytes:
    """That we know the cookie, for who has proved to know it: another file of that length stays a secret."""
    with IMPORTING:
        import hmac
    nonce = os.urandom(COOKIE_BYTES)
    challenge = CHALLENGE.match(_command(stream, "AUTHCHALLENGE SAFECOOKIE %s" % nonce.hex()))
    proof, other = map(bytes.fromhex, challenge.groups()) if challenge else (b"", b"")
    known = cookie + nonce + other
    if not hmac.compare_digest(proof, hmac.new(THEIR_PROOF, known, "sha256").digest()):
        raise Denied("%s: the control port does not know its cookie" % address)
    return hmac.new(OUR_PROOF, known, "sha256").digest()


ANSWERS = {
    "clock_synchronized": clock_synchronized,
    "control": control,
    "cpu_count": cpu_count,
    "disk_usage": disk_usage,
    "monotonic": monotonic,
    "privileged": privileged,
    "processes": processes,
    "read_after": read_after,
    "socket_owners": socket_owners,
    "swap_memory": swap_memory,
    "time": now,
    "utc_offset": utc_offset,
    "virtual_memory": virtual_memory,
}
