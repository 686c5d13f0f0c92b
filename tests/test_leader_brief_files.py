"""All briefs by one command: every figure in HTML and PDF is the published one, one sheet each, no outside address."""

from __future__ import annotations

import os
import re
import stat
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from briefs_made import all_briefs
from briefs_read import Read, flat, letters, of_html, of_pdf
from published_frames import COPENHAGEN, LAESOE, country, run_facts, write_store
from typer.testing import CliRunner, Result

from dashboards.language import Words
from pipelines.audit_log import AuditLog
from pipelines.cli import app
from pipelines.definitions.measures import Measure
from reports.brief.choosing import MOST, candidates

pytestmark = pytest.mark.slow

WINDOW = "2023-2025"
LARGEST = 300_000
DA = Words("da")
BY_TITLE = {DA.measure(each.name, "title"): each for each in candidates()}
OUTSIDE = re.compile(r"(?:https?:)?//(?!www\.w3\.org/2000/svg)|@import|url\(", re.IGNORECASE)


def told(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["briefs", *map(str, arguments)])


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return all_briefs(tmp_path_factory)


@pytest.fixture(scope="module")
def store(both: tuple[Path, Path]) -> Path:
    return both[0]


@pytest.fixture(scope="module")
def made(both: tuple[Path, Path]) -> Path:
    return both[1]


@pytest.fixture(scope="module")
def read(made: Path) -> dict[str, Read]:
    return {file.name[:4]: of_html(file.read_bytes()) for file in sorted(made.glob("[0-9]*.html"))}


Figure = tuple[str, int | None, int | None, float | None]
"""State, numerator, denominator and share."""


@cache
def published_figures() -> dict[tuple[str, str, str | None], Figure]:
    """Straight from the published tables, by place, measure (or step of the thread) and what the share is of."""
    tables = country().tables
    steps = tables["published_continuity"].filter((pl.col("birth_period") == WINDOW) & (pl.col("quantity") == "inside"))
    shares = tables["published_shares"].filter((pl.col("period") == WINDOW) & (pl.col("period_kind") == "three_years"))
    rows = [
        *steps.select(
            "group_value", "step", pl.lit(None), pl.coalesce("share_state", "state"), "children", "exposed", "share"
        ).iter_rows(),
        *shares.select("group_value", "measure", "share_of", "state", "numerator", "denominator", "share").iter_rows(),
    ]
    return {row[:3]: row[3:] for row in rows}


def published_figure(code: str, measure: Measure) -> Figure:
    of = measure.numerator if measure.step is None else None
    return published_figures()[code, measure.step or measure.measure or "", of]


def as_said(code: str, measure: Measure) -> str:
    """`83 % 34 af 41 børn`, or the word of the state."""
    state, part, whole, share = published_figure(code, measure)
    if state != "number" or part is None or whole is None or share is None:
        return DA(f"state.{'not_applicable' if state == 'number' else state}")
    unit = DA.measure(measure.name, "unit")
    count = DA("card.of", part=DA.number(part), whole=DA.number(whole), unit=unit)
    return flat(f"{DA.percent(share)} {count}")


def test_there_is_one_of_each_kind_for_every_municipality_and_a_list(made: Path) -> None:
    names = [file.name for file in made.iterdir()]
    assert len({name[:4] for name in names if name.endswith(".html")} - {"inde"}) == 98
    assert sorted(name[:-4] for name in names if name.endswith(".pdf")) == sorted(
        name[:-5] for name in names if name.endswith(".html") and name != "index.html"
    )
    assert {"0101-koebenhavn.html", "0825-laesoe.pdf", "index.html"} <= set(names)


def test_every_figure_of_every_brief_is_the_published_one(read: dict[str, Read]) -> None:
    wrong = [
        (code, row["measure"][:20], row["own"])
        for code, brief in read.items()
        for row in brief.numbers
        if not row["own"].startswith(as_said(code, measure_of(row)))
    ]
    assert wrong == []
    assert {len(brief.numbers) for brief in read.values()} == {MOST}


def measure_of(row: dict[str, str]) -> Measure:
    titles = [title for title in BY_TITLE if row["measure"].startswith(f"{title} ")]
    return BY_TITLE[max(titles, key=len)]


def test_the_country_beside_every_figure_is_the_published_one(read: dict[str, Read]) -> None:
    for code, brief in read.items():
        for row in brief.numbers:
            share = published_figure("country", measure_of(row))[3]
            if "landet" in row["country"]:
                assert share is not None, (code, row)
                assert f"({flat(DA.percent(share))})" in row["country"], (code, row)


@pytest.fixture(scope="module")
def papers(made: Path) -> dict[str, tuple[int, str]]:
    """How many pages, and the words, by municipality."""
    return {file.name[:4]: of_pdf(file.read_bytes()) for file in made.glob("*.pdf")}


def test_every_pdf_is_one_sheet_with_the_words_of_its_page(
    papers: dict[str, tuple[int, str]], read: dict[str, Read]
) -> None:
    for code, (pages, words) in papers.items():
        assert pages == 1, code
        said = letters(words)
        for row in read[code].numbers:
            title = DA.measure(measure_of(row).name, "title")
            assert letters(title) in said, (code, title)
            for part in ("own", "country", "trend", "ask"):
                assert letters(row[part]) in said, (code, row[part])


def test_first_sentences_are_the_same_in_page_and_pdf(made: Path, papers: dict[str, tuple[int, str]]) -> None:
    for file in made.glob("[0-9]*.html"):
        lead = re.search(r"<p class='lead'>(.*?)</p>", file.read_text("utf-8"))
        assert lead is not None
        plain = re.sub(r"<[^>]*>", "", lead.group(1))
        assert letters(plain) in letters(papers[file.name[:4]][1]), file.name


