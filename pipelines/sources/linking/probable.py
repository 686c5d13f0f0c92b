"""Descriptions with which no child agrees in everything: their most probable child, by Splink on DuckDB."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import polars as pl

from pipelines.errors import UserError
from pipelines.sources.linking.described import as_compared
from pipelines.sources.linking.model import MARGIN_WEIGHT, Compared, Model

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from splink import DuckDBAPI
    from splink.internals.settings_creator import SettingsCreator
    from splink.internals.splink_dataframe import SplinkDataFrame

BLOCKED_ON = ("birth_date", "mother_birth_date", "mother_id")
"""Only pairs that agree in one of these are compared: a description that is wrong in all of them finds nobody."""

LEAST_WEIGHT = -14
"""Pairs with odds below one in 16,000 change no verdict."""
MOST_AT_ONCE = 50_000
"""Descriptions compared at a time: bounds the memory, some hundred pairs for each in a whole country."""
CHILDREN, RECORDS = "children", "records"
FOUND: dict[str, pl.DataType] = {
    "record": pl.Int64(),
    "child": pl.Int64(),
    "linked_by": pl.String(),
    "match_probability": pl.Float64(),
}


class ProbableLinks:
    """The children, registered once in a database of their own in memory, against batch after batch of descriptions."""

    def __init__(self, children: pl.DataFrame, model: Model, match_probability: float) -> None:
        import duckdb
        from splink import DuckDBAPI

        _quieten()
        self._settings = settings_of(model)
        self._threshold = match_probability
        self._connection: DuckDBPyConnection = duckdb.connect(":memory:")
        self._database: DuckDBAPI = DuckDBAPI(connection=self._connection)
        self._children = self._registered(as_compared(children, "child"), CHILDREN)
        self._batches = 0

    def found(self, descriptions: pl.DataFrame) -> pl.DataFrame:
        """The schema FOUND, one row per description: its child and how probable, or null with `ambiguous` or `none`."""
        return pl.concat(
            verdicts(part.select("record", "nobody"), self.compared(part), self._threshold)
            for part in descriptions.iter_slices(MOST_AT_ONCE)
        )

    def compared(self, descriptions: pl.DataFrame) -> pl.DataFrame:
        """record, child, match_weight, match_probability of each pair that can matter, as Splink gives them."""
        from splink import Linker

        self._batches += 1
        records = self._registered(as_compared(descriptions, "record"), f"{RECORDS}_{self._batches}")
        try:
            linker = Linker([self._children, records], self._settings, log_level=None, validate_settings=False)
            pairs = linker.inference.predict(threshold_match_weight=LEAST_WEIGHT, warning_mode="never")
            rows: pl.DataFrame = self._connection.sql(
                f"select unique_id_r as record, unique_id_l as child, match_weight, match_probability "  # noqa: S608
                f"from {pairs.physical_name}"
            ).pl()
            pairs.drop_table_from_database_and_remove_from_cache()
        except Exception:  # a fault of the library may quote what stands in a row
            raise UserError(
                "The probabilistic linkage stopped",
                where=f"{descriptions.height} descriptions of children without a usable number",
                to_do="Run again; if it stays, leave the person columns out of the TOML file and report it.",
            ) from None
        return rows

    def _registered(self, rows: pl.DataFrame, name: str) -> SplinkDataFrame:
        return self._database.register(rows.to_arrow(), dataset_display_name=name)


def verdicts(records: pl.DataFrame, compared: pl.DataFrame, threshold: float) -> pl.DataFrame:
    """The schema FOUND for records (`record, nobody`): the best child, when it is probable and alone.

    The probability is that it is this child, and not another or nobody: Splink's odds of the pair against those of all
    pairs of the record and of nobody. When it is surely one of several near each other (twins of one sex are) the
    record is `ambiguous`, else `none`; the probability is told all the same, null when no child was compared.
    """
    odds = pl.lit(2.0).pow(pl.col("match_weight"))
    ranked = compared.with_columns(odds.alias("odds")).sort("record", "odds", "child", descending=[False, True, False])
    best = ranked.group_by("record", maintain_order=True).agg(
        pl.col("child", "odds").first(),
        pl.col("odds").sum().alias("all_odds"),
        (pl.col("match_weight").first() - pl.col("match_weight").get(1, null_on_oob=True)).alias("ahead"),
    )
    everything = pl.col("all_odds") + pl.col("nobody")
    is_alone = (pl.col("ahead") >= MARGIN_WEIGHT).fill_null(value=True)
    linked_by = (
        pl.when((pl.col("match_probability") >= threshold) & is_alone)
        .then(pl.lit("probable"))
        .when((pl.col("all_odds") / everything >= threshold) & ~is_alone)
        .then(pl.lit("ambiguous"))
        .otherwise(pl.lit("none"))
    )
    return (
        records.join(best, on="record", how="left", maintain_order="left")
        .with_columns((pl.col("odds") / everything).alias("match_probability"))
        .with_columns(linked_by.alias("linked_by"))
        .with_columns(pl.when(pl.col("linked_by") == "probable").then("child").alias("child"))
        .select(pl.col(name).cast(dtype) for name, dtype in FOUND.items())
    )


def settings_of(model: Model) -> SettingsCreator:
    """The model in Splink's words. Every probability is given, so Splink has nothing to train."""
    from splink import SettingsCreator
    from splink.blocking_rule_library import block_on

    return SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=model.prior,
        comparisons=[_comparison(field) for field in model.fields],
        blocking_rules_to_generate_predictions=[block_on(column) for column in BLOCKED_ON],
        retain_matching_columns=False,
    )


def _comparison(field: Compared) -> dict[str, Any]:
    unknown = {"sql_condition": field.is_unknown, "label_for_charts": "unknown", "is_null_level": True}
    levels = [
        {
            "sql_condition": level.is_so,
            "label_for_charts": level.label,
            "m_probability": level.m,
            "u_probability": level.u,
        }
        for level in field.levels
    ]
    return {"output_column_name": field.name, "comparison_levels": [unknown, *levels]}


def _quieten() -> None:
    """Splink tells of its progress as if everybody asked; and its messages may quote values."""
    logging.getLogger("splink").setLevel(logging.CRITICAL)
