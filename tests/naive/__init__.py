"""A second implementation of the rules in plain Python: the judge of the pipeline.

Written from the specification alone, as loops over rows, with nothing of the pipeline in it but the reference files.
It is meant to be read beside the specification, line for line, and is slow on purpose. Rows are taken to have passed
conformance.
"""

from __future__ import annotations

from naive.judge import Verdict, judge
from naive.reference import Reference, read_reference

__all__ = ["Reference", "Verdict", "judge", "read_reference"]
