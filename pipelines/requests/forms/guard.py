"""Whether a file may be opened as a form at all: an Excel workbook of ordinary size, without programs in it."""

from __future__ import annotations

import io
from zipfile import BadZipFile, ZipFile

from pipelines.errors import UserError

LARGEST_FILE, LARGEST_UNPACKED, MOST_PARTS = 2_000_000, 4_000_000, 400
LARGEST_STYLES, STYLES = 200_000, "xl/styles.xml"
"""A style takes far longer to read than a cell, and a form has a dozen."""

PROGRAMS = ("vbaproject", "activex", "macrosheets", "embeddings", "externallinks", "dialogsheets")
"""Parts of a workbook that run, or fetch from elsewhere. A form has none."""

CONTENT_TYPES = "[Content_Types].xml"


class FormRefused(UserError):
    """A file that is no form of this request and respondent, or one with answers to mend; nothing of it was kept.

    `fault`: why, for who says it in another language; `cells`: where.
    """

    exit_code = 22

    def __init__(self, fault: str, what: str, to_do: str, where: str = "") -> None:
        self.fault, self.cells = fault, where
        super().__init__(what, where=where, to_do=to_do)


def assert_harmless(content: bytes, name: str = "") -> None:
    """FormRefused for what is no workbook, is too large, or has programs in it. Only a small part is unpacked."""
    if len(content) > LARGEST_FILE:
        raise _too_large()
    if name.lower().endswith((".xlsm", ".xlsb", ".xltm", ".xls")):
        raise _has_programs() if name.lower().endswith("m") else _no_workbook()
    try:
        with ZipFile(io.BytesIO(content)) as packed:
            _assert_parts(packed)
    except (BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as fault:
        raise _no_workbook() from fault


def _assert_parts(packed: ZipFile) -> None:
    parts = packed.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise _too_large()
    if any(part.filename == STYLES and part.file_size > LARGEST_STYLES for part in parts):
        raise _too_large()
    names = [part.filename for part in parts]
    if CONTENT_TYPES not in names or "xl/workbook.xml" not in names:
        raise _no_workbook()
    kinds = packed.read(CONTENT_TYPES).lower()
    if any(program in name.lower() for name in names for program in PROGRAMS) or b"macroenabled" in kinds:
        raise _has_programs()


def _too_large() -> FormRefused:
    return FormRefused("too_large", "The file is larger than a form can be", "Fill in the form that was sent.")


def _no_workbook() -> FormRefused:
    return FormRefused(
        "not_excel", "The file is no Excel workbook (.xlsx)", "Send the form that was filled in, without a password."
    )


def _has_programs() -> FormRefused:
    return FormRefused("macros", "The file has macros or other programs in it", "Save it as .xlsx without macros.")
