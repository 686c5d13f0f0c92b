"""SAS files: what registers deliver in `.sas7bdat`, read in its own types; our own writer is judged by two readers."""

# ruff: noqa: DTZ001 - moments in SAS have no zone

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import polars as pl
import pyreadstat
import pytest
from polars.testing import assert_frame_equal

from pipelines.definitions.reference import Reference
from pipelines.errors import RefusedDelivery
from pipelines.flow import Source, ingest_into
from pipelines.progress import Progress
from pipelines.sources import forms
from pipelines.sources.declarations import Form
from pipelines.sources.forms import sas
from pipelines.store import Store
from sample_data.raw.sas_file import write_sas

SAS = Form("sas")
ROWS = pl.DataFrame(
    {
        "PNR_BARN": ["6801254001", "æøå ÆØÅ", None, " x"],
        "VAEGT_BARN": [3200.0, None, -12.25, float("nan")],
        "FOEDSELSDATO_BARN": [date(2025, 1, 8), date(1959, 12, 31), None, date(1850, 3, 1)],
        "KONT_STARTTIDSPUNKT": [datetime(2025, 1, 8, 13, 5, 1), datetime(1959, 12, 31, 23, 59, 59), None, None],
        "GESTATIONSALDER": [278, None, 0, -4],
        "Født i kommune med langt navn": ["0461", "0101", "0411", ""],
    }
)
TEXTS = pl.col("PNR_BARN", "Født i kommune med langt navn")
READ = ROWS.with_columns(
    TEXTS.fill_null(""),
    pl.col("VAEGT_BARN").fill_nan(None),
    pl.col("GESTATIONSALDER").cast(pl.Float64),
)
BIRTHS = """[source]
name = "test"
demo = true
[[delivery]]
table = "children"
path = "*.sas7bdat"
form = "sas"
[delivery.columns]
child_id = "BARN"
mother_id = "MOR"
birth_date = "FOEDT"
sex = "KOEN"
gestational_age_days = "DAGE"
[delivery.codes.sex]
2 = "female"
"""


