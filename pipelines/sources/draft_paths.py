"""One pattern for the paths of files that are alike, which no other of the files matches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import takewhile

from pipelines.sources.declarations import SENDER

MUNICIPALITY = re.compile(r"^\d{4}$")


def pattern_of(paths: Sequence[str], all_paths: Sequence[str]) -> str:
    """A glob for paths with as many folders; `{sender}` stands for the part that is a municipality's code.

    Tried are, from wide to narrow: the sender, what all names begin and end with, and the letters that come next.
    When even that matches a file of another kind, the narrowest is given, and the trial will tell.
    """
    others = [path for path in all_paths if path not in paths]
    candidates = list(_candidates([path.split("/") for path in paths]))
    apart = (one for one in candidates if not any(_matches(one, path) for path in others))
    return next(apart, candidates[-1])


def _candidates(split: Sequence[Sequence[str]]) -> Iterator[str]:
    places = [list(dict.fromkeys(names)) for names in zip(*split, strict=True)]
    for part_of in (_sender_or_glob, _glob, _narrow_glob):
        yield "/".join(names[0] if len(names) == 1 else part_of(names) for names in places)


def _sender_or_glob(names: Sequence[str]) -> str:
    return SENDER if all(MUNICIPALITY.match(name) for name in names) else _glob(names)


def _glob(names: Sequence[str]) -> str:
    return f"{_shared(names)}*{_shared_end(names)}"


def _narrow_glob(names: Sequence[str]) -> str:
    """`0[1-7]*` as `0[1234567]*`: the letters that follow what all begin with."""
    begin = _shared(names)
    following = sorted({name[len(begin)] for name in names if len(name) > len(begin)})
    return f"{begin}[{''.join(following)}]*{_shared_end(names)}"


def _shared_end(names: Sequence[str]) -> str:
    """The ending that all have after what they all begin with. Figures that happen to be the same are no ending."""
    begin = len(_shared(names))
    return _shared([name[begin:][::-1] for name in names])[::-1].lstrip("0123456789")


def _shared(names: Sequence[str]) -> str:
    """What all names begin with, letter by letter."""
    letters = zip(*names, strict=False)
    return "".join(one[0] for one in takewhile(lambda one: len(set(one)) == 1, letters))


def _matches(pattern: str, path: str) -> bool:
    """As the source will match it: a star stands for no slash."""
    wanted, names = pattern.replace(SENDER, "*").split("/"), path.split("/")
    return len(wanted) == len(names) and all(map(fnmatchcase, names, wanted))
