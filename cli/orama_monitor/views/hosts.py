"""How a node, and a unit of it, is named in a table."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from orama_monitor.views.columns import Column
from orama_monitor.views.text import clean, text

MINIMUM = 15  # an IPv4 address


def host_column(hosts: Iterable[str], header: str = "NODE") -> Column:
    """A column of hosts. Where it is narrow, the domain they share goes first, then the middle of what is left."""
    domain = shared_domain([clean(name) for name in hosts])

    def brief(cell: Text) -> Text:
        return Text(cell.plain.removesuffix(domain), style=cell.style) if domain else cell

    return Column(header, minimum=MINIMUM, shorten=middle, brief=brief)


def shared_domain(hosts: Iterable[str]) -> str:
    """The domain in which all hosts with a name are, with its leading dot; empty when there is none."""
    names = [host.split(".")[1:] for host in hosts if not is_address(host)]
    if len(names) < 2:
        return ""
    shared: list[str] = []
    for labels in zip(*(reversed(name) for name in names), strict=False):
        if len(set(labels)) > 1:
            break
        shared.insert(0, labels[0])
    return "." + ".".join(shared) if shared else ""


def is_address(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def shorten_host(host: str, width: int) -> str:
    """A host within ``width`` cells, both its ends kept: they tell it from its neighbours."""
    if len(host) <= width or width < 3:
        return host[:width]
    tail = width // 2
    return f"{host[: width - 1 - tail]}…{host[-tail:]}"


def short_unit(name: str) -> str:
    """A systemd unit's name without its type."""
    return name.removesuffix(".service")


def unit_column() -> Column:
    """A column of systemd units. They begin alike, so of a name that is too long the beginning goes first."""

    def shorten(cell: Text, width: int) -> Text:
        return cell if cell.cell_len <= width else middle(Text(cell.plain.removeprefix("orama-"), cell.style), width)

    return Column("UNIT", minimum=24, shorten=shorten)


def middle(cell: Text, width: int) -> Text:
    """A cell within ``width`` cells, its middle left out."""
    return Text(shorten_host(cell.plain, width), style=cell.style)


def host(name: str) -> Text:
    return text(name)


def role(name: str) -> Text:
    """A role, a nameserver by its short name."""
    return text(name.removeprefix("nameserver-") if name != "nameserver" else "ns")
