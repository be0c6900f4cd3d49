"""remote-nodes.conf: what is read, and what is said of a line that can't be."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orama_monitor.errors import MonitorError
from orama_monitor.nodes import SIZE_LIMIT, Node, of_environment, parse_nodes, read_nodes, secrets_exposed, select

CONF = Path("/etc/orama/remote-nodes.conf")


def parse(text: str) -> list[Node]:
    return parse_nodes(text, CONF)


def test_the_forms_of_a_line() -> None:
    nodes = parse(
        "testnet|root@51.195.109.238|s3cret|nameserver-ns1\n"
        "testnet|ubuntu@198.51.100.12||node|keys/id\n"
        "testnet|ubuntu@[2001:db8::1]:2222|x|node|/keys/id\n"
        "testnet|ubuntu@2001:db8::2|node\n"
        "mainnet|ubuntu@one.example:2022|node\n"
    )
    assert [(n.host, n.port) for n in nodes] == [
        ("51.195.109.238", None),
        ("198.51.100.12", None),
        ("2001:db8::1", 2222),
        ("2001:db8::2", None),
        ("one.example", 2022),
    ]
    assert nodes[0] == Node("testnet", "51.195.109.238", "root", None, "nameserver-ns1", "s3cret", None)
    assert nodes[1].ssh_key == Path("/etc/orama/keys/id")
    assert nodes[1].password is None
    assert nodes[2].ssh_key == Path("/keys/id")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("testnet", "1 field (expected"),
        ("testnet|root@1.2.3.4", "2 fields"),
        ("testnet|root@1.2.3.4|a|b|node|key", "6 fields"),
        ("test net|root@1.2.3.4|S3CRET|node", "environment"),
        ("testnet|1.2.3.4|S3CRET|node", "user@host"),
        ("testnet|root@1.2.3.4|S3CRET|boss", "role"),
        ("testnet|root@-oProxyCommand=id|S3CRET|node", "host"),
        ("testnet|root@{{ lookup('pipe', 'id') }}|S3CRET|node", "host"),
        ("testnet|-l@1.2.3.4|S3CRET|node", "user@host"),
        ("testnet|root@a b|S3CRET|node", "host"),
        ("testnet|root@fe80::1%eth0|S3CRET|node", "host"),
        ("testnet|root@host:99999|S3CRET|node", "port"),
        ("testnet|root@host:٣|S3CRET|node", "port"),
        pytest.param(f"testnet|root@host:{'1' * 5000}|S3CRET|node", "port", id="a port of 5000 digits"),
        ("testnet|root@h|S3CRET|node|~nobody-of-this-name/id", "key"),
        ("testnet|root@h|S3CRET|node|keys/\0", "key"),
    ],
)
def test_a_bad_line_is_named_without_its_secrets(line: str, reason: str) -> None:
    with pytest.raises(MonitorError) as error:
        parse("# first\n" + line)
    text = str(error.value)
    assert text.startswith(f"{CONF}, line 2: ")
    assert reason in text
    assert "environment|user@host|password|role|ssh_key" in text
    assert "S3CRET" not in text
    assert "\n" not in text


def test_a_host_stands_once_in_an_environment() -> None:
    with pytest.raises(MonitorError, match="line 2: this host stands in line 1 already"):
        parse("testnet|root@h|node\ntestnet|ubuntu@h|node")
    assert len(parse("testnet|root@h|node\nmainnet|root@h|node")) == 2


def test_no_file_no_text_no_node(tmp_path: Path) -> None:
    with pytest.raises(MonitorError, match=r"no such file; name yours with --config"):
        read_nodes(tmp_path / "missing.conf")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(MonitorError, match="not a text file"):
        read_nodes(tmp_path / "binary")
    with pytest.raises(MonitorError, match="names no node"):
        parse("# nothing\n\n")


def test_an_unknown_environment_names_the_known_ones() -> None:
    nodes = parse("testnet|root@a|node\ndevnet|root@b|node")
    assert [node.host for node in of_environment(nodes, "devnet")] == ["b"]
    with pytest.raises(MonitorError, match="no environment 'prod' in the conf; it has: devnet, testnet"):
        of_environment(nodes, "prod")


def test_nodes_are_chosen_by_host_or_role() -> None:
    nodes = parse("t|root@alpha|nameserver-ns1\nt|root@beta|node\nt|root@gamma|node")
    assert [node.host for node in select(nodes, ["beta", "nameserver-ns1"])] == ["beta", "alpha"]
    assert select(nodes, []) == nodes
    with pytest.raises(MonitorError, match=r"no node 'bet' in this environment; nearest: beta"):
        select(nodes, ["bet"])


def test_passwords_that_others_can_read(tmp_path: Path) -> None:
    conf = tmp_path / "nodes.conf"
    conf.write_text("t|root@a|pw|node")
    conf.chmod(0o644)
    assert secrets_exposed(conf, read_nodes(conf))
    conf.chmod(0o600)
    assert not secrets_exposed(conf, read_nodes(conf))
    conf.write_text("t|root@a||node|key")
    conf.chmod(0o644)
    assert not secrets_exposed(conf, read_nodes(conf))


def test_a_password_shows_in_no_repr() -> None:
    assert "s3cret" not in repr(parse("t|root@a|s3cret|node"))


@given(st.text(max_size=300))
def test_any_text_gives_nodes_or_one_clear_line(text: str) -> None:
    try:
        assert parse(text)
    except MonitorError as error:
        assert "\n" not in str(error)


def test_a_mark_of_windows_at_its_start_is_no_word(tmp_path: Path) -> None:
    path = tmp_path / "remote-nodes.conf"
    path.write_text("# two\ntestnet|root@198.51.100.1|node\n", encoding="utf-8-sig")
    assert [node.host for node in read_nodes(path)] == ["198.51.100.1"]


def test_what_can_be_read_only_once_is_no_conf(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, Path("/dev/null"), Path("/dev/stdin")):
        with pytest.raises(MonitorError, match="must be a file: it is read more than once"):
            read_nodes(path)


def test_a_conf_has_a_size(tmp_path: Path) -> None:
    path = tmp_path / "nodes.conf"
    path.write_bytes(b"#" * (SIZE_LIMIT + 1))
    with pytest.raises(MonitorError, match="too large for a conf"):
        read_nodes(path)
