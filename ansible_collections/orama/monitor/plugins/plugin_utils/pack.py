# Copyright: Orama Monitor contributors
# MIT License (see LICENSE or https://opensource.org/license/mit)

"""The collectors packed as one Python program, to be read from standard input by the node's interpreter."""

from __future__ import annotations

import base64
import json
import os
import zlib

MARK = "\n#orama-report:"
PACKAGE = "orama_collectors"
#: Seconds after its deadline in which the program is gone, or the kernel ends it, whatever it is in the middle of.
GRACE = 5
MODULE_UTILS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "module_utils")

PROGRAM = """\
import sys
if sys.version_info < (3, 8):
    sys.exit("Python 3.8 or later is needed, this is %%d.%%d" %% sys.version_info[:2])
import base64, json, math, os, signal, zlib
from importlib.machinery import ModuleSpec
SOURCES = json.loads(zlib.decompress(base64.b64decode(%(sources)r)))
class Packed:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in SOURCES:
            return ModuleSpec(name, Packed, is_package=SOURCES[name][0])
    @staticmethod
    def create_module(spec):
        return None
    @staticmethod
    def exec_module(module):
        name = module.__spec__.name
        exec(compile(SOURCES[name][1], name + ".py", "exec", dont_inherit=True), module.__dict__)
sys.meta_path.insert(0, Packed)
from %(package)s.node import report
from %(package)s.options import Options
options = Options(**json.loads(%(options)r))
signal.signal(signal.SIGALRM, signal.SIG_DFL)
signal.alarm(math.ceil(options.deadline) + %(grace)d)
found = json.dumps(report(options), allow_nan=False)
sys.stdout.write(%(mark)r + found + "\\n")
sys.stdout.flush()
os._exit(0)
"""


def packed(options: dict) -> bytes:
    """The program that prints the mark and then one node's report as JSON."""
    words = dict(sources=SOURCES, package=PACKAGE, options=json.dumps(options), mark=MARK, grace=GRACE)
    return (PROGRAM % words).encode()


def _sources() -> str:
    """Every module of module_utils, by its name: ``[is a package, source]``, compressed."""
    modules: dict[str, tuple[bool, str]] = {}
    for folder, _folders, files in os.walk(MODULE_UTILS):
        inside = os.path.relpath(folder, MODULE_UTILS)
        package = ".".join([PACKAGE] + ([] if inside == "." else inside.split(os.sep)))
        for file in sorted(files):
            if file.endswith(".py"):
                with open(os.path.join(folder, file), encoding="utf-8") as source:
                    text = source.read()
                is_package = file == "__init__.py"
                modules[package if is_package else "%s.%s" % (package, file[:-3])] = (is_package, text)
    return base64.b64encode(zlib.compress(json.dumps(modules).encode(), 9)).decode()


#: Made when this is imported: once by Ansible's own process, not by the worker of each node.
SOURCES = _sources()