def test_no_brief_calls_a_municipality_first_and_last(read: dict[str, Read]) -> None:
    words = [(("Bedst af" in brief.text), ("Længst efter af" in brief.text)) for brief in read.values()]
    assert any(first for first, _ in words)
    assert any(last for _, last in words)
    assert not any(first and last for first, last in words)


def test_pages_are_small_and_speak_to_nobody(made: Path) -> None:
    for file in made.glob("*.html"):
        text = file.read_text("utf-8")
        assert file.stat().st_size <= LARGEST, file.name
        assert OUTSIDE.search(text) is None, file.name
        tags = of_html(text.encode()).tags
        assert "script" not in {tag for tag, _ in tags}
        assert not any(name.startswith("on") for _, given in tags for name in given)


def test_pages_say_language_day_release_and_that_small_figures_are_hidden(read: dict[str, Read]) -> None:
    for brief in read.values():
        assert dict(brief.tags)["html"] == {"lang": "da"}
        assert "30. september 2026" in brief.text
        assert "Udgivelse publish-" in brief.text
        assert "Tal under 5" in brief.text
        assert "Syntetiske data" in brief.text


def test_no_municipality_is_named_in_the_brief_of_another(read: dict[str, Read], made: Path) -> None:
    name = "Svendborg"
    assert [code for code, brief in read.items() if name in brief.text] == ["0479"]


def test_every_link_of_the_list_leads_to_a_file(made: Path) -> None:
    links = [given["href"] for tag, given in of_html((made / "index.html").read_bytes()).tags if tag == "a"]
    files = [link for link in links if not link.startswith("#")]
    assert len(files) == 2 * 98
    assert all((made / link).is_file() for link in files)


def test_the_same_publication_makes_the_same_bytes(store: Path, made: Path, tmp_path: Path) -> None:
    assert told("--store", store, "--out", tmp_path / "one", "--municipality", COPENHAGEN).exit_code == 0
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (made / file.name).read_bytes()


def test_one_municipality_in_english_without_pdf(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "one"
    done = told("--store", store, "--out", out, "--municipality", LAESOE, "--language", "en", "--no-pdf")
    assert done.exit_code == 0
    assert "1 brief in" in flat(done.output)
    assert [file.name for file in out.iterdir()] == ["0825-laesoe.html"]
    brief = of_html((out / "0825-laesoe.html").read_bytes())
    assert dict(brief.tags)["html"] == {"lang": "en"}
    assert "Where do we lose the thread?" in brief.text
    assert not re.search(r"[æøå]\w* (og|er|for|til) ", brief.text)


def test_the_log_says_who_made_how_many_before_they_are_there(store: Path, made: Path) -> None:
    last = AuditLog.of(store).entries().filter(pl.col("what") == "briefs").sort("number").row(0, named=True)
    assert (last["action"], last["role"], last["rows"], last["municipality_code"]) == ("published", "command", 98, None)


def test_files_are_readable_and_nothing_else_is_left_beside_them(made: Path) -> None:
    assert [each.name for each in made.parent.iterdir()] == ["briefs"]
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((made / "index.html").stat().st_mode) == 0o666 & ~umask
    assert stat.S_IMODE(made.stat().st_mode) & 0o500 == 0o500


def test_made_again_each_file_takes_the_place_of_its_former_self_and_others_stay(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "one"
    out.mkdir()
    (out / "0825-laesoe.html").write_text("of last year")
    (out / "mine.txt").write_text("stays")
    assert told("--store", store, "--out", out, "--municipality", LAESOE, "--no-pdf").exit_code == 0
    assert (out / "mine.txt").read_text() == "stays"
    assert "of last year" not in (out / "0825-laesoe.html").read_text("utf-8")


# Bad input


@pytest.mark.parametrize(
    ("municipality", "said"),
    [("9999", "There is no municipality 9999"), ("0411", "belongs to no municipality"), ("", "no municipality")],
)
def test_a_municipality_that_is_none_is_refused_and_nothing_is_written(
    store: Path, tmp_path: Path, municipality: str, said: str
) -> None:
    refused = told("--store", store, "--out", tmp_path / "out", "--municipality", municipality)
    assert refused.exit_code == 1
    assert said in flat(refused.output)
    assert list(tmp_path.iterdir()) == []


def test_a_language_that_nobody_speaks_is_wrong_use(store: Path, tmp_path: Path) -> None:
    assert told("--store", store, "--out", tmp_path / "out", "--language", "sv").exit_code == 2


@pytest.fixture
def not_published(tmp_path: Path) -> Path:
    tables = {name: rows for name, rows in country().tables.items() if not name.startswith("published_")}
    return write_store(tmp_path / "store", type(country())(tables, run_facts()))


def test_without_a_publication_there_is_a_way_out(not_published: Path, tmp_path: Path) -> None:
    refused = told("--store", not_published, "--out", tmp_path / "out")
    assert refused.exit_code == 5
    assert "Nothing is published" in refused.output
    assert "roedtraad publish" in flat(refused.output)
    assert not (tmp_path / "out").exists()


def test_without_a_store_there_is_a_way_out(tmp_path: Path) -> None:
    refused = told("--store", tmp_path / "none", "--out", tmp_path / "out")
    assert refused.exit_code == 6
    assert "There is no store" in refused.output


def test_where_nothing_can_be_written_nothing_is_left_half(store: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    refused = told("--store", store, "--out", tmp_path / "file" / "out", "--municipality", LAESOE, "--no-pdf")
    assert refused.exit_code == 1
    assert "cannot be written" in flat(refused.output)
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
