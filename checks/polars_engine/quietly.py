"""Great Expectations, imported without analytics and without the warnings of its own import."""

from __future__ import annotations

import os
import warnings

from pipelines.memory import while_importing

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")

with warnings.catch_warnings(), while_importing():
    warnings.simplefilter("ignore")
    import great_expectations
    import great_expectations.expectations

VERSION: str = great_expectations.__version__
