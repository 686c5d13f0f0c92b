"""Which pregnancy and which mother belong to a child. Made before the as-of view, on all rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks.pandas_job.facts import LINKS, Facts


def linked(children: pd.DataFrame, pregnancies: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """One row per child: the register's own pregnancy, else the only candidate by mother and dates; and the mother."""
    candidates = _candidates(children, pregnancies, facts).groupby("child").pregnancy.agg(["size", "min"])
    fitting = candidates["size"].reindex(children.index, fill_value=0)
    found = candidates["min"].where(candidates["size"] == 1).reindex(children.index).fillna(-1).astype(np.int32)
    is_of_register = children.pregnancy >= 0
    pregnancy = children.pregnancy.where(is_of_register, found)
    of_pregnancy = pregnancies.mother_id.reindex(pregnancy.where(children.mother_id.isna(), -1)).set_axis(
        children.index
    )
    how = np.select([is_of_register, fitting == 1, fitting > 1], [0, 1, 2], 3)
    return pd.DataFrame(
        {
            "pregnancy": pregnancy,
            "mother_id": children.mother_id.fillna(of_pregnancy),
            "link": pd.Categorical.from_codes(how, LINKS),
        }
    )


def _candidates(children: pd.DataFrame, pregnancies: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Pairs of the same mother where the pregnancy may have brought a live child and its dates fit the birth."""
    unlinked = children.loc[(children.pregnancy < 0) & children.mother_id.notna(), ["mother_id", "birth_date"]]
    may_be = pregnancies.mother_id.isin(unlinked.mother_id) & ~pregnancies.outcome.isin(["loss", "stillbirth"])
    of_mothers = pregnancies.loc[may_be, ["mother_id", "due_date", "end_date"]]
    pairs = (
        unlinked.rename_axis("child")
        .reset_index()
        .merge(of_mothers.rename_axis("pregnancy").reset_index(), on="mother_id")
    )
    ended_then = (pairs.birth_date - pairs.end_date).abs() <= facts.days("link_end_days")
    earliest = pairs.due_date - facts.days("gestation_default_days")
    was_due_then = pairs.birth_date.between(earliest, pairs.due_date + facts.days("link_after_due_days"))
    return pairs[ended_then | (pairs.end_date.isna() & was_due_then)]
