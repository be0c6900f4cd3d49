"""docs/cli, from the command line itself: its help, and what it prints for the reports recorded from the lab."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from generator.console import asks_nodes, block, operator
from generator.recorded import FAULTY
from orama_monitor.alerts import policy
from orama_monitor.app import monitor
from orama_monitor.commands.options import Settings
from orama_monitor.commands.parts import PARTS

NOTE = "<!-- Written by `make docs`. -->"
RECORDED = "Recorded in the lab, with four faults; [examples](examples.md) show it with all well."
LINES = 130


@dataclass(frozen=True)
class Page:
    """A page: what is said beside the help, a picture, and the commands whose output is shown."""

    about: str
    examples: tuple[str, ...] = ()
    picture: str | None = None


PAGES = {
    "live": Page(
        "Keys and tabs are listed in its help: press `?`. [More about it](../live.md).", picture="live-overview"
    ),
    "cluster": Page(
        "What hurts stands on top: unreachable and degraded nodes, then those with alerts, then the others in the "
        "conf's order. Where the terminal is narrow, columns are left out, the least telling first.\n\n"
        "ALERTS counts what stands on the node (`✗` critical, `!` warning, `i` info), consequences included. WG is "
        "peers heard within 180 s of all peers, UNITS active units of those enabled.",
        ("orama monitor cluster --env lab",),
        picture="cluster",
    ),
    "node": Page(
        "One node alone is shown with its units, peers, ports, firewall and collectors. Only that node is asked: what "
        "the others say of it is in [a saved report of all](README.md#saved-reports).",
        ("orama monitor node --env lab --node 198.51.100.13",),
    ),
    "service": Page(
        "Units that are not core (deployments, namespaces) are counted under `other`.",
        ("orama monitor service --env lab",),
    ),
    "mesh": Page(
        "The matrix has a row for each node and says how long ago it heard each other one. `≠` marks a pair of which "
        "only one side hears the other. A matrix that does not fit is left out; pairs in trouble are always listed.",
        ("orama monitor mesh --env lab",),
        picture="mesh",
    ),
    "dns": Page("Nodes without CoreDNS are counted, not listed.", ("orama monitor dns --env lab",)),
    "namespaces": Page("", ("orama monitor namespaces --env lab",)),
    "alerts": Page(
        "A fault has one root alert; what follows from it is folded. The arrow says where to look next. "
        "[All alerts](../alerts.md).",
        (
            "orama monitor alerts --env lab",
            "orama monitor alerts --env lab --all --severity critical",
            "orama monitor alerts --env lab --query 'alerts[?cause==`null`].[severity, code, node]'",
        ),
        picture="alerts",
    ),
    "report": Page(
        "The JSON is the format of saved reports: `orama monitor report --env lab > saved.json`, then any command "
        "with `--from saved.json`.",
        (
            "orama monitor report --env lab --format markdown",
            "orama monitor report --env lab --compact --query '{meta: meta, summary: summary}'",
        ),
    ),
    "explain": Page("", ("orama monitor explain RQLITE_NO_LEADER", "orama monitor explain --query '[0]'")),
    "mute": Page(
        "A muted alert stays in the JSON with `muted: true`, is counted apart, and does not count for `--fail-on`. "
        "It wakes when its time is over or when it gets worse. Without `--policy` the file is `monitor-policy.yml` "
        "beside the conf, and it is read by every command; the collection's playbooks read it only where "
        "`orama_policy` names it, and know an environment by `orama_environment`.\n\n"
        "A `--node` or `--env` that the conf does not have is refused: it would mute nothing. What is over stays in "
        "the file, and in the list, until somebody removes it.",
        (
            "orama monitor mute TLS_EXPIRING --node 198.51.100.11 --reason 'the new one comes on Monday'",
            "orama monitor mute --list",
        ),
    ),
    "inventory": Page("", ("orama monitor inventory --env lab",)),
    "schema": Page("", ("orama monitor schema --query 'keys(@)'", "orama monitor schema node --query 'required'")),
    "completion": Page(""),
}


def pages() -> dict[str, str]:
    """Every page's text by its name in docs/cli."""
    return {"README.md": _overview(), **{f"{name}.md": _page(name, page) for name, page in PAGES.items()}}


def _page(name: str, page: Page) -> str:
    command = _command(name)
    parts = [f"# orama monitor {name}", NOTE, _help(command)]
    if page.about:
        parts.append(page.about)
    own = list(_options(command, own=True))
    if own:
        parts.append("\n".join(["| flag | meaning |", "|---|---|", *own]))
    if page.picture:
        parts.append(f"![{page.picture}](../images/{page.picture}-dark.svg)")
    with operator():
        parts += _examples(page)
    parts += _json(name)
    return "\n\n".join([*parts, "[Flags that every command knows](README.md#flags)"]) + "\n"


def _examples(page: Page) -> Iterator[str]:
    if any(map(asks_nodes, page.examples)):
        yield RECORDED
    for example in page.examples:
        yield block(example, FAULTY, LINES)


def _help(command: click.Command) -> str:
    """The command's help as Markdown: the lines that click must not wrap are code."""
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    return "\n\n".join(
        "    " + paragraph.removeprefix("\b\n").replace("\n", "\n    ") if paragraph.startswith("\b\n") else paragraph
        for paragraph in paragraphs
    )


def _json(name: str) -> Iterator[str]:
    part = PARTS.get(name)
    if part is None or name == "report":
        return
    yield "## JSON"
    if part.whole:
        yield "`--json` is the whole report."
        return
    said = "`--json` is the report's `meta`, `summary` and `alerts`"
    if part.subsystems is not None:
        said += f" (those of {', '.join(sorted(part.subsystems))})"
    if part.sections is not None:
        sections = ", ".join(f"`{section}`" for section in part.sections)
        said += f", and `nodes` with the sections {sections} of each report"
    yield said + ". Every path is the same as in the report."


def _command(name: str) -> click.Command:
    found = monitor.get_command(click.Context(monitor), name)
    assert found is not None
    return found


def _options(command: click.Command, own: bool) -> Iterator[str]:
    for option in command.params:
        if isinstance(option, click.Option) and (option.name in Settings.__dataclass_fields__) is not own:
            name = ", ".join(f"`{flag}`" for flag in option.opts)
            yield f"| {name}{_taken(option).replace('|', ' or ')} | {(option.help or '').replace('|', ' or ')} |"


def _taken(option: click.Option) -> str:
    """What the option takes, after a blank; nothing for a flag."""
    choices = "|".join(option.type.choices) if isinstance(option.type, click.Choice) else ""
    taken = option.metavar or choices
    return f" {taken}" if taken else ""


def _overview() -> str:
    template = Path(__file__).with_name("cli_overview.md").read_text(encoding="utf-8")
    commands = "\n".join(f"| [{name}]({name}.md) | {line} |" for name, (_place, line) in monitor.lazy.items())
    flags = "\n".join(_options(_command("cluster"), own=False))
    text = template.replace("{commands}", f"| command | |\n|---|---|\n{commands}")
    text = text.replace("{policy}", policy_shown())
    return text.replace("{flags}", f"| flag | meaning |\n|---|---|\n{flags}").replace("{note}", NOTE)


def policy_shown() -> str:
    """The policy that its module shows."""
    lines = (policy.__doc__ or "").splitlines()
    return "\n".join(line for line in lines if line.startswith("    "))
