"""The country's own map: a file of boundaries becomes a drawing, or a plain sentence and the tile map."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from math import cos, radians
from pathlib import Path
from typing import Any

import pytest
from figure_frames import AS_OF
from published_frames import country, write_store
from streamlit_pages import ROOT, opened, said

from dashboards import boundaries as module
from dashboards import opening
from dashboards.boundaries import VARIABLE, WIDTH, WrongBoundaries, boundaries, configured
from dashboards.charts.boundary_map import boundary_map
from dashboards.charts.tile_map import Tile, by_region, tile_map
from dashboards.geography import Geography
from dashboards.language import Words
from dashboards.scope import Place
from dashboards.shares import Share
from pipelines.definitions.measures import HANDED_OVER
from pipelines.definitions.reference import Reference

DA = Words("da")
CODES = Geography.on(AS_OF).codes


def square(x: float, y: float, side: float = 1.0) -> list[list[float]]:
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]


def feature(code: object, *rings: list[list[float]], name: str = "kode") -> dict[str, Any]:
    shape = {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}
    return {"type": "Feature", "properties": {name: code}, "geometry": shape}


def written(folder: Path, features: list[dict[str, Any]]) -> Path:
    file = folder / "kommuner.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return file


def checkerboard(codes: list[str], left: float = 8.0, bottom: float = 54.6, side: float = 0.3) -> list[dict[str, Any]]:
    """Ten municipalities a row, each a square with two corners in common with the next."""
    return [
        feature(code, square(left + at % 10 * side, bottom + at // 10 * side, side)) for at, code in enumerate(codes)
    ]


def corners(path: str) -> list[tuple[int, int]]:
    return [(int(x), int(y)) for x, y in re.findall(r"(-?\d+) (-?\d+)", path)]


@pytest.fixture(autouse=True)
def nothing_read_before() -> Iterator[None]:
    yield
    module._read.cache_clear()


# Reading


def test_north_is_up_and_the_country_fills_the_width(tmp_path: Path) -> None:
    drawn = boundaries(
        written(tmp_path, [feature("0101", square(8, 55)), feature("0147", square(9, 56))]), ["0101", "0147"]
    )
    south, north = corners(drawn.paths["0101"]), corners(drawn.paths["0147"])
    assert min(y for _, y in south) >= max(y for _, y in north)
    assert min(x for x, _ in south) == 0
    assert max(x for x, _ in north) == WIDTH
    assert drawn.height == pytest.approx(WIDTH / cos(radians(56)), abs=1), "a degree of longitude is shorter"


def test_metres_of_utm_are_drawn_as_they_are(tmp_path: Path) -> None:
    file = written(tmp_path, [feature("0101", square(450_000, 6_100_000, 1000), square(452_000, 6_100_000, 1000))])
    drawn = boundaries(file, ["0101"])
    assert drawn.height == round(WIDTH / 3)
    assert drawn.paths["0101"].count("M") == 2, "both parts"


@pytest.mark.parametrize("name", ["kommunekode", "kode", "KOMKODE", "LAU_1", "lau_id"])
@pytest.mark.parametrize("code", ["0101", "101", 101, "DK0101"])
def test_the_code_of_a_municipality_is_found_under_its_usual_names(tmp_path: Path, name: str, code: object) -> None:
    file = written(tmp_path, [feature(code, square(8, 55), name=name)])
    assert list(boundaries(file, ["0101"]).paths) == ["0101"]


def test_polygons_holes_and_several_features_of_one_municipality_are_one_drawing(tmp_path: Path) -> None:
    holed = {"type": "Polygon", "coordinates": [square(8, 55, 3), square(9, 56, 1)]}
    features = [{"type": "Feature", "properties": {"kode": "0101"}, "geometry": holed}, feature("0101", square(12, 55))]
    assert boundaries(written(tmp_path, features), ["0101"]).paths["0101"].count("M") == 3


def test_neighbours_keep_their_common_border_when_points_are_rounded(tmp_path: Path) -> None:
    east, west = ([[9 + 0.00031 * (at % 2), 55 + at / 700] for at in range(700)] for _ in range(2))
    one = [[8, 55], *east, [8, 56]]
    other = [[10, 55], [10, 56], *reversed(west)]
    drawn = boundaries(written(tmp_path, [feature("0101", one), feature("0147", other)]), ["0101", "0147"])
    edges = [{x for x, _ in corners(path) if 400 < x < 600} for path in drawn.paths.values()]
    assert edges[0] == edges[1]
    assert max(len(corners(path)) for path in drawn.paths.values()) < 200


def test_islets_are_left_out_but_never_a_whole_municipality(tmp_path: Path) -> None:
    islet, speck = square(8.5, 57, 0.0005), square(11, 57, 0.0001)
    features = [feature("0101", square(8, 55), islet), feature("0825", speck), feature("0400", square(14, 55))]
    drawn = boundaries(written(tmp_path, features), ["0101", "0825", "0400"])
    assert drawn.paths["0101"].count("M") == 1
    assert drawn.paths["0825"].startswith("M")


def test_municipalities_that_nobody_asked_for_are_not_drawn(tmp_path: Path) -> None:
    file = written(tmp_path, [feature("0101", square(8, 55)), feature("0411", square(15, 55))])
    assert list(boundaries(file, ["0101"]).paths) == ["0101"]


def test_a_file_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    before = boundaries(written(tmp_path, [feature("0101", square(8, 55))]), ["0101"])
    after = boundaries(written(tmp_path, [feature("0101", square(8, 55), square(10, 55))]), ["0101"])
    assert before != after


# Files that cannot be used


def problem_of(file: Path, codes: list[str]) -> WrongBoundaries:
    with pytest.raises(WrongBoundaries) as wrong:
        boundaries(file, codes)
    assert DA(f"boundaries.{wrong.value.problem}", **wrong.value.told)
    return wrong.value


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"features": 3}', b'{"features": [3]}', b'{"features": [{}]}',
        b'{"features":[{"properties":{"kode":"0101"},"geometry":null}]}',
        b'{"features":[{"properties":{"kode":"0101"},"geometry":{"type":"Point","coordinates":[8,55]}}]}',
        b'{"features":[{"properties":{"kode":"0101"},"geometry":{"type":"Polygon","coordinates":[[["a",55]]]}}]}',
        b'{"features":[{"properties":{"kode":"0101"},"geometry":{"type":"Polygon","coordinates":[[[8]]]}}]}',
    ],
)  # fmt: skip
def test_what_is_not_geojson_with_areas_is_said(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "kommuner.geojson"
    file.write_bytes(content)
    assert problem_of(file, ["0101"]).problem in {"not_geojson", "no_codes"}


def test_a_file_that_is_not_there_too_large_or_a_folder_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert problem_of(tmp_path / "none.geojson", ["0101"]).problem == "no_file"
    assert problem_of(tmp_path, ["0101"]).problem == "no_file"
    file = written(tmp_path, [feature("0101", square(8, 55))])
    monkeypatch.setattr(module, "LARGEST_BYTES", 10)
    assert problem_of(file, ["0101"]).problem == "too_large"


def test_missing_municipalities_are_counted_and_some_named(tmp_path: Path) -> None:
    wrong = problem_of(written(tmp_path, checkerboard(CODES[:90])), CODES)
    assert wrong.problem == "missing"
    assert wrong.told["number"] == 8
    assert CODES[-1] in str(wrong.told["codes"]) or str(wrong.told["codes"]).count(",") == 4


def test_a_file_without_codes_says_which_names_were_looked_for(tmp_path: Path) -> None:
    wrong = problem_of(written(tmp_path, [feature("0101", square(8, 55), name="navn")]), ["0101"])
    assert wrong.problem == "no_codes"
    assert "kommunekode" in str(wrong.told["names"])


@pytest.mark.parametrize("ring", [[[8.0, 55.0]] * 4, [[8.0, 55.0], [9.0, 55.0], [8.5, 55.0], [8.0, 55.0]]])
def test_coordinates_that_make_no_country_are_said(tmp_path: Path, ring: list[list[float]]) -> None:
    assert problem_of(written(tmp_path, [feature("0101", ring)]), ["0101"]).problem == "wrong_places"


@pytest.mark.parametrize("end", [1e-320, 1e-9])
def test_a_country_too_small_to_draw_is_said(tmp_path: Path, end: float) -> None:
    ring = [[0.0, 0.0], [end, 0.0], [end, end], [0.0, 0.0]]
    assert problem_of(written(tmp_path, [feature("0101", ring)]), ["0101"]).problem == "wrong_places"


def test_a_file_nested_deeper_than_can_be_read_is_said(tmp_path: Path) -> None:
    file, deep = tmp_path / "kommuner.geojson", 200_000
    file.write_text(f'{{"features":[{{"properties":{{"kode":{"[" * deep}{"]" * deep}}},"geometry":null}}]}}')
    assert problem_of(file, ["0101"]).problem == "not_geojson"


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
def test_coordinates_without_end_are_said(tmp_path: Path, number: str) -> None:
    file = tmp_path / "kommuner.geojson"
    file.write_text(json.dumps({"features": [feature("0101", square(8, 55))]}).replace("9.0", number))
    assert problem_of(file, ["0101"]).problem in {"wrong_places", "not_geojson"}


# Drawing


def tiles() -> list[Tile]:
    def share(kind: Any, code: str, part: int | None) -> Share:
        if part is None:
            return Share("handed_over", Place(kind, code), "2023-2025", "suppressed")
        return Share("handed_over", Place(kind, code), "2023-2025", "number", part, 100, part / 100, 0.1, 0.9)

    south, north = share("region", "1083", 75), share("region", "1081", 55)
    return [
        Tile(share("municipality", "0479", 80), south, "Region Syddanmark"),
        Tile(share("municipality", "0825", None), north, "Region Nordjylland"),
        Tile(share("municipality", "0461", None), south, "Region Syddanmark"),
    ]


NAMES = {"0479": "Svendborg", "0825": "Læsø", "0461": "Odense"}


def drawn_areas(folder: Path) -> str:
    drawn = boundaries(written(folder, checkerboard(list(NAMES))), list(NAMES))
    name = {Place("municipality", code): text for code, text in NAMES.items()}
    return boundary_map(
        tiles(), HANDED_OVER, drawn, lambda share: name[share.place], lambda code: f"m?municipality={code}&x=1", DA, 5
    ).replace("\N{NO-BREAK SPACE}", " ")


def drawn_tiles() -> str:
    grid = Reference.load().tile_grid
    return tile_map(tiles(), HANDED_OVER, grid, lambda code: f"m?municipality={code}&x=1", DA, 5).replace(
        "\N{NO-BREAK SPACE}", " "
    )


def test_areas_are_links_that_say_place_figure_and_state(tmp_path: Path) -> None:
    markup = drawn_areas(tmp_path)
    assert markup.count("<a class='rt-area' href='m?municipality=") == 3
    assert "aria-label='Svendborg: 80 % (10–90 %), 80 af 100 børn'" in markup
    assert "aria-label='Læsø: Skjult (beskytter tal under 5) · Region Nordjylland: 55 %'" in markup


def test_hidden_areas_are_hatched_in_the_colour_of_their_region(tmp_path: Path) -> None:
    assert re.search(r"class='suppressed r\d'", drawn_areas(tmp_path))
    assert "pattern id='rt-hatch-4'" in drawn_areas(tmp_path)


@pytest.mark.parametrize("kind", ["areas", "tiles"])
def test_the_keyboard_meets_one_region_after_the_other(tmp_path: Path, kind: str) -> None:
    markup = drawn_areas(tmp_path) if kind == "areas" else drawn_tiles()
    assert [text.split(":")[0] for text in re.findall(r"aria-label='([^']+:[^']+)'", markup)] in (
        ["Læsø", "Svendborg", "Odense"],
        ["Læsø", "Odense", "Svendborg"],
    )
    assert re.findall(r"role='group' aria-label='([^']+)'", markup) == ["Region Nordjylland", "Region Syddanmark"]
    assert "tabindex='-1'" not in markup


def test_regions_come_in_the_order_of_their_names() -> None:
    assert list(by_region(tiles())) == ["Region Nordjylland", "Region Syddanmark"]


# On the page


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_store(tmp_path_factory.mktemp("demo") / "store", country())


@pytest.fixture
def in_the_repository(monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv(opening.STORE_VARIABLE, str(store))


@pytest.mark.usefixtures("in_the_repository")
def test_without_a_file_the_page_has_the_tile_map(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, " ")
    assert configured() is None
    told = said(opened(role="national"))
    assert told.count("<a class='rt-tile") == len(CODES)
    assert "rt-area'" not in told


@pytest.mark.usefixtures("in_the_repository")
def test_with_a_file_the_page_has_its_areas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(written(tmp_path, checkerboard(CODES))))
    told = said(opened(role="national"))
    assert told.count("<a class='rt-area'") == len(CODES)
    assert "<a class='rt-tile" not in told


@pytest.mark.usefixtures("in_the_repository")
def test_with_a_wrong_file_the_page_says_so_and_has_the_tile_map(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(written(tmp_path, checkerboard(CODES[:50]))))
    told = said(opened(role="national"))
    assert "mangler 48 kommuner" in told
    assert told.count("<a class='rt-tile") == len(CODES)
