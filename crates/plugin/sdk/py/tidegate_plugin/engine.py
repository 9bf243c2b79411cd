"""What Python expects of an operating system and a component does not have.

A component takes along what is imported while it is built. Whatever asks the system later traps, and a trap says
nothing to the author; so that the usual ways there are closed with words instead.
"""

from __future__ import annotations

import builtins
import codecs
import random
import sys
import time
from importlib.machinery import BuiltinImporter, FrozenImporter
from typing import Any, NoReturn

from wit_world.imports import types

#: Python looks for the module of an encoding when it is first used.
_ENCODINGS = ("ascii", "cp1252", "latin-1", "utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le")

for _name in _ENCODINGS:
    codecs.lookup(_name)


def _no_files(*_: Any, **__: Any) -> NoReturn:
    raise OSError("a check has no files of its own; use run.files")


def _no_sleep(*_: Any) -> NoReturn:
    raise OSError("a check cannot sleep; a request waits by itself, up to timeout=milliseconds")


def prepare(context: types.Context) -> None:
    """Makes time and chance what the run says, and closes the ways to the system. Outside a component only chance."""
    random.seed(context.seed)
    if sys.platform != "wasi":
        return
    seconds = context.now / 1000
    time.time = lambda: seconds
    time.time_ns = lambda: context.now * 1_000_000
    time.sleep = _no_sleep
    builtins.open = _no_files
    # The usual finders look at the file system.
    sys.meta_path[:] = [BuiltinImporter, FrozenImporter]
