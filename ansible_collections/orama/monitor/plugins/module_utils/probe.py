# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""The only place that touches the node: run a command, ask over HTTP, read a file, open a socket.

Every question has a timeout, and no question outlives the collection's deadline. What comes back is raw; a
collector parses it with a pure function, so that parsers are tested from recorded answers without a node.
"""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import subprocess
import threading
import time

from .errors import Denied, Missing, ProbeError, ProbeTimeout
from .late import IMPORTING
from .options import Options
from .patience import opened, within_time
from .pick import from_json

TEXT_LIMIT = 4 * 1024 * 1024
PIPE_READ = 65536
TO_TELL = 0.3  # seconds before the collection's end by which a question ends
END_SECONDS = 0.5  # in which what was killed is gone, unless the kernel holds it
SAFE_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C",
    "SYSTEMD_COLORS": "0",
    "SYSTEMD_PAGER": "",
}


class Output:
    """What a command printed: ``code`` (int), ``stdout`` and ``stderr`` (str, undecodable bytes escaped)."""

    def __init__(self, code: int, stdout: str, stderr: str = "") -> None:
        self.code = code
        self.stdout = stdout
        self.stderr = stderr


class Response:
    """What an HTTP server answered: ``status`` (int), ``body`` (str), ``complete`` (False when it was cut off)."""

    def __init__(self, status: int, body: str, complete: bool = True) -> None:
        self.status = status
        self.body = body
        self.complete = complete

    def json(self):
        """The body as JSON. Raises ProbeError when it is not JSON."""
        try:
            return from_json(self.body)
        except (ValueError, RecursionError):
            raise ProbeError("answered HTTP %d with a body that is not JSON" % self.status) from None


class Probe:
    """Asks one node. ``root`` is where its file system begins, so that a test can hand in a tree of its own."""

    def __init__(self, options: Options | None = None, root: str = "/") -> None:
        self.options = options or Options()
        self.root = root
        self.ends = time.monotonic() + self.options.deadline
        self._lock = threading.Lock()
        self._children: set = set()
        self._shared: dict = {}
        self._dead: dict[str, str] = {}

    # Files

    def path(self, path: str) -> str:
        """Where ``path`` of the node is for this process."""
        return os.path.join(self.root, path.lstrip("/"))

    def exists(self, path: str) -> bool:
        return self._answered(path, lambda: os.path.exists(self.path(path)))

    def read(self, path: str, limit: int = TEXT_LIMIT, tail: bool = False, start: int = 0) -> str:
        """At most ``limit`` bytes of a file, from ``start`` or (``tail``) its end. Raises Missing, Denied."""

        def ask():
            with opened(self.path(path)) as file:
                if tail:
                    file.seek(max(0, os.fstat(file.fileno()).st_size - limit))
                elif start:
                    file.seek(start)
                return _taken(file, limit).decode("utf-8", "backslashreplace")

        try:
            return self._answered(path, ask)
        except (FileNotFoundError, NotADirectoryError):
            raise Missing("%s: no such file" % path) from None
        except PermissionError:
            raise Denied("%s: not readable by this user" % path) from None
        except OSError as error:
            raise ProbeError("%s: %s" % (path, error.strerror)) from None

    def permissions(self, path: str) -> str:
        """The permission bits of a file as octal digits such as "600". Raises Missing, Denied."""
        return "%o" % (self._stat(path).st_mode & 0o7777)

    def modified(self, path: str) -> float:
        """When a file was last written to, unix seconds. Raises Missing, Denied."""
        return self._stat(path).st_mtime

    def size(self, path: str) -> int:
        """How many bytes a file has. Raises Missing, Denied."""
        return self._stat(path).st_size

    def _stat(self, path: str) -> os.stat_result:
        try:
            return self._answered(path, lambda: os.stat(self.path(path)))
        except (FileNotFoundError, NotADirectoryError):
            raise Missing("%s: no such file" % path) from None
        except OSError as error:
            raise Denied("%s: %s" % (path, error.strerror)) from None

    def _answered(self, path: str, ask):
        """What ``ask()`` gives. Orama's home, or a part of it, may be a mount that is dead: it is waited for once."""
        if not _inside(path, self.options.orama_home):
            return ask()
        for dead, said in list(self._dead.items()):
            if _inside(path, dead):
                raise ProbeTimeout(said)
        try:
            return within_time(path, ask)
        except ProbeTimeout as error:
            self._dead[path] = str(error)
            raise

    # Commands

    def has(self, command: str) -> bool:
        """Whether the command is on the node."""
        return shutil.which(command, path=SAFE_ENVIRONMENT["PATH"]) is not None

    def run(self, argv: list[str], timeout: float | None = None) -> Output:
        """Run a command without a shell. Raises Missing, ProbeTimeout; any exit code is an answer.

        The command leads a process group of its own: past its time the whole group is killed.
        """
        command = shutil.which(argv[0], path=SAFE_ENVIRONMENT["PATH"])
        if command is None:
            raise Missing("%s: command not found" % argv[0])
        limit = self.at_most(timeout or self.options.command_timeout)
        child = self._start([command] + list(argv[1:]))
        try:
            stdout, stderr = _outputs(child, limit)
        except subprocess.TimeoutExpired:
            _kill(child)  # also when the command itself is gone and only what it started holds the pipes
            raise ProbeTimeout("%s: no answer within %.3g s" % (os.path.basename(argv[0]), limit)) from None
        finally:
            self._end(child)
        return Output(child.returncode, _text(stdout), _text(stderr))

    def _start(self, argv: list[str]) -> subprocess.Popen:
        try:
            child = subprocess.Popen(  # not under the lock: a program that lies on a dead mount holds who starts it
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=SAFE_ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            raise ProbeError("%s: %s" % (os.path.basename(argv[0]), error.strerror)) from None
        with self._lock:
            self._children.add(child)
            is_late = time.monotonic() >= self.ends
        if is_late:  # closed in the meantime, without a word to this child
            self._end(child)
            raise ProbeTimeout("%s: the collection's time is over" % os.path.basename(argv[0]))
        return child

    def _end(self, child: subprocess.Popen) -> None:
        with self._lock:
            self._children.discard(child)
        if child.poll() is None:
            _kill(child)
        for pipe in (child.stdout, child.stderr):
            pipe.close()
        try:
            child.wait(END_SECONDS)
        except subprocess.TimeoutExpired:  # the kernel holds it, as on a dead disk: it ends when it may, or never
            threading.Thread(target=child.wait, daemon=True).start()

    def close(self) -> None:
        """Kill whatever still runs, which ends those who wait for it; nothing can be started afterwards."""
        with self._lock:
            self.ends = 0.0
            children = list(self._children)
        for child in children:
            _kill(child)

    # Network

    def get(self, url: str, timeout: float | None = None, limit: int = TEXT_LIMIT) -> Response:
        """GET a URL of this node. Raises Refused, ProbeTimeout, ProbeError (no HTTP)."""
        return self.http("GET", url, timeout=timeout, limit=limit)

    def post(self, url: str, body: str = "", timeout: float | None = None, limit: int = TEXT_LIMIT) -> Response:
        """POST JSON to a URL of this node. Raises as ``get``."""
        return self.http("POST", url, body=body, timeout=timeout, limit=limit)

    def http(
        self, method: str, url: str, body: str = "", timeout: float | None = None, limit: int = TEXT_LIMIT
    ) -> Response:
        """One request. A body that stops coming is returned as far as it came, with ``complete`` False."""
        with IMPORTING:
            from .http import request

        return request(method, url, body, self.at_most(timeout or self.options.http_timeout), limit)

    def resp(self, host: str, port: int, *words: str):
        """A command in Redis' protocol (RESP), as Olric speaks it: str, int, None or a list of them.

        Raises Denied for -NOAUTH, Refused when nobody listens, ProbeError for any other error reply, ProbeTimeout.
        """
        with IMPORTING:
            from . import resp

        return resp.ask(host, port, words, self.at_most(self.options.http_timeout))

    def dns(self, name: str, kind: str, server: str = "127.0.0.1") -> dict:
        """One DNS question over UDP: ``{"rcode": int, "answers": [{"type": str, "data": str}, …]}``."""
        with IMPORTING:
            from . import dns_wire

        return dns_wire.ask(server, 53, name, kind, self.at_most(self.options.http_timeout))

    def certificate(self, host: str, port: int, name: str) -> str:
        """The certificate that a TLS server shows for ``name``, unverified, as base64 of its DER."""
        with IMPORTING:
            from . import tls

        return tls.fetch(host, port, name, self.at_most(self.options.http_timeout))

    # The machine

    def entries(self, path: str) -> list[str]:
        """The names in a directory, sorted. Raises Missing, Denied."""
        try:
            return sorted(self._answered(path, lambda: os.listdir(self.path(path))))
        except (FileNotFoundError, NotADirectoryError):
            raise Missing("%s: no such directory" % path) from None
        except OSError as error:
            raise Denied("%s: %s" % (path, error.strerror)) from None

    def machine(self, name: str, *args):
        """What psutil, the process table or a clock says: an answer of machine.py, as JSON-able values."""
        with IMPORTING:
            from .machine import answer

        return answer(self.root, name, *args)

    # Several questions

    def once(self, ask):
        """The answer of ``ask(probe)``, asked once in a collection and shared by all who want it (also its error)."""
        with self._lock:
            answer = self._shared.setdefault(ask, _Answer())
        return answer.get(ask, self)

    def together(self, questions: dict) -> dict:
        """Ask ``{name: callable}`` side by side; the answers by name, where a failed one is its exception."""
        answers: dict = {}

        def ask(name, question):
            try:
                answers[name] = question()
            except Exception as error:  # a failed question costs only its own answer
                answers[name] = error

        threads = [threading.Thread(target=ask, args=item, daemon=True) for item in questions.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, self.ends - time.monotonic()) + 0.5)
        for name in questions:
            answers.setdefault(name, ProbeTimeout("%s: the collection's time is over" % name))
        return answers

    def at_most(self, wanted: float) -> float:
        """The seconds that a question may take, so that what was left without an answer can still be told."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise ProbeTimeout("the collection's time is over")
        return min(wanted, max(left - TO_TELL, left / 2))


class _Answer:
    """A value or an error that several threads wait for and one thread fetches."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done = False
        self._value: object = None
        self._error: Exception | None = None

    def get(self, ask, probe):
        with self._lock:
            if not self._done:
                try:
                    self._value = ask(probe)
                except Exception as error:
                    self._error = error
                self._done = True
        if self._error is not None:
            raise self._error
        return self._value


