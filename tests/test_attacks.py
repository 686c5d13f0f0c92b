"""What an attacker gets, over a real server with a real provider: nothing beyond the scope, a clear page, an entry.

Each municipality's figures and rows can be recognised (`planted_store`), and every byte that the server sends is looked
at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from attackers import AARHUS, beyond, cookie, entries, heard, is_button
from planted_store import whose
from published_frames import SVENDBORG
from quality_store import OWN_KEYS
from signed_in import USER, Served, elements, page_hashes, string_widget, text_of, trigger
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from dashboards import page_list
from dashboards.access.sign_in_demo import PEOPLE, served_for, served_with_sign_in
from dashboards.language import Words
from dashboards.scope import Role
from pipelines.audit_log import FOLDER_VARIABLE

pytestmark = pytest.mark.slow

DA = Words("da")
LEADER, STEWARD, OTHER_LEADER, OTHER_STEWARD = (
    "leder-svendborg",
    "dataansvarlig-svendborg",
    "leder-aarhus",
    "dataansvarlig-aarhus",
)
FIGURES = ("overview", "municipality", "follow_up")
MORE = {"no-such-place": ("roedtraad-leder-9999",), "to-kommuner": ("roedtraad-leder-0479", "roedtraad-leder-0751")}


@pytest.fixture(scope="module")
def served(planted: Path) -> Iterator[Served]:
    environment = {FOLDER_VARIABLE: str(planted / "audit")}
    with served_with_sign_in(planted / "store", people=PEOPLE | MORE, environment=environment) as demo:
        yield Served(demo)


@pytest.fixture(scope="module")
def cookies(served: Served) -> Callable[[str], dict[str, str]]:
    """Of everybody who has signed in once, at the provider."""
    kept: dict[str, dict[str, str]] = {}

    def of(who: str) -> dict[str, str]:
        if who not in kept:
            kept[who] = served.cookies(who)
        return kept[who]

    return of


# Cookies and tokens


@pytest.mark.parametrize("page", ["", *page_list.BY_NAME])
def test_without_signing_in_every_page_is_the_sign_in_page(served: Served, page: str) -> None:
    with served.session() as session:
        assert DA("sign_in.title") in text_of(session.run(page, {"role": "steward", "municipality": SVENDBORG}))
        assert beyond(session) == set()
        assert "cafe" not in heard(session)


def test_a_good_cookie_made_by_hand_would_open_so_that_the_forged_ones_are_tried_in_earnest(served: Served) -> None:
    with served.session(cookies=cookie(served)) as session:
        session.run("overview")
        assert whose(heard(session)) == {AARHUS}


def forged(served: Served) -> dict[str, dict[str, str]]:
    good = cookie(served)[USER]
    signature = good.rsplit(".", 2)[1:]
    other = cookie(served, secret="1" * 64, groups=["roedtraad-national"])[USER].rsplit(".", 2)[0]
    told = json.dumps({"is_logged_in": True})
    return {
        "another secret": cookie(served, secret="1" * 64),
        "another payload under the same signature": {USER: ".".join([other, *signature])},
        "no signature": {USER: good.rsplit(".", 2)[0]},
        "cut short": {USER: good[:-4]},
        "plain text": {USER: told},
        "another cookie's signature": {USER: create_signed_value(served.demo.cookie_secret, "x", told).decode()},
        "of another site": cookie(served, origin="https://elsewhere.example"),
    }


def test_a_forged_cookie_opens_nothing_and_is_logged(served: Served, planted: Path) -> None:
    for made in forged(served).values():
        with served.session(cookies=made) as session:
            told = text_of(session.run("overview"))
            assert DA("refused.cookie_refused") in told
            assert beyond(session) == set()
    assert entries(planted, action="refused", who="unknown", why="cookie_refused", what="overview")


@pytest.mark.parametrize(
    ("claims", "problem"),
    [
        ({"exp": 1}, "expired"),
        ({"exp": None}, "malformed"),
        ({"exp": "9999999999"}, "malformed"),
        ({"iss": "https://elsewhere.example"}, "other_issuer"),
        ({"aud": "another"}, "other_issuer"),
        ({"groups": 751}, "malformed"),
        ({"groups": [["roedtraad-leder-0751"]]}, "malformed"),
        ({"groups": [f"x{at}" for at in range(1001)]}, "malformed"),
    ],
)
def test_a_token_that_is_old_or_of_elsewhere_opens_nothing_and_is_logged(
    served: Served, planted: Path, claims: dict[str, Any], problem: str
) -> None:
    who = f"{problem} {next(iter(claims))}"
    with served.session(cookies=cookie(served, sub=who, **claims)) as session:
        assert DA(f"refused.{problem}") in text_of(session.run("overview"))
        assert DA(f"refused.{problem}") in text_of(session.run("worklist"))
        assert beyond(session) == set()
    for page in ("overview", "worklist"):
        assert entries(planted, action="refused", who=who, why=problem, what=page)


@pytest.mark.parametrize(
    ("who", "problem"),
    [
        ("to-roller", "two_roles"),
        ("to-kommuner", "two_municipalities"),
        ("uden-rolle", "no_grant"),
        ("no-such-place", "unknown_municipality"),
    ],
)
def test_a_claim_without_one_role_and_one_municipality_opens_nothing(
    served: Served, planted: Path, cookies: Callable[[str], dict[str, str]], who: str, problem: str
) -> None:
    with served.session(cookies=cookies(who)) as session:
        for page in ("overview", "worklist", "operations"):
            assert DA(f"refused.{problem}") in text_of(session.run(page))
            assert entries(planted, action="refused", who=who, why=problem, what=page, role="none")
        assert beyond(session) == set()


def test_the_session_ends_with_the_token_whatever_is_asked_of_it_then(served: Served) -> None:
    """The whole script, and every fragment that was drawn while the token was good."""
    until = datetime.now(UTC) + timedelta(seconds=4)
    mine = cookie(served, groups=["roedtraad-dataansvarlig-0479"], exp=until.timestamp())
    with served.session(cookies=mine) as session:
        drawn = session.run("worklist")
        assert whose(heard(session)) == {SVENDBORG}
        fragments = {message.delta.fragment_id for message in drawn} - {""}
        assert fragments
        while datetime.now(UTC) < until:
            session.run("definitions")
        session.heard.clear()
        for fragment in fragments:
            session.run("worklist", fragment_id=fragment)
        told = [text_of(session.run("worklist")) for _ in range(len(fragments) + 2)]  # fragments may ask for runs too
        assert DA("refused.expired") in told[-1]
        assert beyond(session) == set()
        assert "cafe" not in heard(session)


# The address, and the state of a session


@pytest.mark.parametrize("who", [LEADER, STEWARD])
@pytest.mark.parametrize("page", FIGURES)
def test_an_address_of_another_municipality_and_role_gives_nothing_of_it(
    served: Served, planted: Path, cookies: Callable[[str], dict[str, str]], who: str, page: str
) -> None:
    asked = {"municipality": AARHUS, "role": "national", "place": AARHUS, "measure": "../../x"}
    with served.session(cookies=cookies(who)) as session:
        assert DA("refused.other_municipality") in text_of(session.run(page, asked))
        assert beyond(session) == set()
    assert entries(planted, action="refused", who=who, why="other_municipality", what=page)


@pytest.mark.parametrize("role", ["national", "steward", "operator"])
def test_a_role_in_the_address_gives_no_page_of_that_role(
    served: Served, cookies: Callable[[str], dict[str, str]], role: Role
) -> None:
    with served.session(cookies=cookies(LEADER)) as session:
        for page in page_list.of_role(role):
            told = text_of(session.run(page.name, {"role": role}))
            assert ("Siden hører til rollen" in told) == ("leader" not in page.roles)
        assert beyond(session, SVENDBORG) == set()
        assert "cafe" not in heard(session)


NAMES = ("role", "municipality", "scope", "who", "reader", "admitted", "is_logged_in", "user", "audit_seen", "lang")


def tampered(drawn: list[ForwardMsg]) -> list[Any]:
    """State for every name that a page might listen to, by its key and by the ids that others' widgets have."""
    ids = {element.id for element in elements(drawn) if getattr(element, "id", "")}
    guesses = [f"$$ID-{'0' * 32}-{name}" for name in NAMES] + list(NAMES)
    values = ("national", AARHUS)
    return [string_widget(each, value) for each in sorted(ids) + guesses for value in values]


