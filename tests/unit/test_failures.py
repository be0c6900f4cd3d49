"""Ansible's and ssh's own words, and the one line we make of them."""

from typing import Any

import pytest

from orama_monitor.failures import failure

SSH = "Failed to connect to the host via ssh: "
#: What sudo says and goes on.
WARNED = (
    "sudo: unable to resolve host ns1: Name or service not known\n"
    "sudo: setrlimit(RLIMIT_CORE): Operation not permitted\r\n"
)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("ssh: connect to host 198.51.100.13 port 22: Connection refused", "connection refused"),
        ("ssh: connect to host 198.51.100.13 port 22: Connection timed out", "no answer in time"),
        ("Connection timed out during banner exchange", "no answer in time"),
        ("ssh: connect to host 198.51.100.13 port 22: No route to host", "no route to host"),
        ("ssh: Could not resolve hostname nix.example: Name or service not known", "does not resolve"),
        ("ubuntu@198.51.100.13: Permission denied (publickey,password).", "login refused"),
        ("@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.", "host key changed"),
        ("kex_exchange_identification: Connection closed by remote host", "closed before login"),
        (
            "No ED25519 host key is known for 198.51.100.13 and you have requested strict checking.\n"
            "Host key verification failed.",
            "host key is not known: ",
        ),
        ("Host key verification failed.", "not known, or it changed"),
        ('Load key "id": incorrect passphrase supplied\nPermission denied (publickey).', "ssh-agent"),
        ("Timeout (12s) waiting for privilege escalation prompt: ", "sudo -n true"),
        ("something nobody has seen before", "something nobody has seen before"),
    ],
)
def test_unreachable(said: str, reason: str) -> None:
    kind, text = failure({"msg": SSH + said, "unreachable": True}, unreachable=True, timeout=30)
    assert kind == "unreachable"
    assert reason in text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ({"msg": "Timeout (12s) waiting for privilege escalation prompt:"}, "sudo -n true"),
        ({"msg": "Missing sudo password"}, "put it in the conf"),
        ({"msg": "x", "module_stderr": "sudo: \x0b a\x85b"}, "sudo is broken: a b"),
        ({"msg": "no report came back", "rc": 137}, "it was killed before it could answer"),
        ({"msg": "no report came back", "rc": 142}, "it did not end in time"),
        ({"msg": "no report came back", "rc": [142]}, "no report came back"),
        ({"msg": "Incorrect sudo password"}, "refuses the password"),
        ({"msg": "no report came back", "module_stderr": f"{WARNED}/bin/sh: 1: python3: not found"}, "no Python 3"),
        ({"msg": "x", "module_stderr": f"{WARNED}OSError: [Errno 28] No space left on device"}, "disk is full"),
        ({"msg": "no report came back", "module_stderr": WARNED, "rc": 137}, "it was killed"),
        ({"msg": WARNED, "rc": 142}, "it did not end in time"),
        ({"msg": f"{WARNED}sudo: a password is required"}, "put it in the conf"),
        ({"msg": f"{WARNED}something else"}, "something else"),
        (
            {"msg": "no report came back", "module_stderr": "sudo: sorry, you must have a tty to run sudo"},
            "take that out of sudoers, or in playbooks set orama_pipelining=false",
        ),
        ({"msg": "x", "module_stderr": "sudo: a password is required"}, "put it in the conf"),
        (
            {"msg": "no report came back", "module_stderr": "sudo: /etc/sudoers is owned by uid 1, should be 0"},
            "sudo is broken: /etc/sudoers is owned by uid 1, should be 0",
        ),
        ({"msg": "no report came back", "module_stderr": "/bin/sh: 1: python3: not found"}, "no Python 3"),
        ({"msg": "x", "module_stderr": "Python 3.8 or later is needed, this is 3.6"}, "too old"),
        ({"msg": "x", "module_stderr": "OSError: [Errno 28] No space left on device"}, "disk is full"),
        ({"msg": "the report is not valid JSON"}, "the report is not valid JSON"),
        ({}, "no reason was given"),
    ],
)
def test_collect_failed(result: dict[str, Any], reason: str) -> None:
    kind, text = failure(result, unreachable=False, timeout=30)
    assert kind == "collect_failed"
    assert reason in text


def test_a_host_key_refused_where_the_conf_has_a_password_is_a_node_out_of_reach() -> None:
    """In the words of ansible-core 2.19; 2.17 adds sshpass to them."""
    said = (
        "Using a SSH password instead of a key is not possible because Host Key checking is enabled. "
        "Please add this host's fingerprint to your known_hosts file to manage this host."
    )
    kind, text = failure({"msg": said}, unreachable=False, timeout=30)
    assert kind == "unreachable" and "host key is not known, or it changed" in text


def test_bytes_that_are_no_text_are_written_out() -> None:
    """sshd's banner in Latin-1, as Ansible hands it on: half a character, which no JSON reader takes."""
    said = {"msg": "Ger\udce4t gesperrt", "unreachable": True}
    assert failure(said, unreachable=True, timeout=30) == ("unreachable", "Ger\\udce4t gesperrt")


def test_a_task_past_its_time_is_a_node_that_does_not_answer() -> None:
    result = {"msg": "Timed out after 30 second(s).", "timedout": {"frame": "…"}}
    assert failure(result, unreachable=False, timeout=30) == ("unreachable", "no answer within 30 s")


def test_a_reason_is_bounded() -> None:
    _kind, text = failure({"msg": "x" * 10_000}, unreachable=False, timeout=30)
    assert len(text) == 300


def test_the_time_that_ansible_waited_is_told() -> None:
    timed_out = {"timedout": {"frame": "x", "period": 20}, "msg": "Timed out"}
    assert failure(timed_out, unreachable=False, timeout=60) == ("unreachable", "no answer within 20 s")
    assert failure({"timedout": True}, unreachable=False, timeout=60) == ("unreachable", "no answer within 60 s")
