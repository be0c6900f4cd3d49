"""What a user has set for Ansible counts where it helps, and holds no collection up where it doesn't."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from pathlib import Path
from typing import Any

import click
import pytest

from orama_monitor import ansible_cfg, ansible_settings, collect, workspace
from orama_monitor.commands import session
from orama_monitor.errors import MonitorError
from orama_monitor.nodes import LOCAL_NODE, read_nodes
from orama_monitor.snapshot import NodeResult
from tests.unit.cli.test_broken_controller import COLLECT, collected, left, run

LOCAL = collect.Request(nodes=[LOCAL_NODE], everyone=[LOCAL_NODE], conf=None)
ELSEWHERE = Path("/elsewhere")
ASKS = {"ANSIBLE_ASK_PASS": "True", "ANSIBLE_BECOME_ASK_PASS": "True", "ANSIBLE_ASK_VAULT_PASS": "True"}
VAULT = {"ANSIBLE_VAULT_IDENTITY_LIST": "x@prompt", "ANSIBLE_VAULT_PASSWORD_FILE": ".vault_pass"}
CFG = """\
[defaults]
ask_pass = true
ask_vault_pass = true
vault_identity_list = x@prompt
vault_password_file = nowhere
stdout_callback = nobody.has.this
[privilege_escalation]
become_ask_pass = true
"""


@pytest.fixture
def temporary_files_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.mark.parametrize(
    "changes",
    [ASKS, VAULT, {"ANSIBLE_STDOUT_CALLBACK": "nobody.has.this"}, {"LC_ALL": "C"}, {"LC_ALL": "xx_XX.UTF-8"}],
    ids=["asks", "vault", "callback", "C", "not generated"],
)
def test_a_variable_for_other_plays(tmp_path: Path, changes: dict[str, Any]) -> None:
    collected(run(tmp_path, **changes))
    assert left(tmp_path) == []


def test_an_ansible_cfg_for_other_plays(tmp_path: Path) -> None:
    (tmp_path / "ansible.cfg").write_text(CFG)
    collected(run(tmp_path))


@pytest.mark.parametrize("named", ["ansible.cfg", "configuration/own.cfg"])
def test_the_ansible_cfg_of_this_directory_counts_as_for_ansible_itself(tmp_path: Path, named: str) -> None:
    path = tmp_path / named
    path.parent.mkdir(exist_ok=True)
    path.write_text("[defaults]\n")
    changes: dict[str, Any] = {} if named == "ansible.cfg" else {"ANSIBLE_CONFIG": named}
    done = run(tmp_path, [*COLLECT, "-v"], **changes)
    assert done.code == 0
    assert f"Using {path} as config file" in done.err


def test_a_run_has_an_end_whatever_ansible_waits_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, temporary_files_here: None
) -> None:
    monkeypatch.setattr(collect, "SLACK", -299.0)
    with socket.create_server(("127.0.0.2", 0)) as silent:
        conf = tmp_path / "nodes.conf"
        conf.write_text(f"testnet|nobody@127.0.0.2:{silent.getsockname()[1]}|node\n")
        nodes = read_nodes(conf)
        with pytest.raises(MonitorError, match=r"^Ansible could not run: it had not ended after 2 s$"):
            collect.collect(collect.Request(nodes=nodes, everyone=nodes, conf=conf, timeout=300))
    assert list(workspace.user_directory().glob("run-*")) == []


def test_the_environment_of_who_called_is_in_no_file(temporary_files_here: None) -> None:
    notes: list[Path] = []

    def answered(_result: NodeResult) -> None:
        notes.extend(workspace.user_directory().glob("run-*/artifacts/*/command"))
        assert list(workspace.user_directory().glob("run-*/artifacts/*"))

    collect.collect(LOCAL, answered)
    assert notes == []


def test_what_cannot_be_said_costs_no_answer(monkeypatch: pytest.MonkeyPatch, temporary_files_here: None) -> None:
    def full(_text: str) -> None:
        raise OSError(28, "No space left on device")

    (node,) = collect.collect(LOCAL, on_said=full).nodes
    assert node.failure is None

    monkeypatch.setattr(click, "echo", lambda *_words, **_options: full(""))
    session._said("ok: [localhost]")


def told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **changes: str) -> dict[str, str]:
    for name, value in changes.items():
        monkeypatch.setenv(name, value)
    return ansible_settings.settings(LOCAL, tmp_path, Path.cwd())


def test_options_of_ssh_are_added_to_ours(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, temporary_files_here: None
) -> None:
    options = told(monkeypatch, tmp_path, ANSIBLE_SSH_EXTRA_ARGS="-J jump -o StrictHostKeyChecking=no")
    first, _space, last = options["ANSIBLE_SSH_EXTRA_ARGS"].partition(" -J ")
    assert "StrictHostKeyChecking=accept-new" in first
    assert last == "jump -o StrictHostKeyChecking=no"


def test_where_there_is_no_utf_8_of_c_the_user_s_locale_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, temporary_files_here: None
) -> None:
    assert told(monkeypatch, tmp_path)["LC_ALL"] == "C.UTF-8"
    monkeypatch.setattr(ansible_settings, "UTF_8", "xx_XX.UTF-8")
    assert "LC_ALL" not in told(monkeypatch, tmp_path)


def test_ansible_is_found_beside_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As where cron calls it: installed for a user, by a Python that is the system's."""
    command = tmp_path / "bin" / "orama"
    command.parent.mkdir()
    command.touch()
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    monkeypatch.setenv("PATH", "/usr/sbin")
    monkeypatch.setattr(sys, "argv", [str(command)])
    assert ansible_settings.search_path() == f"/usr/bin:{command.parent}:/usr/sbin"
    monkeypatch.setattr(sys, "argv", ["-c"])
    assert ansible_settings.search_path() == "/usr/bin:/usr/sbin"


