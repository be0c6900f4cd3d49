"""Flags and variables that reach what they are for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from tests.unit.cli.conftest import Run

#: Collects nothing, and says what it was asked for.
ASKED = """
import sys
import orama_monitor.collect as collecting
from tests.unit.clusters import healthy

def collect(request, on_result=None, stop=None, on_said=None):
    print(request.timeout, request.forks, request.host_keys, file=sys.stderr)
    return healthy(2)

collecting.collect = collect
from orama_monitor.app import main
main()
"""


@pytest.mark.parametrize(
    ("flags", "asked"),
    [
        ((), "30.0 None accept-new\n"),
        (("--timeout", "7", "--forks", "3", "--host-keys", "strict"), "7.0 3 strict\n"),
    ],
)
def test_a_collection_is_asked_for_as_the_flags_say(orama: Run, conf: Path, flags: tuple[str, ...], asked: str) -> None:
    done = orama("monitor", "report", "--env", "testnet", *flags, start=ASKED)
    assert (done.code, done.err) == (0, asked)


def test_compact_gives_the_same_alerts_in_less(orama: Run, faulty_file: Path) -> None:
    whole, compact = (orama("monitor", "report", "--from", faulty_file, *flags).out for flags in ((), ("--compact",)))
    codes = [[alert["code"] for alert in json.loads(text)["alerts"]] for text in (whole, compact)]
    assert codes[0] == codes[1] != []
    assert json.loads(compact)["meta"]["compact"] is True and len(compact) < len(whole)


def test_several_nodes_are_muted_at_once(orama: Run, tmp_path: Path) -> None:
    nodes = ["198.18.0.11", "198.18.0.1?"]
    words = [word for node in nodes for word in ("--node", node)]
    done = orama("monitor", "mute", "DISK_HIGH", *words, "--reason", "known", "--policy", "policy.yml")
    assert all(f"is muted on {node} for good" in done.out for node in nodes)
    mutes = yaml.safe_load((tmp_path / "policy.yml").read_text())["mutes"]
    assert [mute["node"] for mute in mutes] == nodes


def test_the_inventory_as_json_by_its_format(orama: Run, conf: Path) -> None:
    by_format = orama("monitor", "inventory", "--env", "testnet", "--format", "json")
    assert by_format.code == 0 and by_format == orama("monitor", "inventory", "--env", "testnet", "--json")


def test_a_variable_names_the_conf_where_none_is_in_its_place(orama: Run, tmp_path: Path, conf: Path) -> None:
    other = tmp_path / "other.conf"
    other.write_text("othernet|root@198.18.0.99|node\n")
    inventory = ("monitor", "inventory", "--env", "othernet")
    assert orama(*inventory, ORAMA_NODES_CONF=str(other)).code == 1
    conf.unlink()
    assert "198.18.0.99" in orama(*inventory, ORAMA_NODES_CONF=str(other)).out
