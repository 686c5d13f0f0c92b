"""Role x page x municipality: every page is opened by everybody who can sign in, and shows their own or a closed door.

In the store each municipality's figures and rows can be recognised (`planted_store`), so whatever reaches a reader says
whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from planted_store import whose
from published_frames import AS_OF, LAESOE, SVENDBORG
from quality_store import LAESOE_KEYS, OWN_KEYS
from streamlit.testing.v1 import AppTest
from streamlit_pages import ROOT, app_at, said

from dashboards import opening, page_list
from dashboards.access.rules import ACCESS_VARIABLE
from dashboards.access.sign_in_demo import CLIENT, RULES
from dashboards.geography import Geography
from dashboards.language import Words
from dashboards.scope import Place, Role
from pipelines.audit_log import FOLDER_VARIABLE, AuditLog

pytestmark = pytest.mark.slow

DA = Words("da")
ISSUER = "http://localhost:1"
READERS: dict[str, tuple[Role, str | None, str]] = {
    "leader-svendborg": ("leader", SVENDBORG, "roedtraad-leder-0479"),
    "leader-laesoe": ("leader", LAESOE, "roedtraad-leder-0825"),
    "steward-svendborg": ("steward", SVENDBORG, "roedtraad-dataansvarlig-0479"),
    "steward-laesoe": ("steward", LAESOE, "roedtraad-dataansvarlig-0825"),
    "national": ("national", None, "roedtraad-national"),
    "operator": ("operator", None, "roedtraad-drift"),
}
KEYS_OF_ROWS = {SVENDBORG: OWN_KEYS, LAESOE: LAESOE_KEYS}
AUTH = {
    "redirect_uri": "http://localhost:8501/oauth2callback",
    "cookie_secret": "0" * 64,
    "client_id": CLIENT,
    "client_secret": "x",
    "server_metadata_url": f"{ISSUER}/.well-known/openid-configuration",
}


@pytest.fixture(scope="module")
def folder(planted: Path) -> Path:
    (planted / "access.toml").write_text(RULES.format(issuer=ISSUER))
    return planted


@pytest.fixture(scope="module", autouse=True)
def signing_in(folder: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setenv(opening.STORE_VARIABLE, str(folder / "store"))
        patch.setenv(FOLDER_VARIABLE, str(folder / "audit"))
        patch.setenv(ACCESS_VARIABLE, str(folder / "access.toml"))
        yield


def claims(who: str, **changes: Any) -> dict[str, Any]:
    """As the provider says them, an hour before they expire."""
    until = (datetime.now(UTC) + timedelta(hours=1)).timestamp()
    groups = [READERS[who][2]] if who in READERS else []
    named = {"is_logged_in": True, "iss": ISSUER, "aud": CLIENT, "sub": who, "exp": until, "groups": groups}
    return named | changes


def signed_in(user: dict[str, Any], **address: str) -> AppTest:
    app = app_at(address)
    app.secrets["auth"] = dict(AUTH)
    app.user = user
    return app.run()


@pytest.fixture(scope="module")
def session(folder: Path) -> Callable[[str], AppTest]:
    """One session of each reader, in which they go from page to page."""
    return cache(lambda who: signed_in(claims(who)))


def sent(app: AppTest) -> str:
    """Everything that the page holds, whatever kind of element it is in."""
    found: list[str] = []
    waiting: list[Any] = [app.main, app.sidebar]
    while waiting:
        block = waiting.pop()
        if block.proto is not None:
            found.append(str(block.proto))
        waiting.extend(getattr(block, "children", {}).values())
    return " ".join(found).encode().decode("unicode_escape", "ignore")


def named(text: str) -> set[str]:
    """Codes of the municipalities whose names stand on the page; Vejen is also the road."""
    geography = Geography.on(AS_OF)
    names = {code: geography.name(Place("municipality", code)) for code in geography.codes}
    return {code for code, name in names.items() if name != "Vejen" and re.search(rf"\b{name}\b", text)}


def entries(folder: Path, **asked: Any) -> list[dict[str, Any]]:
    rows = AuditLog(folder / "audit").entries().iter_rows(named=True)
    return [row for row in rows if all(row[name] == value for name, value in asked.items())]


def goes_to(session: Callable[[str], AppTest], who: str, page: str) -> AppTest:
    app = session(who)
    app.switch_page(page_list.BY_NAME[page].path).run()
    assert not app.exception, app.exception
    return app


ALLOWED = [(who, page) for who in READERS for page in page_list.BY_NAME if page_list.may_open(READERS[who][0], page)]
CLOSED = [(who, page) for who in READERS for page in page_list.BY_NAME if (who, page) not in ALLOWED]


@pytest.mark.parametrize(("who", "page"), ALLOWED)
def test_a_page_of_the_role_opens_and_shows_no_other_municipality(
    session: Callable[[str], AppTest], who: str, page: str
) -> None:
    app = goes_to(session, who, page)
    role, own, _ = READERS[who]
    text, everything = said(app), sent(app)
    assert "<h1>" in text
    assert DA("problem.stopped") not in text
    assert DA("problem.unexpected_table") not in text
    if own is not None:
        assert whose(everything) <= {own}
        assert page_list.BY_NAME[page].reads_rows or named(text) <= {own}
    for municipality, keys in KEYS_OF_ROWS.items():
        if role != "steward" or municipality != own:
            assert not any(key in everything.replace("<wbr>", "") for key in keys)
    if role != "steward":
        assert "cafe" not in everything


@pytest.mark.parametrize(("who", "page"), CLOSED)
def test_a_page_of_another_role_is_a_closed_door_and_the_log_says_who_stood_there(
    session: Callable[[str], AppTest], folder: Path, who: str, page: str
) -> None:
    app = goes_to(session, who, page)
    role, own, _ = READERS[who]
    roles = DA("door.or").join(DA(f"role.{each}").lower() for each in page_list.BY_NAME[page].roles)
    assert DA("door.closed", roles=roles) in said(app)
    assert whose(sent(app)) == set()
    assert not any(button.key == "look-as" for button in app.button)
    assert entries(folder, action="refused", who=who, what=page, why="other_role", role=role, municipality_code=own)


def test_what_is_planted_would_be_found(session: Callable[[str], AppTest]) -> None:
    """The leader's own figures and the steward's own rows are recognised where they are shown."""
    assert whose(sent(goes_to(session, "leader-svendborg", "overview"))) == {SVENDBORG}
    assert "cafe" in sent(goes_to(session, "steward-svendborg", "worklist"))
    assert len(whose(sent(goes_to(session, "national", "overview")))) > 50


def test_a_session_is_in_the_log_once(session: Callable[[str], AppTest], folder: Path) -> None:
    for who, (role, own, _) in READERS.items():
        goes_to(session, who, "definitions")
        found = entries(folder, action="signed_in", who=who)
        assert [(entry["role"], entry["municipality_code"]) for entry in found] == [(role, own)]


@pytest.mark.parametrize("who", ["leader-svendborg", "steward-svendborg", "national", "operator"])
def test_the_role_in_the_address_is_not_asked(who: str) -> None:
    own = READERS[who][0]
    for role in ("national", "leader", "steward", "operator", "mayor"):
        app = signed_in(claims(who), role=role)
        assert not app.exception
        assert f"<b>{DA(f'role.{own}')}</b>" in said(app)


@pytest.mark.parametrize("who", ["leader-svendborg", "steward-svendborg"])
def test_an_address_of_another_municipality_is_refused_and_logged(folder: Path, who: str) -> None:
    app = signed_in(claims(who), municipality=LAESOE)
    assert DA("refused.other_municipality") in said(app)
    assert whose(sent(app)) == set()
    assert entries(folder, action="refused", who=who, why="other_municipality", municipality_code=SVENDBORG)
    assert DA("refused.other_municipality") not in said(signed_in(claims(who), municipality=SVENDBORG))


def test_national_coordination_chooses_a_municipality_by_its_address() -> None:
    app = signed_in(claims("national"), municipality=LAESOE)
    app.switch_page("dashboards/pages/municipality.py").run()
    assert "<h1>Læsø</h1>" in said(app)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"exp": 1}, "expired"),
        ({"exp": None}, "malformed"),
        ({"iss": "https://elsewhere.example"}, "other_issuer"),
        ({"aud": "another"}, "other_issuer"),
        ({"groups": []}, "no_grant"),
        ({"groups": ["roedtraad-leder-0479", "roedtraad-national"]}, "two_roles"),
        ({"groups": ["roedtraad-leder-0479", "roedtraad-leder-0825"]}, "two_municipalities"),
        ({"groups": ["roedtraad-leder-9999"]}, "unknown_municipality"),
    ],
)
def test_whoever_does_not_come_in_reads_why_and_nothing_else(
    folder: Path, changes: dict[str, Any], problem: str
) -> None:
    for page in ("overview", "worklist"):
        who = f"{problem}-{changes}"
        app = signed_in(claims("leader-svendborg", sub=who, **changes))
        app.switch_page(page_list.BY_NAME[page].path).run()
        assert DA(f"refused.{problem}") in said(app)
        assert whose(sent(app)) == set()
        assert not app.sidebar.children
        assert entries(folder, action="refused", who=who, what=page, why=problem, role="none")


def test_before_signing_in_the_page_says_what_this_is_and_how_to_come_in() -> None:
    app = signed_in({"is_logged_in": False})
    assert DA("sign_in.title") in said(app)
    assert [button.label for button in app.button] == [DA("sign_in.button")]
    assert not app.sidebar.children


def test_when_the_provider_does_not_answer_the_page_says_so(folder: Path) -> None:
    app = signed_in({"is_logged_in": False})
    app.button(key="sign-in").click().run()
    assert DA("refused.provider_away") in said(app)
    assert entries(folder, action="refused", why="provider_away")


def test_a_page_that_is_left_open_closes_when_the_token_expires() -> None:
    app = signed_in(claims("leader-svendborg"))
    assert whose(sent(app)) == {SVENDBORG}
    app.user = claims("leader-svendborg", exp=1)
    app.run()
    assert DA("refused.expired") in said(app)
    assert whose(sent(app)) == set()
