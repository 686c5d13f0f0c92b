"""The typefaces of documents: files of two packages with an open licence, so that every machine makes the same page.

No font of the machine is looked for. The packages hold each face twice, and a folder is read in the order of the file
system, so the faces that we use are laid in a folder of their own.
"""

from __future__ import annotations

import shutil
import unicodedata
from atexit import register
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

SANS, SERIF = "Source Sans Pro", "Source Serif Pro"
PACKAGES = {"font_source_sans_pro": "SourceSansPro", "font_source_serif_pro": "SourceSerifPro"}
FACES = ("Regular", "It", "Semibold", "Bold")
UNKNOWN = "?"
"""Stands for a letter that our faces do not have, as somebody may have written it in an answer."""


@cache
def font_folder() -> Path:
    """A folder with our faces alone; it goes with the process."""
    folder = TemporaryDirectory(prefix="roedtraad-fonts-")
    register(folder.cleanup)
    for package, name in PACKAGES.items():
        for face in FACES:
            file = resources.files(package) / "files" / f"{name}-{face}.ttf"
            with resources.as_file(file) as path:
                shutil.copyfile(path, Path(folder.name) / path.name)
    return Path(folder.name)


def displayable(text: str) -> str:
    """The text with `?` for what our faces cannot show: an accessible PDF may not hold an empty box."""
    composed = unicodedata.normalize("NFC", text)
    known = _letters()
    return "".join(letter if letter == "\n" or ord(letter) in known else UNKNOWN for letter in composed)


@cache
def _letters() -> frozenset[int]:
    """What all upright faces have; italics are for our own words."""
    from fontTools.ttLib import TTFont

    letters = []
    for path in font_folder().glob("*.ttf"):
        if "-It" not in path.name:
            with TTFont(path, lazy=True) as face:
                letters.append(frozenset(face.getBestCmap()))
    return frozenset.intersection(*letters)
