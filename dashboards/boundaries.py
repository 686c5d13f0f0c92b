"""The country's own map: boundaries of municipalities from a GeoJSON file that whoever runs the pages has configured.

No boundaries are shipped. A file that cannot be used is told in a sentence, and the tile map takes its place.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

VARIABLE = "ROEDTRAAD_BOUNDARIES"
"""The environment variable that names the file."""

LARGEST_BYTES = 25_000_000
"""About a million points; while it is read it takes some eight times as much memory."""

WIDTH = 1000
"""Of the drawing, in its own units; points are rounded to whole ones, so neighbours keep their common border."""

SMALLEST_AREA = 6.0
"""Islands below so many square units are left out, unless the municipality would be nothing without."""

CODES = ("kommunekode", "kode", "komkode", "lau_1", "lau1", "lau_id", "municipality_code", "dagi_kode")
"""Names of the property that holds a municipality's four digits, whichever way their letters are written."""

DEGREES, MIDDLE = 180.0, 56.0
"""Coordinates beyond the first are metres (ETRS89 / UTM zone 32); degrees are drawn as they lie at the second."""

NARROWEST = 0.001
"""Of the country, in degrees or metres: below it there is nothing to draw to scale."""

Problem = Literal["no_file", "too_large", "not_geojson", "no_codes", "wrong_places", "missing"]
Point = tuple[float, float]


class WrongBoundaries(Exception):
    """The file cannot be used: `problem` is the key of its text, `told` its numbers and names."""

    def __init__(self, problem: Problem, **told: object) -> None:
        self.problem, self.told = problem, told
        super().__init__(problem)


Position = Annotated[list[float], msgspec.Meta(min_length=2)]
Ring = list[Position]


class Polygon(msgspec.Struct, tag_field="type", tag="Polygon"):
    """An area: its outer ring, and those of its holes."""

    coordinates: list[Ring]


class MultiPolygon(msgspec.Struct, tag_field="type", tag="MultiPolygon"):
    """Several areas, as of a municipality with islands."""

    coordinates: list[list[Ring]]


class Feature(msgspec.Struct):
    """One area with what is known about it."""

    geometry: Polygon | MultiPolygon
    properties: dict[str, Any] | None = None


class Features(msgspec.Struct):
    """As much of GeoJSON as a map of municipalities needs."""

    features: list[Feature]


@dataclass(frozen=True)
class Boundaries:
    """`paths`: the drawing of each municipality by code, as SVG writes it, in a picture of `WIDTH` by `height`."""

    paths: Mapping[str, str]
    height: int


def configured() -> Path | None:
    """The file that is named in the environment; none: the tile map."""
    named = os.environ.get(VARIABLE, "").strip()
    return Path(named) if named else None


def boundaries(file: Path, codes: Sequence[str]) -> Boundaries:
    """Read and simplified once for as long as the file stays what it is. WrongBoundaries says what is wrong with it."""
    try:
        known = file.stat()
    except OSError:
        raise WrongBoundaries("no_file") from None
    if not file.is_file():
        raise WrongBoundaries("no_file")
    if known.st_size > LARGEST_BYTES:
        raise WrongBoundaries("too_large", size=known.st_size // 1_000_000, most=LARGEST_BYTES // 1_000_000)
    return _read(file, known.st_mtime_ns, known.st_size, tuple(codes))


@lru_cache(maxsize=4)
def _read(file: Path, changed: int, size: int, codes: tuple[str, ...]) -> Boundaries:  # noqa: ARG001 - parts of the key
    try:
        features = msgspec.json.decode(file.read_bytes(), type=Features).features
    except OSError:
        raise WrongBoundaries("no_file") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise WrongBoundaries("not_geojson") from None
    shapes = _shapes(features, set(codes))
    if not shapes:
        raise WrongBoundaries("no_codes", names=", ".join(CODES[:4]))
    if lacking := [code for code in codes if code not in shapes]:
        raise WrongBoundaries("missing", number=len(lacking), codes=", ".join(lacking[:5]))
    return _drawn(shapes)


def _shapes(features: Sequence[Feature], codes: set[str]) -> dict[str, list[list[Point]]]:
    """Rings of the municipalities that are asked for, holes too; a municipality may be several features."""
    shapes: dict[str, list[list[Point]]] = {}
    for feature in features:
        code = _code(feature.properties or {})
        if code in codes:
            area = feature.geometry
            polygons = [area.coordinates] if isinstance(area, Polygon) else area.coordinates
            rings = [[(point[0], point[1]) for point in ring] for polygon in polygons for ring in polygon]
            shapes.setdefault(code, []).extend(ring for ring in rings if ring)
    return {code: rings for code, rings in shapes.items() if rings}


def _code(properties: Mapping[str, Any]) -> str:
    """`0101` of `101`, `"0101"` or `"DK0101"`; empty where no property is a code."""
    named = {str(name).lower(): value for name, value in properties.items()}
    value = next((named[name] for name in CODES if named.get(name) not in (None, "")), "")
    return str(value).removeprefix("DK").zfill(4)


def _drawn(shapes: Mapping[str, list[list[Point]]]) -> Boundaries:
    """North is up, and the country fills the width. WrongBoundaries where it would be no country: another system of
    coordinates, or a single point."""
    every = [point for rings in shapes.values() for ring in rings for point in ring]
    is_metres = max(abs(x) for x, _ in every) > DEGREES
    narrowed = 1.0 if is_metres else cos(radians(MIDDLE))
    left, right = min(x for x, _ in every), max(x for x, _ in every)
    bottom, top = min(y for _, y in every), max(y for _, y in every)
    wide, high = (right - left) * narrowed, top - bottom
    if not (NARROWEST < wide < float("inf") and 0.1 < high / wide < 10):
        raise WrongBoundaries("wrong_places")
    scale = WIDTH / wide
    paths = {
        code: _path([[((x - left) * narrowed * scale, (top - y) * scale) for x, y in ring] for ring in rings])
        for code, rings in shapes.items()
    }
    return Boundaries(paths, round(high * scale))


def _path(rings: Sequence[Sequence[Point]]) -> str:
    simple = [ring for ring in map(_simplified, rings) if len(ring) > 2]
    large = [ring for ring in simple if _area(ring) >= SMALLEST_AREA]
    kept = large or sorted(simple, key=_area)[-1:]
    if not kept:
        x, y = rings[0][0]
        return f"M{round(x)} {round(y)}h1v1h-1z"
    return "".join("M" + "L".join(f"{x} {y}" for x, y in ring) + "z" for ring in kept)


def _simplified(ring: Sequence[Point]) -> list[tuple[int, int]]:
    """Whole units, without points that repeat the one before or lie on a straight line between their neighbours."""
    kept: list[tuple[int, int]] = []
    for x, y in ring:
        point = (round(x), round(y))
        if kept and point == kept[-1]:
            continue
        while len(kept) > 1 and _is_straight(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return kept[:-1] if len(kept) > 1 and kept[0] == kept[-1] else kept


def _is_straight(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> bool:
    return (b[0] - a[0]) * (c[1] - b[1]) == (b[1] - a[1]) * (c[0] - b[0])


def _area(ring: Sequence[tuple[int, int]]) -> float:
    following = [*ring[1:], ring[0]]
    return abs(sum(x * b - a * y for (x, y), (a, b) in zip(ring, following, strict=True))) / 2
