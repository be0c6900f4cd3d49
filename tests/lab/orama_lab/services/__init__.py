"""Every service of a node, in the order they are installed: a line here adds one."""

from __future__ import annotations

from .anyone import Anyone
from .base import Service
from .dns import Dns
from .figures import Figures
from .firewall import Firewall
from .gateway import Gateway
from .ipfs import Ipfs
from .ipfs_cluster import IpfsCluster
from .login import Login
from .namespace import Namespace
from .olric import Olric
from .orama_cli import OramaCli
from .rqlite import Rqlite
from .web import Web
from .wireguard import WireGuard

SERVICES: tuple[Service, ...] = (
    Figures(),
    Login(),
    Firewall(),
    WireGuard(),
    OramaCli(),
    Rqlite(),
    Olric(),
    Ipfs(),
    IpfsCluster(),
    Gateway(),
    Dns(),
    Web(),
    Anyone(),
    Namespace(),
)

__all__ = ["SERVICES", "Service"]