@pytest.mark.parametrize("who", [LEADER, STEWARD])
def test_state_that_is_sent_by_hand_gives_nothing_more(
    served: Served, cookies: Callable[[str], dict[str, str]], who: str
) -> None:
    """Names of keys, made-up ids, and the ids of another user's widgets."""
    with served.session(cookies=cookies("national")) as national:
        theirs = national.run("municipality", {"municipality": AARHUS})
    with served.session(cookies=cookies(OTHER_STEWARD)) as steward:
        theirs += steward.run("worklist")
    with served.session(cookies=cookies(who)) as session:
        for page in ("municipality", "overview", "worklist"):
            own = session.run(page)
            session.run(page, widgets=tampered(own + theirs))
            session.run(page, widgets=[trigger(element.id) for element in elements(theirs) if is_button(element)])
        assert beyond(session, SVENDBORG) == set()
        assert (who == STEWARD) or "cafe" not in heard(session)


def test_the_hash_of_a_page_of_another_role_is_a_closed_door(
    served: Served, cookies: Callable[[str], dict[str, str]]
) -> None:
    with served.session(cookies=cookies(LEADER)) as session:
        hashes = page_hashes(session.run())
        assert hashes.keys() == {"", *page_list.BY_NAME}
        for page in page_list.PAGES:
            told = text_of(session.run(page_script_hash=hashes[page.name]))
            assert ("Siden hører til rollen" in told) == ("leader" not in page.roles)
        session.run(page_script_hash="0" * 32)
        assert beyond(session, SVENDBORG) == set()
        assert "cafe" not in heard(session)


