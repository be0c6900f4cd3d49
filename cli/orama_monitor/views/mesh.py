"""The WireGuard mesh: who heard whom how long ago, each side of every pair, and each node's interface."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text

from orama_monitor.alerts.alert import Severity
from orama_monitor.alerts.words import number
from orama_monitor.report import WireguardPeer
from orama_monitor.views import headline, style
from orama_monitor.views.amounts import handshake, heard, of, seconds, size
from orama_monitor.views.columns import Column, Table
from orama_monitor.views.flow import legend, sentence
from orama_monitor.views.hosts import host, host_column, shared_domain, shorten_host
from orama_monitor.views.notes import notes
from orama_monitor.views.peers import Mesh, Seen, mesh
from orama_monitor.views.text import clean, text

if TYPE_CHECKING:
    from orama_monitor.cluster_report import ClusterReport

LEGEND = (
    "age of the handshake as the row's node has it",
    "! stale",
    "✗ never",
    "∅ not a peer",
    "? no answer",
    "≠ one-sided",
)
PAIRS = 40


def render(report: ClusterReport, least: Severity | None = None) -> RenderableType:
    """The whole page."""
    return Group(headline.render(report), Text(), *body(report, least))


def body(report: ClusterReport, least: Severity | None = None) -> list[RenderableType]:
    """What is below the verdict."""
    found = mesh(report)
    line = Text.assemble(("Mesh: ", style.TITLE), clean(report.summary.wg_mesh_status))
    parts: list[RenderableType] = [line, Text(), interfaces(report, found)]
    if len(found.hosts) > 1:
        parts += [Text(), Matrix(found)]
    return [*parts, *_pairs(found), *notes(report, "wireguard", least)]


def interfaces(report: ClusterReport, found: Mesh) -> RenderableType:
    """A line a node: its interface and how many of its peers it hears."""
    if not report.nodes:
        return Text("No nodes.", style=style.DIM)
    columns = (
        Column("#", justify="right"),
        host_column(found.hosts),
        Column("WG IP", priority=2),
        Column("STATE"),
        Column("PEERS", justify="right"),
        Column("OLDEST", priority=1, justify="right"),
        Column("MTU", priority=10, justify="right"),
        Column("PORT", priority=11, justify="right"),
        Column("PERMS", priority=3, justify="right"),
        Column("RX", priority=12, justify="right"),
        Column("TX", priority=13, justify="right"),
        Column("STRANGERS", priority=14, justify="right"),
    )
    table = Table(columns)
    for position, node in enumerate(report.nodes, start=1):
        table.add([text(position), host(node.host), *_interface(report, found, position - 1)])
    return table


def _interface(report: ClusterReport, found: Mesh, index: int) -> list[Text]:
    node = report.nodes[index]
    wireguard = node.report.wireguard if node.report else None
    if wireguard is None:
        reason = Text("? no answer", style=style.BAD) if node.report is None else Text("– not known", style=style.DIM)
        return [text(None), reason, *[text(None)] * 8]
    peers = wireguard.peers or []
    ages = [peer.handshake_age_sec for peer in peers if peer.handshake_age_sec is not None]
    told = wireguard.peers is not None
    count, strangers = _counts(found, node.host, peers) if told else (text(wireguard.peer_count), text(None))
    return [
        text(wireguard.wg_ip),
        style.yes_no(wireguard.interface_up, good="up", bad="DOWN"),
        count,
        text(seconds(max(ages, default=None))),
        text(wireguard.mtu),
        text(wireguard.listen_port),
        text(wireguard.config_perms),
        text(_total(peer.transfer_rx_bytes for peer in peers)),
        text(_total(peer.transfer_tx_bytes for peer in peers)),
        strangers,
    ]


def _total(transfers: Iterable[int | None]) -> str | None:
    """What was transferred with all that tell; None where none does."""
    told = [transfer for transfer in transfers if transfer is not None]
    return size(sum(told)) if told else None


def _counts(found: Mesh, host: str, peers: list[WireguardPeer]) -> tuple[Text, Text]:
    """The peers of all there should be, and the strangers; of a part of the mesh nobody knows who they are."""
    if found.is_part:
        return heard(peers, found.stale_after), text(None)
    sees = found.sees[host]
    return of(sum(map(found.heard_lately, sees.values())), len(sees)), text(len(found.strangers.get(host, [])) or None)


class Matrix:
    """Every node's view of every other, where the terminal is wide enough for it."""

    def __init__(self, found: Mesh) -> None:
        self.mesh = found

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        hosts = self.mesh.hosts
        numbers = len(str(len(hosts)))
        if numbers + 4 * len(hosts) > options.max_width:
            yield from self._too_wide()
            return
        cells = [[self._cell(one, other) for other in hosts] for one in hosts]
        wide = max(cell.cell_len for row in cells for cell in row)
        wanted = numbers + len(hosts) * (wide + 2)
        if wanted > options.max_width:
            yield from self._too_wide()
            return
        name = options.max_width - 1 - wanted
        domain = shared_domain(map(clean, hosts))
        table = Table(
            [Column("#", justify="right"), Column("HEARS →", minimum=0, priority=1)]
            + [Column(str(position), justify="right") for position in range(1, len(hosts) + 1)]
        )
        for position, (one, row) in enumerate(zip(hosts, cells, strict=True), start=1):
            table.add([text(position), Text(shorten_host(clean(one).removesuffix(domain), max(name, 3))), *row])
        yield table
        yield legend(LEGEND)

    def _too_wide(self) -> RenderResult:
        said = f"A matrix of {len(self.mesh.hosts)} nodes does not fit here: only what is wrong is listed."
        yield sentence(Text(said, style=style.DIM))

    def _cell(self, one: str, other: str) -> Text:
        if one == other:
            return Text("·", style=style.DIM)
        if other not in self.mesh.sees.get(one, {}):
            return Text("?", style=style.DIM)
        cell = self._side(self.mesh.sees[one][other])
        return cell.append("≠", style=style.BAD) if self.mesh.one_sided(one, other) else cell

    def _side(self, seen: Seen) -> Text:
        if seen is None:
            return Text("∅", style=style.BAD)
        return handshake(seen, self.mesh.stale_after, word=False)


