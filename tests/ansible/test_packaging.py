"""Every way to install the collection gives one that works, from an empty directory and without this tree in sight."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import yaml

from tests.ansible.cores import CORES
from tests.ansible.harness import BIN, COLLECTION, ROOT, Ansible


def sources(ansible: Ansible, repository: Path) -> dict[str, str]:
    built = {}
    for name, folder in (("collection", COLLECTION.relative_to(ROOT)), ("root", Path())):
        output = ansible.directory / name
        ansible.run("ansible-galaxy", "collection", "build", repository / folder, "--output-path", output)
        built[name] = str(next(output.glob("*.tar.gz")))
    return {
        "tarball": built["collection"],
        "tarball of the root": built["root"],
        "git, subdirectory": f"git+file://{repository}#/ansible_collections/orama/monitor",
        "git": f"git+file://{repository}",
    }


def test_every_install_works(hosts: Ansible, repository: Path) -> None:
    hosts.environment["ANSIBLE_COLLECTIONS_SCAN_SYS_PATH"] = "False"
    for name, source in sources(hosts, repository).items():
        target = hosts.directory / name.replace(" ", "-").replace(",", "")
        hosts.environment["ANSIBLE_COLLECTIONS_PATH"] = str(target)
        hosts.run("ansible-galaxy", "collection", "install", source, "-p", target)
        installed = target / "ansible_collections" / "orama" / "monitor"
        assert not [path for path in installed.rglob("*") if path.is_symlink() and not path.exists()], name
        said = hosts.play("orama.monitor.report", "--limit", "here-1")
        assert "demo: 1 nodes" in said, name
        listed = hosts.run("ansible-doc", "-t", "inventory", "-F", "orama.monitor")
        assert str(installed / "plugins") in listed, name
        hosts.run("ansible-galaxy", "collection", "verify", "orama.monitor", "--offline", "-p", target)


def test_both_galaxy_files_say_the_same() -> None:
    root, collection = (yaml.safe_load((path / "galaxy.yml").read_text()) for path in (ROOT, COLLECTION))
    for key in set(root) | set(collection):
        assert key == "build_ignore" or root.get(key) == collection.get(key), key


def test_the_tarball_holds_what_a_user_needs_and_nothing_else(ansible: Ansible) -> None:
    ansible.run("ansible-galaxy", "collection", "build", COLLECTION, "--output-path", ansible.directory)
    names = subprocess.run(
        ["tar", "tzf", str(next(ansible.directory.glob("*.tar.gz")))], capture_output=True, text=True, check=True
    ).stdout.split()
    assert {"README.md", "LICENSE", "CHANGELOG.md", "meta/runtime.yml", "playbooks/report.yml"} <= set(names)
    assert not [name for name in names if "__pycache__" in name or "output" in name or name.endswith(".pyc")]


def test_the_versions_are_one() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == yaml.safe_load((COLLECTION / "galaxy.yml").read_text())["version"]
    image = yaml.safe_load((ROOT / "execution-environment.yml").read_text())
    assert image["dependencies"]["python"] == [f"orama-monitor=={project['version']}"]
    assert (BIN / "ansible-playbook").exists()


def test_the_table_of_versions_is_of_this_collection() -> None:
    text = (ROOT / "docs" / "ansible-versions.md").read_text(encoding="utf-8")
    version = yaml.safe_load((COLLECTION / "galaxy.yml").read_text())["version"]
    assert f"with orama.monitor {version}," in text
    assert [core for core in CORES if not re.search(rf"^\| {core}\.\d+ \|.* passed \|$", text, re.MULTILINE)] == []


def test_a_plugin_may_be_used_under_the_license_that_ansible_asks_for() -> None:
    """What Ansible loads as a plugin: either license. All else: MIT alone."""
    for path in (COLLECTION / "plugins").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if text:
            either = path.parent.name in ("action", "inventory", "lookup", "modules")
            assert "MIT License (see LICENSE" in text, path
            assert ("GNU General Public License v3.0+" in text) is either, path
