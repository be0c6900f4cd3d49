# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""The private key and the preshared keys of WireGuard go nowhere: no report, no error, no recorded case."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.orama.monitor.plugins.module_utils import node
from ansible_collections.orama.monitor.plugins.module_utils.collectors import wireguard
from ansible_collections.orama.monitor.plugins.module_utils.errors import Missing, ProbeTimeout
from ansible_collections.orama.monitor.plugins.module_utils.probe import Output, Probe
from ansible_collections.orama.monitor.tests.unit.plugins.module_utils.replay import Recorder

PRIVATE, PRESHARED, PUBLIC, PEER = (letter * 43 + "=" for letter in "KSPQ")
INTERFACE = "\t".join([PRIVATE, PUBLIC, "51820", "off"])
A_PEER = "\t".join([PEER, PRESHARED, "192.0.2.2:51820", "10.0.0.2/32", "1700000000", "1", "2", "25"])
SECRETS = (PRIVATE, PRESHARED)
CASES = sorted((Path(__file__).parent / "collectors" / "wireguard").glob("*.json"))
DUMPS = {
    "whole": "%s\n%s\n" % (INTERFACE, A_PEER),
    "cut off in a peer": "%s\n%s" % (INTERFACE, A_PEER[:100]),
    "cut off in the interface": PRIVATE,
    "only peers": A_PEER + "\n",
    "without line ends": "%s\t%s" % (INTERFACE, A_PEER),
    "with blanks for tabs": "%s\n%s\n" % (INTERFACE.replace("\t", " "), A_PEER.replace("\t", " ")),
    "with a field more": "%s\tnew\n%s\tnew\n" % (INTERFACE, A_PEER),
}


def node_of(kind: type[Probe], dump: object) -> Probe:
    """A probe of a node on which ``wg show wg0 dump`` prints the dump, and nothing else can be asked."""

    class Node(kind):
        def run(self, argv, **_limits):
            if argv[0] != "wg":
                raise Missing("%s: command not found" % argv[0])
            if isinstance(dump, Exception):
                raise dump
            return Output(0, dump, dump) if isinstance(dump, str) else dump

        def permissions(self, path):
            raise Missing("%s: no such file" % path)

    return Node()


def everything(probe: Probe) -> str:
    outcome = node._guarded(probe, wireguard.collect)
    return json.dumps([outcome.section, outcome.status, outcome.error])


@pytest.mark.parametrize("dump", DUMPS.values(), ids=DUMPS.keys())
def test_no_secret_in_section_or_error(dump):
    assert not [secret for secret in SECRETS if secret in everything(node_of(Probe, dump))]


def test_the_public_side_is_told():
    told = everything(node_of(Probe, DUMPS["whole"]))
    assert PUBLIC in told and PEER in told


@pytest.mark.parametrize("dump", [Output(1, DUMPS["whole"], DUMPS["whole"]), ProbeTimeout("wg: no answer within 4 s")])
def test_no_secret_where_wg_fails(dump):
    assert not [secret for secret in SECRETS if secret in everything(node_of(Probe, dump))]


@pytest.mark.parametrize("dump", DUMPS.values(), ids=DUMPS.keys())
def test_no_secret_in_a_recording(dump):
    recorder = node_of(Recorder, dump)
    everything(recorder)
    recorded = json.dumps(recorder.asked)
    assert "wg" in recorded
    assert not [secret for secret in SECRETS if secret in recorded]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_no_secret_in_a_case(path):
    for item in json.loads(path.read_text(encoding="utf-8"))["asked"]:
        if item["question"][0] == "run" and item["question"][1][0] == "wg" and "Output" in item["answer"]:
            rows = [line.split("\t") for line in item["answer"]["Output"]["stdout"].splitlines()]
            assert all(row[0] in ("(private key)", "(none)") for row in rows[:1] if len(row) > 1)
            assert all(row[1] in ("(preshared key)", "(none)") for row in rows[1:] if len(row) > 2)
