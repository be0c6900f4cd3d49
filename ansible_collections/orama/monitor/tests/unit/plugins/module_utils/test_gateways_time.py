"""How long a gateway is waited for: it may itself wait 5 s for what it stands on before it says that it is well."""

from __future__ import annotations

import pytest

from ansible_collections.orama.monitor.plugins.module_utils.collectors import gateway, namespaces
from ansible_collections.orama.monitor.plugins.module_utils.errors import Missing, Refused
from ansible_collections.orama.monitor.plugins.module_utils.options import Options
from ansible_collections.orama.monitor.plugins.module_utils.probe import Probe


class Noting(Probe):
    """A node with a namespace, on which nobody listens; it notes how long each question may take."""

    given: dict

    def http(self, _method, url, timeout=None, **_named):
        self.given[url.split("/", 3)[3].split("?")[0], int(url.split(":")[2].split("/")[0])] = timeout
        raise Refused("nobody listens")

    def read(self, path, **_named):
        if path.endswith("/shop/rqlite.env"):
            return "HTTP_ADDR=127.0.0.1:10000\n"
        raise Missing(path)

    def entries(self, path):
        return ["shop"] if path.endswith("/namespaces") else []

    def permissions(self, _path):
        return "600"

    def run(self, argv, **_named):
        raise Missing(argv[0])


@pytest.mark.parametrize(("option", "seconds"), [(1.0, 6.0), (3.0, 6.0), (10.0, 10.0)])
def test_longer_than_the_gateway_itself_waits(option, seconds):
    assert asked(Options(http_timeout=option)) == {
        ("v1/health", 6001): seconds,
        ("v1/health", 10004): seconds,
        ("status", 10000): None,
        ("readyz", 10000): None,
    }


def test_no_longer_than_the_collection_lasts():
    """A gateway that hangs is down; a collector that is cut off knows nothing."""
    assert asked(Options(deadline=5.0))["v1/health", 6001] == 4.0


def asked(options):
    probe = Noting(options)
    probe.given = {}
    gateway.collect(probe)
    namespaces.collect(probe)
    return probe.given
