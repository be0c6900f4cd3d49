"""Records one case of a collector from a real node, as JSON on standard output.

On the node itself, with the collection's parent directories in PYTHONPATH::

    python3 record_case.py network --service "ufw 0.36.2" --state "SSH and WireGuard allowed"

From here, through a command that hands its last argument to a root shell of the node, as ssh does::

    python3 record_case.py network … --through "tests/lab/lab ssh n1 --"

Look at a case before it is committed: its section is what the collector said, which is what is to be tested.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shlex
import subprocess
import sys
import tarfile

MODULE_UTILS = "ansible_collections/orama/monitor/plugins/module_utils"
TESTS = "ansible_collections/orama/monitor/tests/unit/plugins/module_utils"
UNPRIVILEGED = "setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all"
UNPACKED = (
    'cd / && d=$(mktemp -d) && chmod 755 "$d" && tar -xz -C "$d" && PYTHONPATH="$d" PYTHONDONTWRITEBYTECODE=1'
    ' %s python3 "$d/%s/record_case.py" %s; code=$?; rm -rf "$d"; exit $code'
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("collector")
    parser.add_argument("--service", required=True, help="what answered, with its version")
    parser.add_argument("--state", required=True, help="the state it was in")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE", help="an option of the module")
    parser.add_argument("--through", metavar="COMMAND", help="the command that leads to the node")
    parser.add_argument("--unprivileged", action="store_true", help="ask there as a user without any rights")
    given = parser.parse_args()
    if given.through:
        return through(shlex.split(given.through), given)
    print(written(recorded(given)), end="")
    return 0


def recorded(given: argparse.Namespace) -> dict:
    """The case, asked here and now."""
    from ansible_collections.orama.monitor.plugins.module_utils import node
    from ansible_collections.orama.monitor.plugins.module_utils.collectors import COLLECTORS
    from ansible_collections.orama.monitor.plugins.module_utils.options import ARGUMENT_SPEC, Options
    from ansible_collections.orama.monitor.tests.unit.plugins.module_utils.replay import Recorder

    options = dict(pair.split("=", 1) for pair in given.option)
    for name in options:
        if ARGUMENT_SPEC[name]["type"] == "float":
            options[name] = float(options[name])
    probe = Recorder(Options(**options))
    try:
        outcome = node._guarded(probe, COLLECTORS[given.collector])
    finally:
        probe.close()
    asked = [{"question": json.loads(key), "answer": answer} for key, answer in sorted(probe.asked.items())]
    if given.collector != "network":
        asked = [listeners_only(item) for item in asked]
    case = {"service": given.service, "state": given.state, "options": options, "asked": asked}
    return dict(case, status=outcome.status, error=outcome.error, section=outcome.section)


def listeners_only(item: dict) -> dict:
    """A socket table without its connections, which are many and say something to the network collector only."""
    name, *rest = item["question"]
    if name != "read" or not rest[0].startswith("/proc/net/") or "value" not in item["answer"]:
        return item
    head, *rows = item["answer"]["value"].splitlines(keepends=True)
    kept = [row for row in rows if row.split()[3:4] in (["0A"], ["07"])]
    return dict(item, answer={"value": "".join([head, *kept])})


#: Quotes that ansible-test takes for slips of an editor, as JSON can write them, too.
QUOTES = {ord(quote): "\\u%04x" % ord(quote) for quote in "\u2018\u2019\u201c\u201d"}


def written(case: dict) -> str:
    """A case as text that shows well in a difference: a line for each question."""
    asked = ",\n".join("  " + json.dumps(item, ensure_ascii=False) for item in case["asked"])
    rest = json.dumps(dict(case, asked="*"), indent=1, ensure_ascii=False)
    return rest.replace('"asked": "*"', '"asked": [\n%s\n ]' % asked, 1).translate(QUOTES) + "\n"


def through(command: list[str], given: argparse.Namespace) -> int:
    """Run this very program on a node, from a copy that is gone afterwards."""
    words = [given.collector, "--service", given.service, "--state", given.state]
    for option in given.option:
        words += ["--option", option]
    root = os.path.abspath(__file__).split("/ansible_collections/")[0]
    run_as = UNPRIVILEGED if given.unprivileged else ""
    remote = UNPACKED % (run_as, TESTS, " ".join(map(shlex.quote, words)))
    return subprocess.run([*command, remote], input=packed(root), check=False).returncode


def packed(root: str) -> bytes:
    """The node's side and the recorder, as a compressed tar."""
    into = io.BytesIO()
    with tarfile.open(fileobj=into, mode="w:gz") as archive:
        for folder in (MODULE_UTILS, MODULE_UTILS + "/collectors", TESTS):
            for name in sorted(os.listdir(os.path.join(root, folder))):
                if name.endswith(".py"):
                    archive.add(os.path.join(root, folder, name), os.path.join(folder, name))
    return into.getvalue()


if __name__ == "__main__":
    sys.exit(main())
