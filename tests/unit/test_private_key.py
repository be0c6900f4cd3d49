"""Keys made by ssh-keygen, and what is said of each."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from orama_monitor.private_key import trouble


def key(directory: Path, passphrase: str, *options: str) -> Path:
    path = directory / "id"
    subprocess.run(["ssh-keygen", "-q", "-N", passphrase, "-f", path, *options], check=True, stdin=subprocess.DEVNULL)
    return path


FORMATS = [("-t", "ed25519"), ("-t", "rsa", "-b", "2048"), ("-t", "rsa", "-b", "2048", "-m", "PEM")]


@pytest.mark.parametrize("options", FORMATS, ids=" ".join)
def test_a_good_key(tmp_path: Path, options: tuple[str, ...]) -> None:
    assert trouble(key(tmp_path, "", *options)) is None


@pytest.mark.parametrize("options", FORMATS, ids=" ".join)
def test_an_encrypted_key(tmp_path: Path, options: tuple[str, ...]) -> None:
    assert trouble(key(tmp_path, "a secret", *options)) == "its key id is encrypted: load it into ssh-agent"


def test_a_key_that_others_may_read(tmp_path: Path) -> None:
    path = key(tmp_path, "", "-t", "ed25519")
    path.chmod(0o644)
    assert trouble(path) == "others may read its key id: chmod 600 it"


def test_no_key(tmp_path: Path) -> None:
    assert trouble(tmp_path / "id") == "its key id can't be read (No such file or directory)"


def test_garbage(tmp_path: Path) -> None:
    path = tmp_path / "id"
    path.write_bytes(b"-----BEGIN OPENSSH PRIVATE KEY-----\n\xff\xff!!\n")
    path.chmod(0o600)
    assert trouble(path) is None
