"""A real node on which things have hostile names: they are shown as text, of this node only, and the JSON is whole."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from orama_lab import Lab
from orama_lab.topology import HOME
from tests.lab.commands import monitor, report, roots

pytestmark = pytest.mark.lab

NODE = "n4"
MARKUP = "[red]x[/]"
SEQUENCES = "\x1b]0;title\x07\x1b[2Jhealthy\u202e"
#: systemd's own way to write quotes in a name.
UNIT = r"lab-\x22quoted\x27.service"
PROGRAM = "import time; time.sleep(86400)"


@pytest.fixture(scope="module")
def hostile(lab: Lab) -> Iterator[Lab]:
    """A process that nobody looks after and a unit that failed."""
    orphan = f"""exec -a "{MARKUP}" /usr/bin/python3 -c "{PROGRAM}" "{HOME}/{SEQUENCES}" """
    scope = "systemd-run -q --scope --unit=lab-hostile"
    failed = f"until systemctl is-failed -q '{UNIT}'; do sleep 0.1; done"
    try:
        lab.ssh(NODE, f"{scope} setsid -f bash -c '{orphan}' >/dev/null 2>&1 </dev/null")
        lab.ssh(NODE, f"systemd-run -q --unit='{UNIT}' /bin/false; {failed}", timeout=20)
        yield lab
    finally:
        lab.ssh(NODE, f"systemctl stop lab-hostile.scope || :; systemctl reset-failed '{UNIT}' || :")


def test_they_are_of_this_node_only(hostile: Lab) -> None:
    told = report(hostile)
    here = hostile.node(NODE).address
    assert roots(told) == {("ORPHANS", here), ("UNIT_FAILED", here)}
    (node,) = [node["report"] for node in told["nodes"] if node["host"] == here]
    assert UNIT in node["services"]["failed_units"]
    assert [orphan["command"].split()[0] for orphan in node["processes"]["orphans"]] == [MARKUP]


@pytest.mark.parametrize("view", [["cluster"], ["alerts"], ["node", "--node", NODE]], ids=lambda words: words[0])
def test_they_are_shown_as_text(hostile: Lab, view: list[str]) -> None:
    words = [hostile.node(word).address if word == NODE else word for word in view]
    done = monitor(hostile, *words)
    assert done.returncode == 0, done.stderr
    assert all(character.isprintable() or character == "\n" for character in done.stdout)
    if view[0] == "node":
        assert MARKUP in done.stdout
