"""Reports of a check of a store: for people, for programs, and for those who know Great Expectations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from checks.report.docs_folder import DATA_DOCS, assert_free
from checks.report.json_report import json_report
from checks.report.junit import junit_report
from checks.report.page import page
from checks.report.reported import Report, reported
from checks.report.words import Words
from pipelines.errors import StoreFailed
from pipelines.private_file import write_private

if TYPE_CHECKING:
    from checks.run import Outcome

__all__ = ["Report", "Words", "assert_free", "reported", "write_reports"]


def write_reports(outcome: Outcome, report: Report, folder: Path, words: Words) -> list[Path]:
    """`checks.html`, `checks.json`, `checks.xml` (JUnit) and Data Docs in `folder`; earlier ones are replaced.

    The report of a municipality has no Data Docs, whose counts are those of the whole store. StoreFailed when the
    folder cannot be written to.
    """
    texts = {
        "checks.html": page(report, words),
        "checks.json": json_report(report),
        "checks.xml": junit_report(report, words),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            write_private(folder / name, text.encode())
        written = [folder / name for name in texts]
        return [*written, *_data_docs(outcome, report, folder / DATA_DOCS)]
    except OSError as fault:
        raise StoreFailed(
            f"The report cannot be written: {fault.strerror or type(fault).__name__}",
            where=str(folder),
            to_do="Free space or choose another folder. The results are in the store.",
        ) from None


def _data_docs(outcome: Outcome, report: Report, folder: Path) -> list[Path]:
    if report.about.municipality_code is not None:
        return []
    from checks.report.data_docs import write_data_docs

    return [write_data_docs(outcome.validations, report, folder)]
