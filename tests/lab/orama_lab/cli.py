"""The command line of the lab."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence

from .faults import FAULTS, Fault
from .faults.registry import HERE
from .lab import Lab
from .machine import attach
from .network import namespaces
from .shell import LabError
from .status import show

USAGE = "lab VERB [...]; a command for `run` and `ssh` comes after --"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a verb; what the user has to know is one line and exit code 1."""
    options = _parser().parse_args(argv)
    verb: Callable[[Lab, argparse.Namespace], int] = options.call
    try:
        return verb(Lab(), options)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lab", description="A real Orama cluster on one machine.", usage=USAGE)
    verbs = parser.add_subparsers(metavar="VERB", required=True)

    def verb(name: str, call: Callable[[Lab, argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=text, description=text)
        made.set_defaults(call=call)
        return made

    verb("build", _build, "build what the lab is made of, once")
    up = verb("up", _up, "start the lab, or mend it, and wait until all is well")
    up.add_argument("--nodes", type=int, metavar="N", help="how many nodes (default 5, up to 24)")
    command = verb("run", _run, "run a command on the control host, inside the lab's network")
    command.add_argument("command", nargs="+", metavar="CMD")
    ssh = verb("ssh", _ssh, "run a command in a node as root, also when its sshd is broken; alone: a shell")
    ssh.add_argument("node")
    ssh.add_argument("command", nargs="*", metavar="CMD")
    fault = verb("fault", _fault, "inject a fault")
    fault.add_argument("name")
    fault.add_argument("node", nargs="?")
    verb("heal", _heal, "heal every standing fault and wait until all is well")
    faults = verb("faults", _faults, "list the faults there are")
    faults.add_argument("--json", action="store_true")
    verb("status", _status, "say how every node is; exit 0 only when all is well")
    verb("conf", _conf, "print where the generated remote-nodes.conf is")
    verb("down", _down, "take everything away but the build cache")
    return parser


def _build(lab: Lab, options: argparse.Namespace) -> int:
    failures = lab.build()
    for failure in failures:
        print(f"lab: cannot have {failure}", file=sys.stderr)
    return 1 if failures else 0


def _up(lab: Lab, options: argparse.Namespace) -> int:
    lab.up(options.nodes)
    print(f"lab: {len(lab.nodes)} nodes are well; {lab.conf}")
    return 0


def _run(lab: Lab, options: argparse.Namespace) -> int:
    if not namespaces(lab.paths):
        raise LabError("no lab is up; `lab up` starts one")
    words = lab.control(options.command)
    sys.stdout.flush()
    os.execvp(words[0], words)


def _ssh(lab: Lab, options: argparse.Namespace) -> int:
    machine = lab.site.machine(lab.node(options.node))
    return attach(machine, ["bash", "-c", " ".join(options.command)] if options.command else ["bash", "-l"])


def _fault(lab: Lab, options: argparse.Namespace) -> int:
    fault, node = lab.fault(options.name, options.node)
    print(f"lab: {fault.name} stands on {node}: {fault.text}")
    return 0


def _heal(lab: Lab, options: argparse.Namespace) -> int:
    lab.heal()
    print("lab: all is well")
    return 0


def _faults(lab: Lab, options: argparse.Namespace) -> int:
    if options.json:
        print(json.dumps([_described(fault) for fault in FAULTS.values()], indent=2))
        return 0
    for fault in FAULTS.values():
        roots = " ".join(code if where == HERE else f"{code}@{where}" for code, where in fault.expect) or "(silence)"
        print(f"{fault.name:<28} {fault.node:<9} {'slow' if fault.slow else '':<5} {roots:<32} {fault.text}")
    return 0


def _described(fault: Fault) -> dict[str, object]:
    return {
        "name": fault.name,
        "text": fault.text,
        "node": fault.node,
        "slow": fault.slow,
        "expected": [list(pair) for pair in fault.expect],
    }


def _status(lab: Lab, options: argparse.Namespace) -> int:
    return show(lab)


def _conf(lab: Lab, options: argparse.Namespace) -> int:
    print(lab.conf)
    return 0


def _down(lab: Lab, options: argparse.Namespace) -> int:
    lab.down()
    return 0
