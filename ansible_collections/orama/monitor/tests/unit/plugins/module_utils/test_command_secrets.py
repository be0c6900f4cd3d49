"""Whatever stands among the arguments of a process that nobody looks after, no secret comes out with the report."""

from __future__ import annotations

import pytest

from ansible_collections.orama.monitor.plugins.module_utils.collectors.processes import shown


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["/usr/bin/restic", "--password=hunter2", "backup", "/opt/orama"], "/usr/bin/restic --password … /opt/orama"),
        (["restic", "--password", "hunter2", "-v", "-r=hunter2"], "restic --password … -v -r"),
        (["curl", "-H", "Authorization: Bearer hunter2", "-uorama:hunter2", "http://x/?t=hunter2"], "curl -H …"),
        (["rqlited", "-auth=hunter2", "-http-addr", "0.0.0.0:5001", "/data"], "rqlited … /data"),
        (["mysql", "-phunter2", "-phunter2=="], "mysql …"),
        (["sh", "-c", "/opt/orama/x --token hunter2"], "sh -c …"),
        (["/opt/x", "/a=hunter2", "/b?hunter2", "/c\nhunter2", "--=hunter2", "-=hunter2", "--"], "/opt/x /a …"),
        (["ipfs: hunter2 hunter2"], "ipfs: …"),
        (["ipfs", "--pass\nhunter2", "--pass=\nhunter2", "TOKEN=hunter2", "-"], "ipfs … --pass …"),
        ([" "], ""),
        ([], ""),
    ],
)
def test_a_command_is_told_without_them(words, told):
    assert shown(words) == told
    assert "hunter2" not in told
