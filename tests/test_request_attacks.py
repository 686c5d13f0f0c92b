"""Somebody who has signed in reaches for another municipality's request: by address, by page, by role."""

from __future__ import annotations

from datetime import datetime, tzinfo
from pathlib import Path

import pytest
from asked_municipalities import EVERYTHING, ODENSE, SVENDBORG, asked, given, said
from published_frames import FakeSnapshot, country, write_store
from streamlit.testing.v1 import AppTest
from streamlit_pages import ROOT
from streamlit_pages import said as words_of_page
from test_who_may_see_what import ISSUER, claims, sent, signed_in

from dashboards import opening
from dashboards.access.rules import ACCESS_VARIABLE
from dashboards.access.sign_in_demo import RULES
from dashboards.coordination import visit
from dashboards.language import Words
from pipelines.audit_log import FOLDER_VARIABLE, AuditLog
from pipelines.requests.answers import history
from pipelines.requests.deviations import PUBLISHED
from pipelines.requests.opened import Opened, opened

pytestmark = pytest.mark.slow

DA = Words("da")
PAGES = ("requests", "request_answer")
SENTENCE_OF_ODENSE = "Kun Odense har skrevet dette."


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    import polars as pl

    counts = pl.DataFrame(schema=PUBLISHED)
    write_store(tmp_path / "store", FakeSnapshot(country().tables | {"published_counts": counts}))
    (tmp_path / "access.toml").write_text(RULES.format(issuer=ISSUER))
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv(opening.STORE_VARIABLE, str(tmp_path / "store"))
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "audit"))
    monkeypatch.setenv(ACCESS_VARIABLE, str(tmp_path / "access.toml"))
    made = asked(tmp_path)
    given(made, ODENSE, *(said(name, each) for name, each in (EVERYTHING | {"challenges": SENTENCE_OF_ODENSE}).items()))
    return made


def at(who: str, page: str, **address: str) -> AppTest:
    app = signed_in(claims(who), **address)
    app.switch_page(f"dashboards/pages/{page}.py").run()
    assert not app.exception
    return app


@pytest.mark.parametrize("who", ["leader-svendborg", "steward-svendborg"])
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "address",
    [
        {"respondent": ODENSE},
        {"municipality": ODENSE},
        {"role": "national"},
        {"role": "national", "respondent": ODENSE, "theme": "4"},
        {"request": "asked", "respondent": "fyn"},
    ],
)
def test_no_address_leads_to_what_another_municipality_has_answered(
    made: Opened, who: str, page: str, address: dict[str, str]
) -> None:
    app = at(who, page, **address)
    everything = sent(app)
    assert SENTENCE_OF_ODENSE not in everything
    assert "Odense" not in everything.replace("Familieambulatoriet i Odense", "")
    if address.get("municipality"):
        assert DA("refused.other_municipality") in words_of_page(app)
        assert "refused" in AuditLog.of(made.store).entries()["action"].to_list()


@pytest.mark.parametrize("page", PAGES)
def test_an_operator_meets_a_closed_door(made: Opened, page: str) -> None:
    everything = sent(at("operator", page))
    assert SENTENCE_OF_ODENSE not in everything
    assert made.request.title["da"] not in everything


def test_what_is_written_stands_under_the_name_of_the_token(made: Opened) -> None:
    app = at("steward-svendborg", "request_answer")
    app.text_input(key="answer-pregnant").input("12").run()
    row = AuditLog.of(made.store).entries().filter(what="request:asked:answered").tail(1).row(0, named=True)
    assert (row["who"], row["role"], row["municipality_code"]) == ("steward-svendborg", "steward", SVENDBORG)


class Tomorrow(datetime):
    """The clock of somebody who has left the page open."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Tomorrow:
        return cls.fromtimestamp(super().now(tz).timestamp() + 86_400, tz)


def test_nothing_is_kept_once_the_token_has_expired(made: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    app = at("steward-svendborg", "request_answer")
    monkeypatch.setattr(visit, "datetime", Tomorrow)
    app.text_input(key="answer-pregnant").input("12").run()
    assert history(opened(made.store, made.id)).filter(respondent=SVENDBORG).is_empty()
    assert DA("requests.not_kept") in words_of_page(app)
