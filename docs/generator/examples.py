"""docs/cli/examples.md: what an operator types, with what it printed."""

from __future__ import annotations

from generator.console import ELSEWHERE, ENVIRONMENT, block, operator
from generator.markdown import page as assembled
from generator.recorded import HEALTHY

NODE = "198.51.100.13"
LINES = 45

INTRODUCTION = """\
# Examples

Written by `make docs`. The [lab](../../tests/lab/README.md)'s tests run every command here against real nodes; what is
shown was recorded there with all well. How the same looks with four faults is on each [command's](README.md) page.
Without a node at hand, `--from` shows both:

    orama monitor cluster --from docs/generator/recorded/faulty.json
    orama monitor live --from docs/generator/recorded/healthy.json --from docs/generator/recorded/faulty.json

## The live view

    orama monitor --env lab

![the live view](../images/live-overview-dark.svg)"""

#: What an operator wants, and what to type for it.
EXAMPLES = {
    "Cluster overview": f"orama monitor cluster --env {ENVIRONMENT}",
    "Cluster overview as JSON": f"orama monitor cluster --env {ENVIRONMENT} --json",
    "Alerts for all nodes": f"orama monitor alerts --env {ENVIRONMENT}",
    "Single-node deep dive": f"orama monitor node --env {ENVIRONMENT} --node {NODE}",
    "Services for one node": f"orama monitor service --env {ENVIRONMENT} --node {NODE}",
    "WireGuard mesh details": f"orama monitor mesh --env {ENVIRONMENT}",
    "DNS health": f"orama monitor dns --env {ENVIRONMENT}",
    "Namespace health": f"orama monitor namespaces --env {ENVIRONMENT}",
    "Full report for a language model": f"orama monitor report --env {ENVIRONMENT} | jq .",
    "Single-node report": f"orama monitor report --env {ENVIRONMENT} --node {NODE}",
    "Custom config file": f"orama monitor cluster --config {ELSEWHERE} --env {ENVIRONMENT}",
}


def page() -> str:
    with operator():
        return assembled(INTRODUCTION, *(_example(wish, command) for wish, command in EXAMPLES.items()))


def _example(wish: str, command: str) -> str:
    return f"## {wish}\n\n{block(command, HEALTHY, LINES)}"
