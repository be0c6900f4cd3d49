"""No text is longer than a reader of the report takes: a single one that is would cost the node its whole report."""

from __future__ import annotations

import pytest

from ansible_collections.orama.monitor.plugins.module_utils import corefile, node, ufw
from ansible_collections.orama.monitor.plugins.module_utils.collectors import services
from ansible_collections.orama.monitor.plugins.module_utils.pick import TEXT_LIMIT

LONG = "a" * 5000
RULE = "### tuple ### allow tcp 8443 0.0.0.0/0 any 0.0.0.0/0"


@pytest.mark.parametrize(
    "texts",
    [
        [node.parse_version("orama 1.2.3-" + LONG)],
        [node.parse_version("orama %s.2.3" % ("1" * 5000))],
        corefile.parse("%s.example:53 {\n}\n" % LONG)[0],
        services.parse_failed("%s.service loaded failed failed Shop\n" % LONG),
        [line for _group, line in ufw.parse_rules("%s in comment=%s\n" % (RULE, LONG))],
        [line for _group, line in ufw.parse_rules("%s %s - in\n" % (RULE, LONG))],
    ],
)
def test_is_cut(texts):
    assert all(len(text or "") <= TEXT_LIMIT for text in texts)
