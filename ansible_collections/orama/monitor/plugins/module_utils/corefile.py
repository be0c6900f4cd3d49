# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""The zones that a CoreDNS Corefile serves."""

from __future__ import annotations

import re

SCHEMES = re.compile(r"^(?:dns|tls|grpc|https|https3|quic)://", re.IGNORECASE)
REVERSE = (".in-addr.arpa", ".ip6.arpa")
NAME_LIMIT = 253
NAME = re.compile(r"(?![0-9.]+$)[\w-]+(?:\.[\w-]+)*$")


def parse(text: str) -> tuple[list[str], list[str]]:
    """The zone names before its server blocks in their order, and what it imports beside them.

    Snippets, ports, schemes and comments are seen through; a zone named by a variable is not known, and left out.
    """
    zones: list[str] = []
    imports: list[str] = []
    keys: list[str] = []
    depth = 0
    for words in map(_words, text.splitlines()):
        if depth == 0 and words[:1] == ["import"]:
            imports += words[1:2]
            continue
        opens, closes = words.count("{"), words.count("}")
        if depth == 0:
            keys += words[: words.index("{")] if opens else words
            goes_on = not opens and bool(words) and words[-1].endswith(",")
            if words and not goes_on:
                zones += _zones(keys)
                keys = []
                if not opens:  # a file without braces is one block: its first line names the zones
                    break
        depth = max(0, depth + opens - closes)
    return zones, imports


def domain(zones: list[str]) -> str | None:
    """The first zone that is a domain: not the root, and no reverse zone."""
    return next((zone for zone in zones if not ("." + zone).endswith(REVERSE)), None)


def _words(line: str) -> list[str]:
    """The words of a line up to a comment, without their quotes."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', line)
    words = []
    for quoted, plain in found:
        if plain.startswith("#"):
            break
        words.append(quoted or plain)
    return words


def _zones(keys: list[str]) -> list[str]:
    return [zone for zone in map(_zone, keys) if zone]


def _zone(key: str) -> str | None:
    """``dns://Example.com.:53`` as ``example.com``; None for what is no domain name."""
    name = re.sub(r":[0-9]+$", "", SCHEMES.sub("", key.rstrip(","))).rstrip(".").lower()
    return name if len(name) <= NAME_LIMIT and NAME.match(name) else None
