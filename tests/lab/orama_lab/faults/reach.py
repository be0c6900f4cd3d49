"""Faults of reaching a node: power, network, ssh, sudo, Python, the login itself."""

from __future__ import annotations

from ..services import login
from ..shell import run
from .registry import LEADER, At, add, add_local


def _freeze(at: At) -> None:
    at.machine.freeze(True)


def _thaw(at: At) -> None:
    at.machine.freeze(False)


def _power_off(at: At) -> None:
    at.machine.end()


def _power_on(at: At) -> None:
    at.machine.boot()


UNREACHABLE = "NODE_UNREACHABLE"
FAILED = "NODE_COLLECT_FAILED"

add("node-frozen", "every process of the node stands still", _freeze, _thaw, UNREACHABLE, node="n4")
add("node-down", "the node is off", _power_off, _power_on, UNREACHABLE, node="n4")
add(
    "cable-out",
    "the node's cable is out",
    "ip link set eth0 down",
    "ip link set eth0 up; ip route replace default via 198.51.100.1",
    UNREACHABLE,
    node="n5",
)
add_local(
    "ssh-closed", "nothing listens on port 22", "systemctl stop ssh", "systemctl start ssh", UNREACHABLE, node="n1"
)

DROP = "INPUT -i eth0 -p tcp --dport 22 -j DROP"
OPEN = f"while iptables -D {DROP} 2>/dev/null; do :; done"
add_local("syn-dropped", "packets to port 22 vanish", f"iptables -I {DROP}", OPEN, UNREACHABLE, node="n2")


def impostor(banner: str) -> str:
    """Something else on port 22: it accepts, may greet, and says nothing more."""
    program = (
        "import socket,time; s=socket.create_server((chr(48)+chr(46)+chr(48)+chr(46)+chr(48)+chr(46)+chr(48),22));"
        f" held=[]\nwhile True: held.append(s.accept()[0]); held[-1].sendall({banner.encode()!r})"
    )
    return f'systemctl stop ssh; systemd-run -q --collect --unit=lab-impostor /usr/bin/python3 -c "{program}"'


NO_IMPOSTOR = "systemctl stop lab-impostor 2>/dev/null || :; systemctl start ssh"
add_local("ssh-silent", "port 22 accepts and says nothing", impostor(""), NO_IMPOSTOR, UNREACHABLE)
add_local(
    "ssh-banner-only",
    "sshd greets and says nothing more",
    impostor("SSH-2.0-OpenSSH_9.2\r\n"),
    NO_IMPOSTOR,
    UNREACHABLE,
)


def _other_host_key(at: At) -> None:
    key = at.site.directory("faults") / "host-key"
    if not key.exists():
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key])
    _put_host_key(at, key.read_text())


def _own_host_key(at: At) -> None:
    _put_host_key(at, login.host_key(at.site, at.node).read_text())


def _put_host_key(at: At, text: str) -> None:
    at.machine.live.write("etc/ssh/ssh_host_ed25519_key", text, 0o600)
    at.sh("ssh-keygen -y -f /etc/ssh/ssh_host_ed25519_key >/etc/ssh/ssh_host_ed25519_key.pub; systemctl restart ssh")


add_local("host-key-changed", "sshd shows another host key than before", _other_host_key, _own_host_key, UNREACHABLE)
add_local(
    "host-key-changed-password",
    "sshd shows another host key than before, to one who would give a password",
    _other_host_key,
    _own_host_key,
    UNREACHABLE,
    node="n5",
)

KEYS = "/home/ubuntu/.ssh/authorized_keys"
add_local(
    "key-refused",
    "the key is no longer authorized",
    f"mv {KEYS} {KEYS}.lab",
    f"mv {KEYS}.lab {KEYS}",
    UNREACHABLE,
    node="n4",
)


def _other_password(at: At) -> None:
    login.set_password(at.machine.live, "not the one in the conf")


def _own_password(at: At) -> None:
    login.set_password(at.machine.live, login.password(at.site, at.node))


add_local(
    "password-refused",
    "the password is another than the conf's",
    _other_password,
    _own_password,
    UNREACHABLE,
    node="n5",
)

NO_SETUID, SETUID = "chmod 0755 /usr/bin/sudo", "chmod 4755 /usr/bin/sudo"
add_local("sudo-broken", "sudo has lost its setuid bit", NO_SETUID, SETUID, FAILED)
add_local(
    "leader-unheard",
    "RQLite's leader works, and its sudo does not",
    NO_SETUID,
    SETUID,
    FAILED,
    node=LEADER,
    follow="RQLITE_LEADER_UNSEEN@cluster",
)


def _sudo_asks(at: At) -> None:
    at.machine.live.write(login.SUDOERS, "ubuntu ALL=(ALL:ALL) ALL\n", 0o440)


def _sudo_refuses(at: At) -> None:
    at.machine.live.write(login.SUDOERS, "# nothing\n", 0o440)


def _sudo_as_ever(at: At) -> None:
    at.machine.live.write(login.SUDOERS, login.sudoers(at.node), 0o440)


add_local("sudo-asks", "sudo asks for a password the conf has not", _sudo_asks, _sudo_as_ever, FAILED, node="n4")
add_local("sudo-refused", "the user may not sudo", _sudo_refuses, _sudo_as_ever, FAILED, node="n1")

HIDE = 'for p in /usr/bin/python3*; do [ "${p%.lab}" != "$p" ] || mv $p $p.lab; done'
SHOW = "for p in /usr/bin/python3*.lab; do mv $p ${p%.lab}; done"
add_local("python-missing", "there is no Python on the node", HIDE, SHOW, FAILED, node="n4")
PSUTIL = "/usr/lib/python3/dist-packages/psutil"
add_local(
    "psutil-missing",
    "python3-psutil is not installed",
    f"mv {PSUTIL} {PSUTIL}.lab",
    f"mv {PSUTIL}.lab {PSUTIL}",
    "COLLECTOR_FAILED",
    node="n4",
)

NOISE = "echo 'Welcome! {not json} [red]'; printf '\\033[31mnoise\\033[0m\\n'; echo warning >&2"
add_local(
    "login-noise",
    "the shell prints noise at every login",
    f'cp -p /home/ubuntu/.bashrc /home/ubuntu/.bashrc.lab; sed -i "1i {NOISE}" /home/ubuntu/.bashrc',
    "mv /home/ubuntu/.bashrc.lab /home/ubuntu/.bashrc",
    "",
    node="n4",
)
add_local(
    "tmp-full",
    "not one byte fits into /tmp any more",
    "mount -t tmpfs -o size=4k,mode=1777 lab-full /tmp; echo full >/tmp/full; truncate -s 4096 /tmp/full;"
    " head -c 4096 /dev/zero >/tmp/full",
    "umount -l /tmp",
    "",
)