def _outputs(child: subprocess.Popen, seconds: float) -> tuple[bytes, bytes]:
    """Both outputs to their end, of which no more than TEXT_LIMIT bytes each are kept. Raises TimeoutExpired."""
    ends = time.monotonic() + seconds
    kept = {child.stdout: bytearray(), child.stderr: bytearray()}
    with selectors.DefaultSelector() as waiting:
        for pipe in kept:
            waiting.register(pipe, selectors.EVENT_READ)
        while waiting.get_map():
            left = ends - time.monotonic()
            ready = waiting.select(left) if left > 0 else []
            if not ready:
                raise subprocess.TimeoutExpired(child.args, seconds)
            for key, _events in ready:
                piece = os.read(key.fd, PIPE_READ)
                if piece:
                    kept[key.fileobj] += piece[: TEXT_LIMIT - len(kept[key.fileobj])]
                else:
                    waiting.unregister(key.fileobj)
    child.wait(max(0.0, ends - time.monotonic()))
    stdout, stderr = kept.values()
    return bytes(stdout), bytes(stderr)


def _kill(child: subprocess.Popen) -> None:
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


def _inside(path: str, folder: str) -> bool:
    return (path + "/").startswith(folder.rstrip("/") + "/")


def _taken(file, limit: int) -> bytes:
    """At most ``limit`` bytes, piece by piece: /proc/sys refuses to be read by the megabyte."""
    pieces = []
    while limit > 0:
        piece = file.read(min(limit, 65536))
        if not piece:
            break
        pieces.append(piece)
        limit -= len(piece)
    return b"".join(pieces)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")
