"""The body of a release's file: cells and relations as three Parquet files one after the other."""

from __future__ import annotations

import hashlib
import io
from itertools import pairwise

import numpy as np
import polars as pl

from pipelines.disclosure.linked_tables import Published, Relations

HEADER = 4 * 8
"""The threshold and the lengths of the three parts, eight bytes each."""


def packed(published: Published) -> bytes:
    """What a reader of the release saw. Rates are not kept: a release shows none but of counts that it shows."""
    if published.rates:
        raise ValueError("a release in the ledger shows no rates of hidden counts")
    cells = pl.DataFrame(
        {
            "cell": list(published.names),
            "count": published.counts,
            "suppressed": published.suppressed,
            "rate_suppressed": published.rate_suppressed,
            "denominator": published.denominators,
        }
    )
    sums = pl.DataFrame({"total": published.relations.totals, "length": published.relations.lengths})
    parts = pl.DataFrame({"part": published.relations.parts})
    blobs = [_parquet(frame) for frame in (cells, sums, parts)]
    lengths = np.array([published.threshold, *(len(blob) for blob in blobs)], dtype="<i8").tobytes()
    return lengths + b"".join(blobs)


def unpacked(body: bytes) -> Published:
    """The release again."""
    threshold, *lengths = np.frombuffer(body[:HEADER], dtype="<i8").tolist()
    ends = (HEADER + np.cumsum([0, *lengths])).tolist()
    cells, sums, parts = (pl.read_parquet(io.BytesIO(body[begin:end])) for begin, end in pairwise(ends))
    starts = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sums["length"].to_numpy(), dtype=np.int64)])
    return Published(
        names=tuple(cells["cell"].to_list()),
        counts=cells["count"].to_numpy(),
        suppressed=cells["suppressed"].to_numpy(),
        rate_suppressed=cells["rate_suppressed"].to_numpy(),
        relations=Relations(sums["total"].to_numpy(), parts["part"].to_numpy(), starts),
        threshold=int(threshold),
        denominators=cells["denominator"].to_numpy(),
    )


def content_of(published: Published) -> str:
    """A hash of what the release says, whatever way it is written."""
    relations = published.relations
    content = hashlib.sha256(str(published.threshold).encode())
    content.update("\n".join(published.names).encode())
    for array in (
        published.counts,
        published.suppressed,
        published.rate_suppressed,
        published.denominators,
        relations.totals,
        relations.parts,
        relations.starts,
    ):
        content.update(np.ascontiguousarray(array).tobytes())
    return content.hexdigest()


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    return buffer.getvalue()