def many(rows: pl.DataFrame, height: int) -> pl.DataFrame:
    return pl.concat([rows] * (height // rows.height + 1), rechunk=True).head(height)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write_sas(ROWS, tmp_path / "mfr.sas7bdat", "MFR_NYFOEDTE")
    return tmp_path / "mfr.sas7bdat"


def test_numbers_days_moments_and_text_come_in_their_own_types(file: Path) -> None:
    assert forms.heading(file, SAS) == ROWS.columns
    (rows,) = forms.batches(file, SAS, ROWS.columns)
    assert_frame_equal(rows.drop("_row"), READ)
    assert rows["_row"].dtype == pl.Int64
    assert rows["_row"].to_list() == [1, 2, 3, 4]


def test_only_the_columns_that_are_asked_for_are_read_in_that_order(file: Path) -> None:
    (rows,) = forms.batches(file, SAS, ["FOEDSELSDATO_BARN", "PNR_BARN"])
    assert_frame_equal(rows.drop("_row"), READ.select("FOEDSELSDATO_BARN", "PNR_BARN"))


@pytest.mark.parametrize("height", [0, 1, 1_000, 100_000])
def test_what_we_write_is_what_two_readers_of_others_read(tmp_path: Path, height: int) -> None:
    file = tmp_path / "x.sas7bdat"
    write_sas(many(ROWS, height), file, "X")
    expected = many(READ, height)
    by_readstat, described = pyreadstat.read_sas7bdat(file, output_format="polars")
    assert (described.file_encoding, described.table_name, described.number_rows) == ("UTF-8", "X", height)
    assert_frame_equal(by_readstat.cast(dict(expected.schema)), expected)
    by_pandas = pl.from_pandas(pd.read_sas(file, encoding="infer"))
    assert_frame_equal(
        by_pandas.with_columns(TEXTS.cast(pl.String).fill_null("")).cast(dict(expected.schema)), expected
    )


def test_the_same_rows_are_the_same_bytes(tmp_path: Path, file: Path) -> None:
    write_sas(ROWS, tmp_path / "again.sas7bdat", "MFR_NYFOEDTE")
    assert (tmp_path / "again.sas7bdat").read_bytes() == file.read_bytes()


def test_a_source_in_sas_needs_a_mapping_only(tmp_path: Path) -> None:
    births = {"BARN": ["680125-4001"], "MOR": ["6101902222"], "FOEDT": [date(2025, 1, 8)], "KOEN": [2], "DAGE": [278]}
    write_sas(pl.DataFrame(births), tmp_path / "mfr.sas7bdat", "MFR")
    (tmp_path / "source.toml").write_text(BIRTHS)
    source = Source(declared=tmp_path / "source.toml")
    snapshot = ingest_into(Store(tmp_path / "store"), source, Reference.load(), Progress()).snapshot
    child = snapshot.table("children").collect().row(0, named=True)
    assert (child["birth_date"], child["sex"], child["gestational_age_days"]) == (date(2025, 1, 8), "female", 278)


def test_a_large_file_comes_in_batches_with_rows_counted_through(
    file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sas, "VALUES_AT_A_TIME", 3 * len(ROWS.columns))
    batches = list(sas.batches(file, ROWS.columns))
    assert [batch["_row"].to_list() for batch in batches] == [[1, 2, 3], [4]]
    assert_frame_equal(pl.concat(batches).drop("_row"), READ)
    write_sas(ROWS.clear(), tmp_path / "none.sas7bdat", "X")
    (none,) = sas.batches(tmp_path / "none.sas7bdat", ROWS.columns)
    assert_frame_equal(none.drop("_row"), READ.clear())


def test_many_columns_and_wide_rows_make_larger_pages(tmp_path: Path) -> None:
    wide = pl.DataFrame({f"VARIABEL_{at}": ["x" * 300, str(at)] for at in range(250)})
    write_sas(wide, tmp_path / "wide.sas7bdat", "WIDE")
    (rows,) = sas.batches(tmp_path / "wide.sas7bdat", wide.columns)
    assert_frame_equal(rows.drop("_row"), wide)


@pytest.mark.parametrize(
    ("form", "number", "read"),
    [("DATE9.", 23749.0, date(2025, 1, 8)), ("YYMMDD10.", 23749.5, date(2025, 1, 8)),
     ("DDMMYYP10", 0, date(1960, 1, 1)),
     ("E8601DA10.", -1.0, date(1959, 12, 31)), ("date", 1e18, date(9999, 12, 31)), ("DATE", None, None),
     ("DATETIME20.", 86400.5, datetime(1960, 1, 2, 0, 0, 0, 500_000)), ("DTDATE9.", 1e18, datetime(9999, 12, 31)),
     ("E8601DT19.", -1, datetime(1959, 12, 31, 23, 59, 59)), ("BEST12.", 23749.0, 23749.0),
     ("COMMA10.2", 0.5, 0.5), ("", 1.0, 1.0)],
)  # fmt: skip
def test_a_format_says_whether_a_number_is_a_day_or_a_moment(form: str, number: float | None, read: object) -> None:
    assert sas._in_format(pl.Series([number], dtype=pl.Float64), form).to_list() == [read]


CUT = "it is not a whole SAS file"
BROKEN = "it cannot be read as a SAS file to its end"


@pytest.mark.parametrize(
    ("kept", "told"),
    [(0, "it is empty"), (20, "it is not a SAS file"), (100, CUT), (5_000, CUT), (30_000, CUT), (-1, CUT)],
)
def test_a_file_cut_short_is_refused(file: Path, kept: int, told: str) -> None:
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(RefusedDelivery, match=told):
        forms.heading(file, SAS)


def test_another_file_is_no_sas_file(file: Path) -> None:
    file.write_text("PNR;VAEGT\n6801254001;3200\n" * 100)
    with pytest.raises(RefusedDelivery, match="it is not a SAS file"):
        forms.heading(file, SAS)
    with pytest.raises(RefusedDelivery, match="cannot be opened"):
        sas.heading(file.parent)


def test_a_header_that_tells_of_more_rows_than_there_are_is_refused(file: Path) -> None:
    content = bytearray(file.read_bytes())
    told = content.index(bytes.fromhex("f7f7f7f700000000")) + 48
    content[told : told + 8] = (5000).to_bytes(8, "little")
    file.write_bytes(content)
    with pytest.raises(RefusedDelivery, match=f"{BROKEN}|{CUT}"):
        list(forms.batches(file, SAS, ROWS.columns))


def test_text_in_another_encoding_than_the_declared_is_refused_without_its_words(file: Path) -> None:
    """cp1252 in a file that says UTF-8."""
    file.write_bytes(file.read_bytes().replace("æøå ÆØÅ".encode(), "Sødås Ærø".encode("cp1252").ljust(13)))
    with pytest.raises(RefusedDelivery, match=BROKEN) as refused:
        list(forms.batches(file, SAS, ROWS.columns))
    assert "rø" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("code", [0, 29, 62])
def test_a_file_that_says_no_encoding_is_read_as_cp1252(file: Path, code: int) -> None:
    plain = ROWS.drop("Født i kommune med langt navn")
    write_sas(plain, file, "X")
    content = bytearray(file.read_bytes().replace("æøå ÆØÅ".encode(), "æøå ÆØÅ".encode("cp1252").ljust(13)))
    content[70] = code
    file.write_bytes(content)
    (rows,) = forms.batches(file, SAS, plain.columns)
    assert rows["PNR_BARN"].to_list() == ["6801254001", "æøå ÆØÅ", "", " x"]
