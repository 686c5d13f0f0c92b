"""A PDF from a typst template and data, tagged as PDF/UA-1 asks: title, language, headings, table headers, alt texts.

The same template, data and files make the same bytes: the date of the document is in the data, the clock is not asked,
and no font of the machine is used (`fonts`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from reports.documents.fonts import displayable, font_folder

STANDARD: typst.PDFStandard = "ua-1"
NEEDED = ("title", "language", "date")
"""What every document says of itself: `date` is an ISO day, `language` is `da` or `en`."""

STYLE = "documents/style.typ"


def pdf(template: str, data: Mapping[str, object], files: Mapping[str, bytes] = {}) -> bytes:
    """`template` is a file of this package (`brief/brief.typ`). It begins with `#import "style.typ": *` and reads
    `json("data.json")`; pictures stand beside it under their names in `files`.

    A picture without alt text, or a heading that skips a level, is a fault of the template and raises TypstError.
    """
    missing = [name for name in NEEDED if not data.get(name)]
    if missing:
        raise KeyError(f"a document needs {', '.join(missing)}")
    day = date.fromisoformat(str(data["date"]))
    with TemporaryDirectory(prefix="roedtraad-pdf-") as folder:
        main = _laid_out(Path(folder), template, data, files)
        return typst.compile(
            main,
            root=Path(folder),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=STANDARD,
            timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
        )


def _laid_out(folder: Path, template: str, data: Mapping[str, object], files: Mapping[str, bytes]) -> Path:
    """Template, style, data and pictures side by side in a folder of their own: typst sees nothing else."""
    package = resources.files("reports")
    for name, source in (("main.typ", template), ("style.typ", STYLE)):
        (folder / name).write_bytes((package / source).read_bytes())
    (folder / "data.json").write_text(json.dumps(_displayable(data), ensure_ascii=False), encoding="utf-8")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder / "main.typ"


def _displayable(part: object) -> object:
    """Every text of the data, however deep."""
    if isinstance(part, str):
        return displayable(part)
    if isinstance(part, Mapping):
        return {name: _displayable(value) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [_displayable(value) for value in part]
    return part


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_folder())])
