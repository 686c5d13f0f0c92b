"""How Data Docs are drawn: templates of our own in the place of those that fetch styles and scripts from elsewhere."""

from __future__ import annotations

from typing import Any

from great_expectations.render.view.view import DefaultJinjaIndexPageView, DefaultJinjaPageView
from jinja2 import ChoiceLoader, Environment, PackageLoader

from checks.report.page import style


def _drawn_by_us(environment: Environment) -> None:
    """Templates that we do not replace are still those of Great Expectations."""
    own, theirs = PackageLoader("checks.report", "views"), environment.loader
    environment.loader = ChoiceLoader([own, *([theirs] if theirs else [])])
    environment.globals["look"] = style()


class OfflinePageView(DefaultJinjaPageView):
    """Pages of suites and of results."""

    def __init__(self, **directories: Any) -> None:
        super().__init__(**directories)
        _drawn_by_us(self.env)


class OfflineIndexPageView(DefaultJinjaIndexPageView):
    """The page that leads to them."""

    def __init__(self, **directories: Any) -> None:
        super().__init__(**directories)
        _drawn_by_us(self.env)
