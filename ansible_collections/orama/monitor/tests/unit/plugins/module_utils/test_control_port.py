"""Anyone's control port: who proves to know its cookie is answered, and no file's content ever leaves."""

from __future__ import annotations

import hmac
import os
import socket
import threading
import time

import pytest

from ansible_collections.orama.monitor.plugins.module_utils.errors import Denied, Missing, ProbeError, ProbeTimeout
from ansible_collections.orama.monitor.plugins.module_utils.probe import Probe
from ansible_collections.orama.monitor.tests.unit.plugins.module_utils import tiny_server


def control_port(tmp_path, replies):
    """A control socket that answers each command by its first word's reply or function, and what it heard."""
    heard = []
    path = tmp_path / "run/anon/control"
    path.parent.mkdir(parents=True, exist_ok=True)
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(path))
    server.listen(1)

    def received(commands):
        try:
            return commands.readline()
        except OSError:
            return b""

    def serve():
        line, _peer = server.accept()
        with line, line.makefile("rb") as commands:
            for command in iter(lambda: received(commands), b""):
                heard.append(command.decode().strip())
                reply = replies.get(heard[-1].split()[0])
                reply = reply(heard[-1]) if callable(reply) else reply
                if reply is None:
                    break
                line.sendall(reply.encode())

    threading.Thread(target=serve, daemon=True).start()
    return Probe(root=str(tmp_path)), heard


INFO = '250-PROTOCOLINFO 1\r\n250-AUTH METHODS=%s COOKIEFILE="%s"\r\n250 OK\r\n'
PHASE = '250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done"\r\n250 OK\r\n'
COOKIE = "/run/anon/control.authcookie"


TO_US, TO_IT = (
    b"Tor safe cookie authentication %s hash" % way for way in (b"server-to-controller", b"controller-to-server")
)
OTHER_NONCE = b"\x02" * 32


def proof(key, command, cookie):
    """What proves that the cookie is known, to the nonce in a challenge."""
    return hmac.new(key, cookie + bytes.fromhex(command.split()[-1]) + OTHER_NONCE, "sha256").hexdigest().upper()


def knowing(cookie):
    """The reply to a challenge, of a daemon that knows the cookie."""
    words = "250 AUTHCHALLENGE SERVERHASH=%s SERVERNONCE=%s\r\n"
    return lambda command: words % (proof(TO_US, command, cookie), OTHER_NONCE.hex())


def replies(methods="COOKIE,SAFECOOKIE", cookie=COOKIE, **more):
    known = {"PROTOCOLINFO": INFO % (methods, cookie), "AUTHENTICATE": "250 OK\r\n", "GETINFO": PHASE}
    return dict(known, AUTHCHALLENGE=knowing(b"\x01" * 32), **more)


def put_cookie(tmp_path, content, path=COOKIE):
    place = tmp_path / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def ask_control(probe, timeout=2.0):
    return probe.machine("control", "/run/anon/control", "status/bootstrap-phase", timeout)


def test_control_port_with_a_cookie(tmp_path):
    put_cookie(tmp_path, b"\x01" * 32)
    probe, heard = control_port(tmp_path, replies())
    assert "PROGRESS=100" in ask_control(probe)
    assert heard[::3] == ["PROTOCOLINFO 1", "GETINFO status/bootstrap-phase"]
    assert heard[2] == "AUTHENTICATE %s" % proof(TO_IT, heard[1], b"\x01" * 32).lower()
    assert "01" * 32 not in "".join(heard)


def test_control_port_without_a_lock(tmp_path):
    probe, heard = control_port(tmp_path, replies("NULL"))
    assert "PROGRESS=100" in ask_control(probe)
    assert heard[1] == "AUTHENTICATE"


@pytest.mark.parametrize(
    ("place", "content"),
    [
        ("/etc/secret", b"\x01" * 32),
        ("/run/anon/../../etc/secret", b"\x01" * 32),
        (COOKIE, b"\x01" * 33),
        (COOKIE, b"short"),
    ],
)
def test_no_file_but_a_cookie_is_ever_sent(tmp_path, place, content):
    put_cookie(tmp_path, content, os.path.normpath(place))
    probe, heard = control_port(tmp_path, replies(cookie=place))
    with pytest.raises(Denied):
        ask_control(probe)
    assert heard == ["PROTOCOLINFO 1"]


def test_a_cookies_name_that_no_file_has_costs_this_source_alone(tmp_path):
    probe, heard = control_port(tmp_path, replies(cookie="/run/anon/\0x"))
    with pytest.raises(Denied):
        ask_control(probe)
    assert heard == ["PROTOCOLINFO 1"]


@pytest.mark.parametrize("kind", [os.symlink, lambda _secret, place: os.mkfifo(place)], ids=["link", "pipe"])
def test_what_stands_in_the_cookies_place_is_not_read(tmp_path, kind):
    put_cookie(tmp_path, b"\x01" * 32, "/etc/secret")
    probe, heard = control_port(tmp_path, replies())
    kind(str(tmp_path / "etc/secret"), str(tmp_path / COOKIE.lstrip("/")))
    with pytest.raises(Denied, match="not readable"):
        ask_control(probe)
    assert heard == ["PROTOCOLINFO 1"]


@pytest.mark.parametrize(
    "challenge",
    [
        knowing(b"\x03" * 32),
        "250 AUTHCHALLENGE SERVERHASH= SERVERNONCE=\r\n",
        "250 OK\r\n",
        "513 no\r\n",
    ],
    ids=["another cookie", "nothing", "no challenge", "refused"],
)
def test_nothing_is_proved_to_who_does_not_know_the_cookie(tmp_path, challenge):
    put_cookie(tmp_path, b"\x01" * 32)
    probe, heard = control_port(tmp_path, dict(replies(), AUTHCHALLENGE=challenge))
    with pytest.raises(Denied, match="does not know its cookie"):
        ask_control(probe)
    assert len(heard) == 2


@pytest.mark.parametrize(
    ("methods", "more", "error"),
    [
        ("HASHEDPASSWORD", {}, Denied),
        ("NULL", {"AUTHENTICATE": "515 Bad\r\n"}, Denied),
        ("NULL", {"PROTOCOLINFO": "garbage\r\n250 OK\r\n"}, Denied),
        ("NULL", {"GETINFO": None}, ProbeError),
        ("NULL", {"GETINFO": "250-endless\r\n" * 5000}, ProbeTimeout),
        ("NULL", {"GETINFO": "250-cut"}, ProbeTimeout),
    ],
)
def test_control_port_that_will_not(tmp_path, methods, more, error):
    probe, _heard = control_port(tmp_path, replies(methods, **more))
    with pytest.raises(error):
        ask_control(probe, 0.3)


def test_control_port_that_drips_ends_by_its_time():
    began = time.monotonic()
    with tiny_server.tcp(tiny_server.dripping(b"250-", b"x")) as port, pytest.raises(ProbeTimeout):
        Probe().machine("control", "127.0.0.1:%d" % port, "status/bootstrap-phase", 0.3)
    assert time.monotonic() - began < 2


def test_control_port_where_nobody_listens(tmp_path):
    with pytest.raises(Missing):
        ask_control(Probe(root=str(tmp_path)))
    with pytest.raises(Missing):
        Probe().machine("control", "127.0.0.1:1", "status/bootstrap-phase", 1.0)