def _pairs(found: Mesh) -> list[RenderableType]:
    """Each pair in trouble, with what either side says; a silent node's pairs in one line."""
    lines: list[RenderableType] = [Text()]
    for silent in (name for name in found.hosts if found.sees and name not in found.sees):
        deaf = sum(silent in seen and not found.heard_lately(seen[silent]) for seen in found.sees.values())
        said = f"told nothing of its peers; {deaf or 'none'} of {number(len(found.sees), 'other node')} "
        said += "misses it" if deaf < 2 else "miss it"
        lines.append(sentence(Text.assemble((f"? {clean(silent)} ", style.WARN), said)))
    troubled = [pair for pair in found.troubled_pairs() if found.sees.keys() >= set(pair)]
    if troubled:
        lines.append(Text(f"{number(len(troubled), 'pair')} in trouble", style=style.TITLE))
        lines.append(_pair_table(found, troubled[:PAIRS]))
    if len(troubled) > PAIRS:
        lines.append(Text(f"… and {len(troubled) - PAIRS} more (--json shows them)", style=style.DIM))
    return lines if len(lines) > 1 else []


def _pair_table(found: Mesh, pairs: list[tuple[str, str]]) -> Table:
    table = Table(
        (host_column(found.hosts), Column("HEARS"), host_column(found.hosts, "PEER"), Column("HEARS"), Column(""))
    )
    for one, other in pairs:
        note = Text("≠ one-sided", style=style.BAD) if found.one_sided(one, other) else Text("")
        table.add([host(one), _told(found, one, other), host(other), _told(found, other, one), note])
    return table


def _told(found: Mesh, one: str, other: str) -> Text:
    """What ``one`` says about ``other``."""
    if other not in found.sees.get(one, {}):
        return Text("? not told", style=style.DIM)
    seen = found.sees[one][other]
    return Text("∅ no such peer", style=style.BAD) if seen is None else handshake(seen, found.stale_after)
