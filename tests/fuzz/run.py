"""Coverage-guided fuzzing of every target, each in a process of its own.

python -m tests.fuzz.run [--executions N] [--list] [NAME…]     N in all, shared out; the inputs that broke a promise
                                                               are kept, and named
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

EXECUTIONS = 10_000_000
#: One input that takes longer, in s, is a hang; memory in MiB.
TIME_LIMIT, MEMORY_LIMIT = 20, 2048
INSTRUMENTED = ["orama_monitor", "ansible_collections.orama.monitor.plugins", "jmespath"]
KEPT = Path(tempfile.gettempdir()) / "orama-monitor-fuzz"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Coverage-guided fuzzing of what reads what others wrote.")
    parser.add_argument("--executions", type=int, default=EXECUTIONS, help="in all [default: %(default)s]")
    parser.add_argument("--list", action="store_true", help="print the targets")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args(arguments)
    if options.one:
        return _fuzz(options.names[0], options.executions)
    from tests.fuzz.targets import TARGETS

    chosen = [target for target in TARGETS if target.name in (options.names or [target.name])]
    if options.list:
        print("\n".join(target.name for target in chosen))
        return 0
    shares = sum(target.share for target in chosen)
    done = [_child(target.name, options.executions * target.share // shares) for target in chosen]
    print(f"{sum(filter(None, done)):,} executions in all", flush=True)
    return int(None in done)


def _child(name: str, executions: int) -> int | None:
    """Fuzz one target and say how it went: how many executions there were, None when one broke a promise."""
    began = time.monotonic()
    command = [sys.executable, "-m", "tests.fuzz.run", "--one", "--executions", str(executions), name]
    told = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    ran = re.search(r"Done (\d+) runs", told.stdout)
    if told.returncode or not ran:
        print(f"FAIL {name}\n{told.stdout[-6000:]}", flush=True)
        return None
    print(f"ok   {name}: {int(ran.group(1)):,} executions, {time.monotonic() - began:.0f} s", flush=True)
    return int(ran.group(1))


def _fuzz(name: str, executions: int) -> int:
    """Fuzz in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=INSTRUMENTED):
        from tests.fuzz.targets import TARGETS
    target = next(target for target in TARGETS if target.name == name)
    KEPT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        for number, seed in enumerate(target.seeds):
            (Path(corpus) / str(number)).write_bytes(seed)
        limits = [f"-timeout={TIME_LIMIT}", f"-rss_limit_mb={MEMORY_LIMIT}", f"-max_len={target.longest}"]
        kept = f"-artifact_prefix={KEPT / name.replace(' ', '-')}-"
        atheris.Setup([name, f"-runs={executions}", kept, *limits, corpus], target.check)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
