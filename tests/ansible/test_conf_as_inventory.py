"""A remote-nodes.conf that Ansible itself reads as an inventory: its lines are hosts then, and hold passwords."""

from __future__ import annotations

import re

import pytest

from tests.ansible.harness import COLLECTION, ROOT, Ansible
from tests.ansible.test_inventory import write
from tests.ansible.test_playbooks import PLAYBOOKS
from tests.ansible.test_readme import SETTINGS

REFUSED = "the inventory read remote-nodes.conf itself as a list of hosts; give the *.orama.yml source instead"


@pytest.fixture
def beside(ansible: Ansible) -> Ansible:
    """A source with the conf beside it, as Ansible reads it where their directory is given."""
    conf = ansible.directory / "remote-nodes.conf"
    conf.write_text("testnet|root@127.0.0.1:1|hunter2|node\n")
    conf.chmod(0o600)
    write(ansible)
    return ansible


def test_what_the_action_says_the_playbooks_say() -> None:
    for file in ("plugins/plugin_utils/conf_lines.py", "playbooks/plays/nodes.yml"):
        assert REFUSED in (COLLECTION / file).read_text()


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_no_playbook_names_its_hosts(beside: Ansible, name: str) -> None:
    said = beside.play(f"orama.monitor.{name}", inventory="remote-nodes.conf", code=4)
    assert REFUSED in said and "hunter2" not in said


@pytest.fixture
def directory(beside: Ansible) -> Ansible:
    """The same, both in the directory `sources`."""
    (beside.directory / "sources").mkdir()
    for name in ("remote-nodes.conf", "all.orama.yml"):
        (beside.directory / name).rename(beside.directory / "sources" / name)
    return beside


@pytest.mark.parametrize("arguments", [(), ("--limit", "all"), ("--list-hosts",)], ids=" ".join)
def test_nor_where_its_directory_is_given(directory: Ansible, arguments: tuple[str, ...]) -> None:
    said = directory.play("orama.monitor.report", *arguments, inventory="sources", code=4)
    assert REFUSED in said and "hunter2" not in said


def test_the_settings_of_the_readme_keep_the_conf_out_of_a_directory(directory: Ansible) -> None:
    (directory.directory / "ansible.cfg").write_text(SETTINGS)
    said = directory.run("ansible-inventory", "-i", "sources", "--graph")
    assert "--127.0.0.1" in said and "hunter2" not in said


def test_none_of_them_is_asked(beside: Ansible) -> None:
    """Ansible prints the name before our words; ssh is not given it."""
    for module in ("node_facts", "cluster_alerts"):
        said = beside.run("ansible", "-i", "remote-nodes.conf", "all", "-m", f"orama.monitor.{module}", code=2)
        assert REFUSED in said and "UNREACHABLE" not in said


def test_the_examples_of_this_repository_may_be_given_whole(ansible: Ansible) -> None:
    said = ansible.run("ansible-inventory", "-i", ROOT / "inventories", "--graph")
    names = re.findall(r"--(.*)", said)
    assert {"198.51.100.21", "localhost"} <= set(names) and not [name for name in names if "|" in name]


def test_a_source_that_fails_leaves_no_host_of_its_own(ansible: Ansible) -> None:
    """Ansible's plugin `ini` reads its lines next, and takes a first `---` for a host."""
    ansible.environment["ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED"] = "False"
    shipped = [ROOT / "awx" / "project" / "testnet.orama.yml", *sorted((ROOT / "inventories").glob("*.orama.yml"))]
    for source in shipped:
        alone = ansible.directory / source.name
        alone.write_text(source.read_text())
        said = ansible.play("orama.monitor.collect", inventory=str(alone), code=2)
        assert "The inventory has no host for all" in said, source
