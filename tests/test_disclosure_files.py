"""The files of the gate: read strictly, refused in words, and never half written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from disclosed_files import COUNTS, TOTALS, with_margins, write_cells, write_relations

from pipelines.disclosure.files import read_published, read_tables, write_published
from pipelines.disclosure.linked_tables import NO_DENOMINATOR, Published
from pipelines.disclosure.relations_file import RefusedTables
from pipelines.errors import StoreFailed

SECRET = 987_654
"""A count that no message may repeat."""


def refusal(folder: Path, cells: str | None = None, relations: str | None = None) -> str:
    """What is said of these files; the others are in order."""
    write_cells(folder / "cells.csv", with_margins(COUNTS))
    write_relations(folder / "relations.json")
    if cells is not None:
        (folder / "cells.csv").write_text(cells, encoding="utf-8")
    if relations is not None:
        (folder / "relations.json").write_text(relations, encoding="utf-8")
    with pytest.raises(RefusedTables) as error:
        read_tables(folder / "cells.csv", folder / "relations.json")
    assert error.value.to_do.endswith("Nothing was published.")
    assert str(SECRET) not in str(error.value)
    return error.value.what


def test_cells_and_relations_are_read_as_linked_tables(tmp_path: Path) -> None:
    rates = {"a1": "a", "b1": "b"}
    cells = write_cells(tmp_path / "cells.csv", with_margins(COUNTS), rates)
    tables = read_tables(cells, write_relations(tmp_path / "relations.json", threshold=7))
    assert dict(zip(tables.names, tables.counts.tolist(), strict=True)) == with_margins(COUNTS)
    assert tables.threshold == 7
    assert [tables.names[at] for at in tables.denominators[[0, 3]]] == ["a", "b"]
    assert (tables.denominators == NO_DENOMINATOR).sum() == len(tables) - 2
    named = [(tables.names[total], [tables.names[part] for part in parts]) for total, parts in tables.relations]
    assert named == list(TOTALS.items())


def test_a_threshold_that_is_not_given_is_five(tmp_path: Path) -> None:
    relations = tmp_path / "relations.json"
    relations.write_text('{"totals": [{"total": "t", "parts": ["a", "b"]}]}')
    assert read_tables(write_cells(tmp_path / "cells.csv", {"a": 1, "b": 2, "t": 3}), relations).threshold == 5


def test_names_may_hold_commas_quotes_blanks_and_danish_letters(tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text('\ufeffcell,count\n"Ærø, 2024",6\n"""x"" y",7\nalle,13\n', encoding="utf-8")
    relations = write_relations(tmp_path / "relations.json", {"alle": ["Ærø, 2024", '"x" y']})
    tables = read_tables(tmp_path / "cells.csv", relations)
    out = tmp_path / "out.csv"
    write_published(Published.of(tables, np.zeros(3, dtype=bool)), out)
    assert read_published(out, relations).names == ("Ærø, 2024", '"x" y', "alle")


@pytest.mark.parametrize("count", ["", "-1", "2.5", "5.0", "1e3", "five", "NaN", "9" * 16])
def test_a_count_is_a_whole_number_from_zero_on(tmp_path: Path, count: str) -> None:
    rows = "".join(f"{cell},{count}\n" for cell, count in {**with_margins(COUNTS), "a1": count}.items())
    assert refusal(tmp_path, f"cell,count\n{rows}").endswith("is missing, negative or no whole number: 'a1'")


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ("", "is empty"),
        ("cell,count\n", "has no cells"),
        ("cell,number\na,5\n", "has not the expected columns"),
        ("cell,count,more\na,5,6\n", "has not the expected columns"),
        ("cell,count,count\na,5,5\n", "has not the expected columns"),
        ("cell;count\na;5\n", "has not the expected columns"),
        ("cell,count\na,5,6,7\n", "is no CSV with a heading"),
        (f"cell,count\na,{SECRET}\na,{SECRET}\n", "has cells twice: 'a'"),
        ("cell,count\n,5\n", "has 1 cells without a name"),
        ("cell,count,rate_of\na,5,b\n", "has a rate_of that is no cell: 'b'"),
        ("cell,count,rate_of\na,5,a\n", "has cells that are a rate of themselves: 'a'"),
        ("cell,count\na1,3\n", "names cells that have no count: 'a', 'a2', 'a3', 'b', 'b1' and 6 more"),
    ],
)
def test_cells_that_are_not_in_order_are_refused(tmp_path: Path, cells: str, what: str) -> None:
    assert what in refusal(tmp_path, cells)


def test_a_cell_that_stands_in_no_relation_is_refused(tmp_path: Path) -> None:
    rows = "".join(f"{cell},{count}\n" for cell, count in {**with_margins(COUNTS), "alone": SECRET}.items())
    assert refusal(tmp_path, f"cell,count\n{rows}") == "cells.csv has cells that stand in no relation: 'alone'"


def test_a_rate_is_a_relation_too(tmp_path: Path) -> None:
    cells = write_cells(tmp_path / "cells.csv", {"n": 6, "d": 9}, {"n": "d"})
    tables = read_tables(cells, write_relations(tmp_path / "relations.json", {}))
    assert tables.denominators.tolist() == [1, NO_DENOMINATOR]


