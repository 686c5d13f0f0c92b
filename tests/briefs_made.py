"""All briefs of a country of figures, as the command makes them, in HTML and PDF."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_once import copy_of
from published_frames import country, write_store
from typer.testing import CliRunner

from pipelines.cli import app


def all_briefs(folders: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The store and the folder of its briefs in Danish; who asks gets a copy of both."""
    made = copy_of("briefs", _made, folders)
    return made / "store", made / "out" / "briefs"


def _made(folder: Path) -> Path:
    store = write_store(folder / "made" / "store", country())
    done = CliRunner().invoke(app, ["briefs", "--store", str(store), "--out", str(folder / "made" / "out" / "briefs")])
    assert done.exit_code == 0, done.output
    assert "98 briefs" in done.output
    return folder / "made"
