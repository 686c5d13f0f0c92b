"""How much memory the engine may use to be fast. It reads these settings when it is loaded, so they are made before.
And when Python looks for what can be let go.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager

JOINS = {"POLARS_JOIN_SAMPLE_LIMIT": "10000"}
"""Rows of each side of a join that are looked at before one is chosen to be held; by default ten million wait there."""

THRIFTY = {
    "POLARS_ROW_GROUP_PREFETCH_SIZE": "1",
    "POLARS_IDEAL_MORSEL_SIZE": "10000",
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:100,muzzy_decay_ms:0,narenas:2",
}
"""Less is read ahead, and fewer rows are on their way at a time; what is free goes back to the machine at once, not a
second later. It costs no work, but waits for the disk."""


def bound_memory(arguments: Sequence[str], environment: MutableMapping[str, str] = os.environ) -> None:
    """Whoever asks for buckets asks for little memory. What the environment says already stays."""
    asked = any(argument.split("=")[0] == "--buckets" for argument in arguments)
    for name, value in {**JOINS, **(THRIFTY if asked else {})}.items():
        environment.setdefault(name, value)


@contextmanager
def while_importing() -> Iterator[None]:
    """What a large import makes stays for good: Python looks through it neither meanwhile nor later."""
    looks = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if looks:
            gc.enable()