def test_a_fragment_of_another_user_is_not_run(served: Served, cookies: Callable[[str], dict[str, str]]) -> None:
    with served.session(cookies=cookies(OTHER_STEWARD)) as other, served.session(cookies=cookies(LEADER)) as session:
        fragments = {message.delta.fragment_id for message in other.run("worklist")} - {""}
        assert fragments
        for fragment in (*fragments, "made-up"):
            session.ask("overview", fragment_id=fragment)
            session.run("definitions")
        assert beyond(session, SVENDBORG) == set()


@pytest.mark.parametrize("left", [True, False])
def test_the_session_of_another_user_cannot_be_taken_over(
    served: Served, cookies: Callable[[str], dict[str, str]], *, left: bool
) -> None:
    """Neither while they look nor after they have gone; somebody who has not signed in cannot either."""
    with ExitStack() as open_sessions:
        other = open_sessions.enter_context(served.session(cookies=cookies(OTHER_STEWARD)))
        other.run("worklist")
        if left:
            open_sessions.close()
        for mine, own in ((cookies(LEADER), {SVENDBORG}), ({}, set())):
            with served.session(cookies=mine, session_id=other.session_id) as session:
                session.run("worklist")
                session.run("overview")
                assert session.session_id != other.session_id
                assert beyond(session, *own) == set()
                assert "cafe" not in heard(session)


# What is kept between users


def test_no_page_hands_out_a_link_that_another_user_could_follow(
    served: Served, cookies: Callable[[str], dict[str, str]]
) -> None:
    """Files go over the reader's own connection: there is no address that outlives it, and none that is made later."""
    for who, role in ((STEWARD, "steward"), (LEADER, "leader"), ("national", "national")):
        with served.session(cookies=cookies(who)) as session:
            for page in page_list.of_role(role):  # type: ignore[arg-type]
                made = [each for each in elements(session.run(page.name)) if getattr(each, "deferred_file_id", "")]
                assert made == [], page.name
            assert "/media/" not in heard(session), who


def test_what_one_user_has_read_is_never_another_users(
    served: Served, cookies: Callable[[str], dict[str, str]]
) -> None:
    """One after the other on the same pages, whatever the server has kept."""
    order = ((LEADER, SVENDBORG), (OTHER_LEADER, AARHUS), (STEWARD, SVENDBORG), (OTHER_STEWARD, AARHUS))
    for who, own in (*order, *reversed(order)):
        with served.session(cookies=cookies(who)) as session:
            for page in ("overview", "worklist", "quality_findings"):
                session.run(page)
            assert whose(heard(session)) == {own}
            assert any(key in heard(session) for key in OWN_KEYS) == (who == STEWARD)


# Other ways in


def test_there_is_no_way_in_by_program_or_by_header(served: Served, cookies: Callable[[str], dict[str, str]]) -> None:
    headers = {"X-Forwarded-User": "national", "X-Auth-Groups": "roedtraad-national", "Groups": "roedtraad-national"}
    with httpx.Client(base_url=served.address, cookies=cookies("national")) as client:
        for path in ("interact", "mcp"):
            answer = client.post(f"/_stcore/agent/{path}", json={}, headers=headers)
            assert answer.status_code in (400, 403)
            assert whose(answer.text) == set()
    with served.session(headers=headers) as session:
        assert DA("sign_in.title") in text_of(session.run("overview"))


@pytest.mark.parametrize(
    "variables",
    [
        {"STREAMLIT_SERVER_ENABLE_AGENT_API": "true"},
        {"STREAMLIT_SERVER_TRUSTED_USER_HEADERS": '{"X-Groups": "groups", "X-In": "is_logged_in"}'},
    ],
    ids=["agent-api", "trusted-headers"],
)
def test_a_server_that_is_set_to_let_others_in_lets_nobody_in(planted: Path, variables: dict[str, str]) -> None:
    environment = {FOLDER_VARIABLE: str(planted / "audit"), **variables}
    with served_for("http://localhost:1", planted / "store", environment=environment) as demo:
        served = Served(demo)
        for made in (cookie(served), {}):
            with served.session(cookies=made, headers={"X-Groups": "roedtraad-national", "X-In": "1"}) as session:
                assert DA("sign_in.not_set_up") in text_of(session.run("overview"))
                assert beyond(session) == set()
        answer = httpx.post(f"{served.address}/_stcore/agent/interact", json={})
        assert whose(answer.text) == set()


def test_a_connection_from_another_site_is_nobodys(served: Served, cookies: Callable[[str], dict[str, str]]) -> None:
    from websockets.exceptions import WebSocketException

    with pytest.raises(WebSocketException):  # noqa: SIM117 - the first is what is looked at
        with served.session(cookies=cookies(LEADER), origin="https://elsewhere.example") as session:
            session.run("overview")