def test_a_relative_command_is_found_while_its_directory_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (here / "orama").touch()
    monkeypatch.chdir(here)
    monkeypatch.setattr(sys, "argv", ["./orama"])
    assert str(here) in ansible_settings.search_path().split(":")
    shutil.rmtree(here)
    assert str(here) not in ansible_settings.search_path().split(":")


def test_another_user_s_ansible_cfg_does_not_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It can name code to run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ansible.cfg").touch()
    assert ansible_cfg.project(ELSEWHERE) == tmp_path
    monkeypatch.setattr("os.geteuid", lambda: os.getuid() + 1)
    if os.getuid() == 0:
        os.chown(tmp_path / "ansible.cfg", 12345, 12345)
    assert ansible_cfg.project(ELSEWHERE) == ELSEWHERE


def test_in_a_directory_that_cannot_be_entered_ansible_runs_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ansible_cfg.project(ELSEWHERE) == Path.cwd()
    monkeypatch.setattr("os.access", lambda *_words: False)
    assert ansible_cfg.project(ELSEWHERE) == ELSEWHERE


def jumping(path: Path, jump: str) -> Path:
    """A configuration with a jump host."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"[ssh_connection]\nssh_extra_args = {jump}\n")
    return path


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home, and a directory beside it to be in, with an ansible.cfg of its own in neither."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(ansible_cfg, "SYSTEM", jumping(tmp_path / "system.cfg", "-J system"))
    return tmp_path / "home"


def extra(home: Path) -> str:
    """What is said to ssh beside our own."""
    return ansible_cfg.ssh_extra_args(ansible_cfg.project(ELSEWHERE), home)


def test_the_jump_host_is_that_of_the_ansible_cfg_which_counts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert extra(home) == "-J system"
    jumping(home / ".ansible.cfg", "-J home")
    assert extra(home) == "-J home"
    jumping(Path("ansible.cfg"), "-J here")
    assert extra(home) == "-J here"
    jumping(home / "named.cfg", "-J named")
    monkeypatch.setenv("ANSIBLE_CONFIG", "~/named.cfg")
    assert extra(home) == "-J named"
    jumping(Path("folder/ansible.cfg"), "-J folder")
    for named in ("folder", "$PWD/folder", "folder/ansible.cfg"):
        monkeypatch.setenv("ANSIBLE_CONFIG", named)
        monkeypatch.setenv("PWD", str(Path.cwd()))
        assert extra(home) == "-J folder"
    monkeypatch.setenv("ANSIBLE_SSH_EXTRA_ARGS", "")
    assert extra(home) == ""


def test_the_jump_host_is_not_that_of_an_ansible_cfg_which_does_not_count(home: Path) -> None:
    jumping(home / ".ansible.cfg", "-J home")
    jumping(Path("ansible.cfg"), "-J here")
    Path.cwd().chmod(0o777)
    assert extra(home) == "-J home"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ssh_extra_args = -J a ; for all\n", "-J a"),
        ('ssh_extra_args = "-J a -o B=%h"\n', "-J a -o B=%h"),
        ("ssh_extra_args = '\n", "'"),
        ("ssh_args = -C\n", ""),
        ("nonsense\n", ""),
        ("ssh_extra_args = -J \udcff\n", ""),
    ],
)
def test_the_jump_host_is_read_as_ansible_reads_it(home: Path, text: str, said: str) -> None:
    Path("ansible.cfg").write_bytes(f"[ssh_connection]\n{text}".encode(errors="surrogateescape"))
    assert extra(home) == said


def collections(home: Path) -> list[str]:
    """Where the user's collections are looked for."""
    return ansible_cfg.collections_path(ansible_cfg.project(ELSEWHERE), home)


