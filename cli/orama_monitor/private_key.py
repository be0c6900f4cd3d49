"""Why a private key can't log in, as far as this machine can tell."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

_OPENSSH = b"openssh-key-v1\0"
_HEAD = 8192


def trouble(path: Path) -> str | None:
    """What is wrong with the key in one line; None where nothing is."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        mode = path.stat().st_mode
    except OSError as error:
        return f"its key {path.name} can't be read ({error.strerror})"
    if mode & 0o077:
        return f"others may read its key {path.name}: chmod 600 it"
    if _is_encrypted(head):
        return f"its key {path.name} is encrypted: load it into ssh-agent"
    return None


def _is_encrypted(head: bytes) -> bool:
    """By the name of the cipher in OpenSSH's own format, by the header in the older ones."""
    first, _, rest = head.partition(b"\n")
    if b"OPENSSH PRIVATE KEY" not in first:
        return b"ENCRYPTED" in head
    try:
        key = base64.b64decode(b"".join(rest.split())[:64])
    except binascii.Error:
        return False
    length = int.from_bytes(key[len(_OPENSSH) : len(_OPENSSH) + 4], "big")
    start = len(_OPENSSH) + 4
    return key.startswith(_OPENSSH) and key[start : start + length] != b"none"
