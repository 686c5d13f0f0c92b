"""A rule of your own: one named Polars expression, as an expectation in the same pass as the stock ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import polars as pl
from great_expectations.compatibility import pydantic
from great_expectations.expectations.expectation import MulticolumnMapExpectation
from great_expectations.render.renderer_configuration import RendererConfiguration, RendererValueType

from .errors import UnsupportedExpectationError


@dataclass(frozen=True)
class NamedRule:
    """`unexpected`: true means that the row breaks the rule; null and false keep it.
    `among`: the rows that the rule is about (None: all); they are the denominator of `mostly`."""

    name: str
    unexpected: pl.Expr
    among: pl.Expr | None = None

    @property
    def columns(self) -> list[str]:
        """That its expressions read."""
        both = [self.unexpected] if self.among is None else [self.unexpected, self.among]
        return sorted({name for each in both for name in each.meta.root_names()})


_RULES: dict[str, NamedRule] = {}


def register_rule(name: str, unexpected: pl.Expr, *, among: pl.Expr | None = None) -> NamedRule:
    """A suite keeps only the name (it is saved as JSON); the expression is looked up when the suite runs.
    A second rule of the same name must be the same expression."""
    rule = NamedRule(name, unexpected, among)
    known = _RULES.setdefault(name, rule)
    if known is not rule and not _same(known, rule):
        raise ValueError(f'another rule has the name "{name}"')
    return known


def rule_named(name: str) -> NamedRule:
    """An error where none has the name."""
    try:
        return _RULES[name]
    except KeyError:
        raise UnsupportedExpectationError(
            f'no rule has the name "{name}"; register_rule must have run before the suite is used'
        ) from None


def _same(one: NamedRule, other: NamedRule) -> bool:
    if (one.among is None) != (other.among is None):
        return False
    same_among = one.among is None or other.among is None or one.among.meta.eq(other.among)
    return same_among and one.unexpected.meta.eq(other.unexpected)


class ExpectRowsToKeepRule(MulticolumnMapExpectation):
    """Expect every row to keep a rule that was registered under a name.

    Its columns are those that the expression reads; `column_list` need not be given.
    """

    rule: str
    column_list: list[pydantic.StrictStr] = []  # noqa: RUF012  # pydantic copies it
    ignore_row_if: Literal["all_values_are_missing", "any_value_is_missing", "never"] = "never"

    map_metric: ClassVar[str | None] = "rows.keep_rule"
    success_keys: ClassVar[tuple[str, ...]] = ("rule", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = ("rule",)

    @pydantic.validator("column_list")
    def _validate_column_list(cls, v: list[str]) -> list[str]:  # noqa: N805  # pydantic 1; one column is enough
        return v

    def _get_domain_kwargs(self) -> dict[str, Any]:
        return self._said(self.domain_keys)

    def _get_success_kwargs(self) -> dict[str, Any]:
        return self._said((*self.success_keys, *self.domain_keys))

    def _get_success_kwarg(self, key: str, default: Any = None) -> Any:
        return self._said((key,))[key] if key in self.__fields__ else default

    def _said(self, keys: Iterable[str]) -> dict[str, Any]:
        """What GX asks for more than a hundred times in a run; its own answer describes the whole expectation anew for
        every key."""
        said = self.dict(include=set(keys))
        return {key: said.get(key) for key in keys}

    @classmethod
    def _prescriptive_template(cls, renderer_configuration: RendererConfiguration[Any]) -> RendererConfiguration[Any]:
        renderer_configuration.add_param(name="rule", param_type=RendererValueType.STRING)
        renderer_configuration.template_str = "Rows must keep the rule $rule."
        return renderer_configuration
