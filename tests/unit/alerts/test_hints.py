"""What an alert tells to do next."""

from __future__ import annotations

import pytest

from orama_monitor.alerts import RULES
from tests.unit.alerts import breaking as b
from tests.unit.clusters import healthy


def test_a_hint_names_the_file_that_has_the_log() -> None:
    def hint(name: str) -> str:
        snapshot = healthy()
        b.failed(snapshot, 0, name)
        return b.only(snapshot, "SERVICE_FAILED").hint

    assert "tail -n 50 /opt/orama/.orama/logs/node.log, or journalctl -u orama-node -n 50" in hint("orama-node")
    assert "tail -n 50 /opt/orama/.orama/logs/rqlite-*.log " in RULES["RQLITE_DOWN"].hint
    assert hint("caddy") == "on the node: systemctl status caddy; journalctl -u caddy -n 50"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"load_state": "masked"}, "on the node: systemctl unmask orama-node; systemctl start orama-node"),
        ({"load_state": "not-found", "enabled": None}, "on the node: orama-node has no unit file"),
        ({}, "journalctl -u orama-node -n 50; systemctl start orama-node"),
    ],
    ids=["masked", "not found", "stopped"],
)
def test_a_hint_gets_a_unit_back_as_it_was_lost(fields: dict[str, object], said: str) -> None:
    snapshot = healthy()
    b.unit_state(snapshot, 2, "orama-node", active_state="inactive", **fields)
    assert said in b.only(snapshot, "SERVICE_INACTIVE").hint


@pytest.mark.parametrize(("load_state", "unit"), [("loaded", "orama-gateway"), ("not-found", "orama-node")])
def test_a_hint_names_the_unit_that_runs_the_gateway(load_state: str, unit: str) -> None:
    snapshot = healthy()
    b.put(snapshot, 3, "gateway.responsive", False)
    b.unit_state(snapshot, 3, "orama-gateway", load_state=load_state, enabled=None)
    hint = b.only(snapshot, "GATEWAY_DOWN").hint
    assert f"systemctl status {unit};" in hint and f"journalctl -u {unit} " in hint


@pytest.mark.parametrize(
    ("domain", "asked"), [("testnet.orama.example", "testnet.orama.example"), ("a; reboot", "DOMAIN"), (None, "DOMAIN")]
)
def test_a_hint_asks_for_the_domain_where_that_is_a_word(domain: str | None, asked: str) -> None:
    snapshot = healthy()
    b.put(snapshot, 1, "dns.domain", domain)
    b.put(snapshot, 1, "dns.soa_resolves", False)
    assert f"dig @127.0.0.1 {asked} SOA;" in b.only(snapshot, "DNS_SOA_FAILED").hint


def test_hints_find_kubo_from_any_user() -> None:
    hints = [rule.hint for rule in RULES.values() if " ipfs " in rule.hint]
    assert len(hints) == 4
    assert all(hint.count(" ipfs ") == hint.count(" ipfs --api /ip4/127.0.0.1/tcp/4501 ") for hint in hints)


@pytest.mark.parametrize(
    ("field", "about", "server"),
    [
        ("base_tls_days_left", "base", "testnet.orama.example"),
        ("wild_tls_days_left", "wildcard", "any.testnet.orama.example"),
    ],
)
def test_the_certificate_that_is_not_shown_is_named(field: str, about: str, server: str) -> None:
    snapshot = healthy()
    b.put(snapshot, 1, f"dns.{field}", None)
    alert = b.only(snapshot, "TLS_UNCHECKED")
    assert alert.about == [about] and f"-servername {server};" in alert.hint