def test_the_user_s_collections_are_looked_for_where_ansible_does(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANSIBLE_COLLECTIONS_PATH", "ANSIBLE_HOME"):
        monkeypatch.delenv(name, raising=False)
    shared = "/usr/share/ansible/collections"
    assert collections(home) == [f"{home}/.ansible/collections", shared]
    monkeypatch.setenv("ANSIBLE_HOME", "~/other")
    assert collections(home) == [f"{home}/other/collections", shared]
    monkeypatch.setenv("PLACE", "/srv")
    home.mkdir()
    text = "[defaults]\ncollections_path = '~/own:beside:$PLACE/a:{{CWD}}/b' ; all of them\n"
    (home / ".ansible.cfg").write_text(text)
    assert collections(home) == [f"{home}/own", f"{home}/beside", "/srv/a", f"{Path.cwd()}/b"]
    Path("ansible.cfg").write_text("[defaults]\nforks = 9\n")
    assert collections(home) == [f"{home}/other/collections", shared]
    monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", "/srv/b::/srv/c")
    assert collections(home) == ["/srv/b", "/srv/c"]


def test_our_own_collection_comes_before_theirs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, temporary_files_here: None
) -> None:
    own, *theirs = told(monkeypatch, tmp_path, ANSIBLE_COLLECTIONS_PATH="/srv/b")["ANSIBLE_COLLECTIONS_PATH"].split(":")
    assert (Path(own) / "ansible_collections" / "orama" / "monitor").is_dir() and theirs == ["/srv/b"]


def test_ssh_goes_by_the_ansible_cfg_s_options_behind_ours(
    monkeypatch: pytest.MonkeyPatch, home: Path, temporary_files_here: None
) -> None:
    jumping(Path("ansible.cfg"), f"-o StrictHostKeyChecking=no -o ProxyCommand='touch {home}/asked'")
    home.mkdir()
    Path("nodes.conf").write_text("testnet|nobody@198.51.100.1|node\n")
    nodes = read_nodes(Path("nodes.conf"))
    collect.collect(collect.Request(nodes=nodes, everyone=nodes, conf=Path("nodes.conf")))
    assert (home / "asked").exists()
    given = ansible_settings.settings(LOCAL, home, Path.cwd())["ANSIBLE_SSH_EXTRA_ARGS"]
    assert given.index("StrictHostKeyChecking=accept-new") < given.index("StrictHostKeyChecking=no")
