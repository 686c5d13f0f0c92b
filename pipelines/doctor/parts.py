"""Whether a Parquet file is what was committed: there, of its size, of its content, readable to the last page."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.content_sum import sha256_of
from pipelines.delta_log import Part


def fault_of(part: Part, *, quick: bool) -> tuple[str, str] | None:  # noqa: PLR0911 - one for each fault
    """Kind of finding and what is wrong in words; none for a sound file. `quick` reads no page of it."""
    try:
        known = part.file.stat()
    except FileNotFoundError:
        return "missing_file", "The file is gone"
    except OSError:
        return "closed_to_us", "The file may not be looked at by this user"
    if not known.st_mode & 0o400:
        return "closed_to_us", "Its owner may not read the file"
    if known.st_size != part.bytes:
        return "changed_file", f"The file has {known.st_size:,} bytes instead of {part.bytes:,}"
    try:
        if not quick and part.sha256 is not None:
            return None if sha256_of(part.file) == part.sha256 else ("changed_file", "The content was changed")
        return _fault_inside(part, quick=quick)
    except PermissionError:
        return "closed_to_us", "The file may not be read by this user"
    except (OSError, pa.ArrowException, ValueError):
        return "unreadable_file", "The file is not whole: it cannot be read to its end"


def _fault_inside(part: Part, *, quick: bool) -> tuple[str, str] | None:
    """The footer, and unless `quick` every page."""
    with pq.ParquetFile(part.file, page_checksum_verification=not quick) as opened:
        rows = opened.metadata.num_rows
        if not quick:
            rows = sum(batch.num_rows for batch in opened.iter_batches())
    if part.rows is not None and rows != part.rows:
        return "changed_file", f"The file has {rows:,} rows instead of {part.rows:,}"
    return None
