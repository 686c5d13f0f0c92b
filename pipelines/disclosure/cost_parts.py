"""Parts of a cost that may be told together: each keeps rule 5, and so does every sum that they give away."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.pathway_costs import ALL, AT_AGE, TO_AGE

WIDENED = ("service", "nature", "payer")
"""The breakdowns, in the order in which they are given up."""


def allowed(shares: pl.DataFrame, by: Sequence[str], threshold: int) -> pl.DataFrame:
    """`by, size, allowed`: at least t children have a cost, and none has more than half of the sum, repayments by size.

    Children without a cost stand behind none. The rule is that of `sum_may_be_shown`, for many groups at once.
    """
    of_child = shares.group_by(*by, "child_id").agg(pl.col("share").sum()).filter(pl.col("share") != 0)
    sizes = pl.col("share").abs()
    enough = (pl.len() >= threshold) & (sizes.max() * 2 <= sizes.sum() * (1 + 1e-12))
    if by:
        return of_child.group_by(by, maintain_order=True).agg(sizes.sum().alias("size"), enough.alias("allowed"))
    return of_child.select(sizes.sum().alias("size"), enough.alias("allowed"))


def parts_told(own: pl.DataFrame, rows: pl.DataFrame, threshold: int) -> pl.DataFrame:
    """Parts by payer, nature and service that may be told together.

    What the reader can work out from sums over payers, natures and told services is a union of classes: costs of the
    same payer, nature and service, where hidden ones are one. So each class must be allowed; while one is not, another
    part is hidden.
    """
    own = own.group_by("child_id", *WIDENED).agg(pl.col("share").sum())
    hidden = {breakdown: _hidden_first(own, breakdown, threshold) for breakdown in WIDENED}
    while (failing := _failing_class(own, hidden, threshold)) is not None:
        breakdown, part = _next_to_hide(own, hidden, failing, threshold)
        hidden[breakdown].add(part)
    parts = rows.filter(pl.col("breakdown").is_in(WIDENED)).select("breakdown", "part", "span", "age")
    is_hidden = pl.any_horizontal(
        (pl.col("breakdown") == breakdown) & pl.col("part").is_in(list(names)) for breakdown, names in hidden.items()
    )
    return parts.filter(~is_hidden)


def _hidden_first(own: pl.DataFrame, breakdown: str, threshold: int) -> set[str]:
    """Parts that are not allowed, and so many payers or natures beside them that they are allowed as a sum.

    Services are widened in their class.
    """
    judged = allowed(own, [breakdown], threshold)
    hidden = set(judged.filter(~pl.col("allowed"))[breakdown].to_list())
    while hidden and breakdown != "service":
        is_hidden = pl.col(breakdown).is_in(list(hidden))
        together, told = own.filter(is_hidden), own.filter(~is_hidden)
        if told.is_empty() or allowed(together, [], threshold)["allowed"].all():
            break
        hidden.add(_that_widens(together, told, breakdown, threshold))
    return hidden


def _that_widens(small: pl.DataFrame, told: pl.DataFrame, breakdown: str, threshold: int) -> str:
    """The smallest told part that makes an allowed sum of what is too small; the largest when none does alone."""
    sizes = told.group_by(breakdown).agg(pl.col("share").abs().sum()).sort("share", breakdown)
    names = [str(name) for name in sizes[breakdown]]
    for name in names:
        together = pl.concat([small, told.filter(pl.col(breakdown) == name)], how="diagonal")
        if allowed(together, [], threshold)["allowed"].all():
            return name
    return names[-1]


def _seen(hidden: dict[str, set[str]]) -> list[pl.Expr]:
    """Each row's payer, nature and service as the reader sees them: null where hidden."""
    return [
        pl.when(~pl.col(name).is_in(list(parts))).then(name).alias(f"{name}_seen") for name, parts in hidden.items()
    ]


def _failing_class(own: pl.DataFrame, hidden: dict[str, set[str]], threshold: int) -> pl.DataFrame | None:
    """The rows of the smallest class that is not allowed; None when all are, or nothing is told apart any more."""
    seen = own.with_columns(_seen(hidden))
    by = [f"{name}_seen" for name in hidden]
    failing = allowed(seen, by, threshold).filter(~pl.col("allowed")).sort("size", *by).head(1)
    if failing.is_empty():
        return None
    return seen.join(failing.select(by), on=by, how="semi", nulls_equal=True)


def _next_to_hide(
    own: pl.DataFrame, hidden: dict[str, set[str]], failing: pl.DataFrame, threshold: int
) -> tuple[str, str]:
    """The part to hide next: the told one of the class itself, else one that widens it.

    Services of the same payer and nature go first, then natures, then payers.
    """
    seen = own.with_columns(_seen(hidden))
    same = ["nature_seen", "payer_seen"]
    beside = {"service": seen.join(failing.select(same).unique(), on=same, how="semi", nulls_equal=True)}
    for breakdown in WIDENED:
        in_class = failing[f"{breakdown}_seen"].drop_nulls()
        if not in_class.is_empty():
            return breakdown, str(in_class[0])
        told = beside.get(breakdown, seen).filter(pl.col(f"{breakdown}_seen").is_not_null())
        if not told.is_empty():
            return breakdown, _that_widens(failing, told, breakdown, threshold)
    raise AssertionError("the whole is allowed, so a class of all parts is")


def ages_told(own: pl.DataFrame, rows: pl.DataFrame, threshold: int) -> pl.DataFrame:
    """Totals at an age and to an age. The curve to an age steps where what came since its last step may be told.

    The last step is that of the whole; where too little came before it, the step before is left out. An age in which no
    child has a cost is a zero, and may be told.
    """
    ages = rows.filter((pl.col("breakdown") == "total") & (pl.col("span") == AT_AGE)).sort("age")["age"].to_list()
    groups: list[list[int]] = [[]]
    for age in ages:
        groups[-1].append(age)
        if _ages_allowed(own, groups[-1], threshold):
            groups.append([])
    waiting = groups.pop()
    while waiting and groups and not _ages_allowed(own, waiting, threshold):
        waiting = groups.pop() + waiting
    groups += [waiting] if waiting else []
    told = [(ALL, AT_AGE, group[0]) for group in groups if len(group) == 1]
    told += [(ALL, TO_AGE, group[-1]) for group in groups]
    named = pl.DataFrame(told, {"part": pl.String(), "span": pl.String(), "age": pl.Int32()}, orient="row")
    return named.select(pl.lit("total").alias("breakdown"), "part", "span", "age")


def _ages_allowed(own: pl.DataFrame, ages: Sequence[int], threshold: int) -> bool:
    of_ages = own.filter(pl.col("age").is_in(list(ages)))
    return of_ages.is_empty() or bool(allowed(of_ages, [], threshold)["allowed"].all())
