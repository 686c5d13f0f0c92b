"""Where reports may be written: known before the checks, which take a while, and without Great Expectations."""

from __future__ import annotations

from pathlib import Path

from pipelines.errors import StoreFailed

DATA_DOCS = "great_expectations"
CONTEXT = "great_expectations.yml"
"""The file by which Great Expectations, and we, know a folder of its own."""


def assert_free(folder: Path, *, has_data_docs: bool) -> None:
    """StoreFailed when reports cannot go there: it is a file, or Data Docs would be put over something else."""
    above = next(path for path in (folder, *folder.parents) if path.exists())
    if not above.is_dir():
        raise StoreFailed(f"{above} is a file, and no folder for reports", to_do="Choose another folder.")
    if has_data_docs:
        assert_ours(folder / DATA_DOCS)


def assert_ours(folder: Path) -> None:
    """A folder with something else in it is left alone."""
    is_ours = not folder.exists() or (folder / CONTEXT).is_file()
    if not is_ours and not (folder.is_dir() and not any(folder.iterdir())):
        raise StoreFailed(f"{folder} holds something else than Data Docs", to_do="Choose another folder.")
