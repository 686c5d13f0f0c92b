"""The colours of Rød tråd, light and dark, and the arithmetic of contrast that the tests hold them to.

Red is knowledge that follows the child, grey is knowledge that was lost; neither ever means good or bad. Comparison
has its own colours and always a shape and a word beside them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

Mode = Literal["light", "dark"]


@dataclass(frozen=True)
class Tokens:
    """One colour per role, as `#RRGGBB`."""

    paper: str
    sidebar: str
    card: str
    ink: str
    muted: str
    line: str
    thread: str
    on_thread: str
    lost: str
    better: str
    worse: str
    map_parts: tuple[float, ...]
    """How far each colour of the map lies on the way from lost to thread. Uneven: in the middle of the way there are
    tones on which neither light nor dark text has enough contrast, and the steps keep clear of them."""

    @property
    def map_scale(self) -> list[str]:
        """Colours from lost (low coverage) to thread (high coverage), each fit to bear text."""
        return [mixed(self.lost, self.thread, part) for part in self.map_parts]


LIGHT = Tokens(
    paper="#FBFAF7",
    sidebar="#F5F2EA",
    card="#FFFFFF",
    ink="#1F2430",
    muted="#5B6472",
    line="#DEDACF",
    thread="#B3261E",
    on_thread="#FFFFFF",
    lost="#C9C4B8",
    better="#1B7F79",
    worse="#9A6400",
    map_parts=(0, 0.22, 0.44, 0.72, 1),
)
DARK = Tokens(
    paper="#14171D",
    sidebar="#181C23",
    card="#1C2028",
    ink="#ECE9E2",
    muted="#A3A9B5",
    line="#333945",
    thread="#FF7B6B",
    on_thread="#14171D",
    lost="#565B66",
    better="#5CC4BC",
    worse="#E0A94A",
    map_parts=(0, 0.2, 0.56, 0.78, 1),
)
TOKENS: dict[Mode, Tokens] = {"light": LIGHT, "dark": DARK}


def css_variables() -> str:
    """All tokens as CSS custom properties that follow the colour scheme of the page, whichever way it was chosen."""
    names = [field.name for field in fields(Tokens) if field.name != "map_parts"]
    pairs = {name.replace("_", "-"): (getattr(LIGHT, name), getattr(DARK, name)) for name in names}
    scales = zip(LIGHT.map_scale, DARK.map_scale, strict=True)
    for step, (light, dark) in enumerate(scales):
        pairs[f"map-{step}"] = (light, dark)
        pairs[f"on-map-{step}"] = (text_on(light, LIGHT), text_on(dark, DARK))
    return "".join(f"--{name}:light-dark({light},{dark});" for name, (light, dark) in pairs.items())


def css_of_figures() -> str:
    """Rules that repaint the drawn parts of a figure when the reader changes light and dark without a new run.

    Plotly writes plain colours into its drawing (as browsers do, or in words as they were given); each is given the
    custom property of its token.
    """
    rules = []
    for name in ("ink", "muted", "line", "thread", "lost", "card", "better", "worse"):
        colours = {getattr(tokens, name) for tokens in TOKENS.values()}
        for paint in ("fill", "stroke"):
            written = [f"{paint}: {_as_browsers_write(colour)}" for colour in colours]
            written += [f"{paint}:{colour}" for colour in colours]
            selectors = ",".join(f'.js-plotly-plot [style*="{text}"]' for text in sorted(written))
            rules.append(f"{selectors}{{{paint}:var(--{name}) !important}}")
    return "".join(rules)


def colours_in_light() -> dict[str, str]:
    """Each dark colour, as `r,g,b`, and the light one that takes its place in a picture that is taken home."""
    names = [field.name for field in fields(Tokens) if field.name != "map_parts"]
    pairs = [(getattr(DARK, name), getattr(LIGHT, name)) for name in names]
    pairs += zip(DARK.map_scale, LIGHT.map_scale, strict=True)
    return {_triplet(dark): _triplet(light) for dark, light in reversed(pairs)}


def _triplet(colour: str) -> str:
    return ",".join(map(str, _channels(colour)))


def text_on(background: str, tokens: Tokens) -> str:
    """Ink, paper or the colour for text on the thread: whichever is read best on the background."""
    return max((tokens.ink, tokens.paper, tokens.on_thread), key=lambda colour: contrast(colour, background))


def mixed(first: str, second: str, part: float) -> str:
    """The colour that lies `part` (0 to 1) of the way from the first to the second."""
    channels = (round(a + (b - a) * part) for a, b in zip(_channels(first), _channels(second), strict=True))
    return "#" + "".join(f"{channel:02X}" for channel in channels)


def transparent(colour: str, opacity: float) -> str:
    """The colour as `rgba(...)`, for bands that lie over others."""
    red, green, blue = _channels(colour)
    return f"rgba({red},{green},{blue},{opacity})"


def contrast(first: str, second: str) -> float:
    """Contrast ratio of WCAG 2, from 1 to 21; text needs 4.5."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _as_browsers_write(colour: str) -> str:
    red, green, blue = _channels(colour)
    return f"rgb({red}, {green}, {blue})"


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
