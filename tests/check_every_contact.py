"""Checks the store that is named: every contact fails. Ends with the code of the error, if there is one."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl
from checked_stores import checked, claim

from pipelines.errors import UserError
from pipelines.store import Store

if __name__ == "__main__":
    try:
        checked(Store(Path(sys.argv[1])), claim("contacts.each", pl.col("contact_id").is_not_null()))
    except UserError as error:
        sys.exit(error.exit_code)
