"""A municipality's own files to practise on: as its systems export them, and of nobody."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from commanded import roedtraad

from pipelines.errors import UserError
from sample_data.own_files import FILES, make_own_files

AS_OF = date(2026, 9, 30)


def made(out: Path, municipality: str = "0479", seed: int = 1) -> Path:
    make_own_files(out, municipality=municipality, children=400, seed=seed, as_of=AS_OF)
    return out


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("kommune"))


def rows(own: Path, name: str) -> pl.DataFrame:
    encoding = next(each.encoding for each in FILES if each.place == name)
    text = (own / name).read_bytes().decode(encoding)
    return pl.read_csv(text.encode(), separator=";", infer_schema=False)


def test_the_same_arguments_give_the_same_files_and_another_seed_gives_others(own: Path, tmp_path: Path) -> None:
    again, other = made(tmp_path / "again"), made(tmp_path / "other", seed=2)
    for file in own.iterdir():
        assert file.read_bytes() == (again / file.name).read_bytes()
        assert file.read_bytes() != (other / file.name).read_bytes()


def test_nobody_in_the_files_exists(own: Path) -> None:
    for file in FILES:
        held = rows(own, file.place)
        for column in ("child_id", "mother_id"):
            if column in file.columns:
                days = held[file.columns[column]].drop_nulls().str.slice(0, 2).cast(pl.Int64)
                assert days.len() > 0
                assert days.is_between(61, 91).all()


def test_the_municipality_has_homes_and_records_of_its_own_and_nobody_elses(own: Path) -> None:
    for name in ("adresser.csv", "sager.csv", "besoeg.csv"):
        assert rows(own, name)["Kommunekode"].unique().to_list() == ["0479"]
    handed = rows(own, "overleveringer.csv")
    ends = pl.any_horizontal(pl.col("Afsenderkommune", "Modtagerkommune") == "0479")
    assert handed.filter(~ends.fill_null(value=False)).is_empty()
    assert handed.height > 20


def test_all_children_in_the_files_are_born_or_live_there(own: Path) -> None:
    born = set(rows(own, "foedsler.csv")["Barnets CPR"])
    assert set(rows(own, "besoeg.csv")["Barnets CPR"]) <= born
    assert set(rows(own, "sager.csv")["CPR-nummer"].str.replace("-", "")) <= born


def test_a_municipality_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="No municipality has the code 9999"):
        made(tmp_path, "9999")
    told = roedtraad("sample", tmp_path, "--municipality", "Svendborg")
    assert told.returncode == 1
    assert "0479 is Svendborg" in told.stderr