def test_a_total_that_is_not_the_sum_is_named_without_its_count(tmp_path: Path) -> None:
    rows = "".join(f"{cell},{count}\n" for cell, count in {**with_margins(COUNTS), "all": SECRET}.items())
    assert refusal(tmp_path, f"cell,count\n{rows}") == (
        "relations.json has totals that are not the sum of their parts: 'all'"
    )


@pytest.mark.parametrize(
    ("relations", "what"),
    [
        ("", "is empty"),
        ("{", "is no JSON (line 1, column 2)"),
        ("[]", "is no JSON object"),
        ("[" * 100_000, "is nested too deep"),
        ("{}", "has not the expected form"),
        ('{"totals": {}}', "has not the expected form"),
        ('{"totals": [], "treshold": 9}', "has not the expected form"),
        ('{"totals": [], "threshold": 9, "threshold": 3}', "says the same thing twice"),
        ('{"totals": [], "threshold": 2}', "has a threshold below 3"),
        ('{"totals": [], "threshold": 0}', "has a threshold below 3"),
        ('{"totals": [], "threshold": 5.0}', "has a threshold that is no whole number"),
        ('{"totals": [], "threshold": true}', "has a threshold that is no whole number"),
        ('{"totals": [], "threshold": "5"}', "has a threshold that is no whole number"),
        ('{"totals": [], "threshold": null}', "has a threshold that is no whole number"),
        ('{"totals": [5]}', "(total 1) has not the expected form"),
        ('{"totals": [{"total": "a"}]}', "(total 1) has not the expected form"),
        ('{"totals": [{"total": "a", "parts": []}]}', "(total 1) has no parts"),
        ('{"totals": [{"total": "a", "parts": [1]}]}', "(total 1) has no parts, or a cell without a name"),
        ('{"totals": [{"total": "a", "parts": "b"}]}', "(total 1) has no parts, or a cell without a name"),
        ('{"totals": [{"total": "a", "parts": ["b", "b"]}]}', "(total 1) names a part twice: 'b'"),
        ('{"totals": [{"total": "a", "parts": ["a", "b"]}]}', "(total 1) is a part of itself: 'a'"),
        ('{"totals": [{"total": "a", "parts": ["nobody"]}]}', "names cells that have no count: 'nobody'"),
    ],
)
def test_relations_that_are_not_in_order_are_refused(tmp_path: Path, relations: str, what: str) -> None:
    assert what in refusal(tmp_path, relations=relations)


def test_cells_that_are_parts_of_each_other_are_refused(tmp_path: Path) -> None:
    circle = write_relations(tmp_path / "circle.json", {"a": ["b"], "b": ["c", "d"], "c": ["a"]}).read_text()
    what = refusal(tmp_path, relations=circle)
    assert "makes cells parts of each other" in what
    assert "'d'" not in what


def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path: Path) -> None:
    relations = write_relations(tmp_path / "relations.json")
    (tmp_path / "latin.csv").write_bytes("cell,count\nÆrø,5\n".encode("latin-1"))
    for name, what in (("latin.csv", "is no text in UTF-8"), ("none.csv", "cannot be read: No such file")):
        with pytest.raises(RefusedTables, match=what):
            read_tables(tmp_path / name, relations)


def test_what_is_published_has_no_number_for_what_is_suppressed(tmp_path: Path) -> None:
    cells = write_cells(tmp_path / "cells.csv", {"n": 3, "d": 9, "rest": 6}, {"n": "d"})
    tables = read_tables(cells, write_relations(tmp_path / "relations.json", {"d": ["n", "rest"]}))
    write_published(Published.of(tables, np.array([True, False, True])), tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == (
        "cell,count,suppressed,rate_suppressed\nn,,true,true\nd,9,false,false\nrest,,true,true\n"
    )


def test_a_rate_falls_with_its_denominator(tmp_path: Path) -> None:
    cells = write_cells(tmp_path / "cells.csv", {"n": 6, "d": 9}, {"n": "d"})
    tables = read_tables(cells, write_relations(tmp_path / "relations.json", {}))
    assert Published.of(tables, np.array([False, True])).rate_suppressed.tolist() == [True, True]
    assert Published.of(tables, np.array([True, False])).rate_suppressed.tolist() == [True, False]


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("n,3,true,true", "has suppressed cells with a count, or others without"),
        ("n,,false,false", "has suppressed cells with a count, or others without"),
        ("n,3,no,false", "has a suppressed that is neither true nor false"),
        ("n,3,false,", "has a rate_suppressed that is neither true nor false"),
        ("n,-3,false,false", "is missing, negative or no whole number: 'n'"),
    ],
)
def test_what_was_published_is_read_as_strictly(tmp_path: Path, row: str, what: str) -> None:
    (tmp_path / "out.csv").write_text(f"cell,count,suppressed,rate_suppressed\n{row}\nd,9,False,false\n")
    relations = write_relations(tmp_path / "relations.json", {"d": ["n"]})
    with pytest.raises(RefusedTables) as error:
        read_published(tmp_path / "out.csv", relations)
    assert what in error.value.what


def test_a_disk_that_says_no_leaves_no_half_file(tmp_path: Path) -> None:
    cells = write_cells(tmp_path / "cells.csv", {"n": 6, "d": 9}, {"n": "d"})
    tables = read_tables(cells, write_relations(tmp_path / "relations.json", {}))
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(StoreFailed):
        write_published(Published.of(tables, np.zeros(2, dtype=bool)), tmp_path / "out.csv")
    assert not [file for file in tmp_path.iterdir() if file.name.endswith(".new")]
