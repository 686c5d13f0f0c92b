"""Great Expectations, imported without analytics and without the warnings of its own import."""

from __future__ import annotations

import gc
import os
import warnings

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

_looks = gc.isenabled()
gc.disable()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import great_expectations
    import great_expectations.expectations
gc.freeze()  # what so large an import makes stays for good: Python looks through it neither meanwhile nor later
if _looks:
    gc.enable()

VERSION: str = great_expectations.__version__
