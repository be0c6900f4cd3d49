"""The role prepare with real package managers, each with a repository of one package, on machines that go by names."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from tests.ansible.harness import BIN, ROOT, Ansible

NEEDED = ("apt-get", "createrepo_c", "dnf", "rpmbuild", "unshare")

# Makes a machine whose `$python` has no psutil, and a Python for it that no package manager's library is in.
BARE = """\
real=$(readlink -f /usr/bin/python3)
$real -m venv --without-pip /opt/bare
ln -sf /opt/bare/bin/python3 /usr/bin/python3.99
while found=$($python -c 'import psutil; print(psutil.__path__[0])' 2>/dev/null); do rm -r "$found"; done
library=$($python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
"""
# A package of one file, in a repository that is the only one of the machine.
APT = """\
mkdir -p /srv/apt /srv/one/DEBIAN "/srv/one$library"
echo installed=1 >"/srv/one$library/psutil.py"
cat >/srv/one/DEBIAN/control <<END
Package: $package
Version: 99
Architecture: all
Maintainer: nobody <nobody@example.org>
Description: for a test
END
dpkg-deb --build /srv/one /srv/apt/one.deb >/dev/null
cd /srv/apt
{ dpkg-deb --field one.deb
  echo "Filename: ./one.deb"
  echo "Size: $(stat --format=%s one.deb)"
  echo "SHA256: $(sha256sum one.deb | cut -d' ' -f1)"; } >Packages
rm -rf /etc/apt/sources.list.d /etc/apt/preferences.d /var/lib/apt/lists
mkdir -p /var/lib/apt/lists/partial
echo 'deb [trusted=yes] file:/srv/apt ./' >/etc/apt/sources.list
"""
APT_UPDATED = APT + "apt-get -qq update\n"
DNF = """\
mkdir -p /srv/rpm /etc/yum.repos.d
cat >/srv/one.spec <<END
Name: $package
Version: 99
Release: 1
Summary: For a test
License: MIT
BuildArch: noarch
%description
For a test.
%install
mkdir -p "%{buildroot}$library"
echo installed=1 >"%{buildroot}$library/psutil.py"
%files
$library/psutil.py
END
rpmbuild --quiet -bb --define '_rpmdir /srv/rpm' --define '__os_install_post %{nil}' /srv/one.spec
createrepo_c --quiet /srv/rpm
printf '[one]\\nname=one\\nbaseurl=file:///srv/rpm\\ngpgcheck=0\\n' >/etc/yum.repos.d/one.repo
echo "$name release $version" >/etc/redhat-release
rm /etc/debian_version /usr/bin/apt*
"""
# Release 8: dnf's library is in a Python that Ansible does not run in.
DNF_ALONE = """\
sed -i "1s,.*,#!$real," "$(readlink -f /usr/bin/dnf)"
rm /usr/bin/python3
"""
PLAYS = """\
printf '%s\\n' "ID=$id" "NAME=\\"$name\\"" "VERSION_ID=\\"$version\\"" >/etc/os-release
cd {directory}
for arguments in {arguments}; do
    {playbook} -i localhost, -c local -e ansible_python_interpreter=$python orama.monitor.prepare $arguments
done
$python -c 'import psutil; print("psutil is installed:", psutil.installed)'
"""
CHECK, INSTALL, AGAIN = "--check", "--diff", """'-e {"prepare_packages":["'$package'"]}'"""


@dataclass(frozen=True)
class Machine:
    """What a machine calls itself, and what the role must do there."""

    name: str
    version: str
    repository: str
    package: str = "python3-psutil"
    python: str = "/usr/bin/python3"
    plays: tuple[str, ...] = (INSTALL, AGAIN)
    changes: tuple[str, ...] = ("1", "0")

    def script(self, directory: Path) -> str:
        plays = PLAYS.format(directory=directory, playbook=BIN / "ansible-playbook", arguments=" ".join(self.plays))
        ident = self.name.partition(" ")[0].lower()
        named = f"name='{self.name}' id={ident} version={self.version} package={self.package} python={self.python}\n"
        return named + BARE + self.repository + plays


MACHINES = (
    Machine("Debian GNU/Linux", "12", APT_UPDATED, plays=(CHECK, INSTALL, AGAIN), changes=("1", "1", "0")),
    Machine("Ubuntu", "24.04", APT),
    Machine("Rocky Linux", "9.4", DNF, plays=(CHECK, INSTALL, AGAIN), changes=("1", "1", "0")),
    Machine("Rocky Linux", "8.10", DNF + DNF_ALONE, package="python39-psutil", python="/usr/bin/python3.99"),
)


@pytest.fixture(autouse=True)
def tools(lacks: Callable[[str], NoReturn]) -> None:
    if os.geteuid() != 0:
        lacks("mounts need root")
    if missing := [name for name in NEEDED if shutil.which(name) is None]:
        lacks(f"{', '.join(missing)} missing (tests/lab/packages)")


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: f"{machine.name} {machine.version}")
def test_psutil_is_installed_once(machine: Machine, ansible: Ansible) -> None:
    directory = ansible.directory / "root"
    directory.mkdir()
    inside = ROOT / "tests" / "ansible" / "machines" / "inside"
    seen = (ROOT, ansible.directory, Path(sys.base_prefix), BIN.parent)
    command: list[str | Path] = [
        "unshare",
        "--mount",
        "--pid",
        "--fork",
        inside,
        directory,
        machine.script(ansible.directory),
        *seen,
    ]
    said = ansible.run(*command)
    assert tuple(re.findall(r"changed=(\d+)", said)) == machine.changes, said
    assert "psutil is installed: 1" in said
