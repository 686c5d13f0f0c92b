"""From a token to a reader: each line of the tables is a token, and what comes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboards.access.claims import DEMONSTRATION, MOST_VALUES, Reader, TurnedAway, reader_of
from dashboards.access.rules import Grant, Rules, RulesAreWrong, read_rules
from dashboards.geography import Geography
from dashboards.scope import Scope
from pipelines.definitions.reference import Reference

NOW = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=5)
ISSUER, CLIENT = "https://login.example.dk", "roedtraad"
CODES = Reference.load().municipality_codes
RULES = Rules(
    issuer=ISSUER,
    audience=CLIENT,
    claim="groups",
    grants=(
        Grant("rt-leder-{municipality}", "leader"),
        Grant("rt-dataansvarlig-{municipality}", "steward"),
        Grant("/rødtråd/{municipality}/steward", "steward"),
        Grant("rt-national", "national"),
        Grant("rt-drift", "operator"),
        Grant("8c1f0d7e-svendborg", "leader", "0479"),
    ),
    municipalities=frozenset(CODES),
)


def token(**changes: Any) -> dict[str, Any]:
    """A good one of the leader of Svendborg; a change to None takes the claim out."""
    claims = {
        "is_logged_in": True,
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "anna",
        "exp": SOON.timestamp(),
        "groups": ["all-staff", "rt-leder-0479"],
    } | changes
    return {name: value for name, value in claims.items() if value is not None}


def refused(claims: dict[str, Any], rules: Rules = RULES, now: datetime = NOW) -> str:
    with pytest.raises(TurnedAway) as turned_away:
        reader_of(claims, rules, now)
    return turned_away.value.problem


@pytest.mark.parametrize(
    ("groups", "role", "municipality"),
    [
        (["rt-leder-0479"], "leader", "0479"),
        (["rt-dataansvarlig-0751"], "steward", "0751"),
        ("rt-dataansvarlig-0751", "steward", "0751"),
        (["/rødtråd/0101/steward"], "steward", "0101"),
        (["rt-national"], "national", None),
        (["rt-drift", "all-staff"], "operator", None),
        (["8c1f0d7e-svendborg"], "leader", "0479"),
        (["8c1f0d7e-svendborg", "rt-leder-0479", "rt-leder-0479"], "leader", "0479"),
    ],
)
def test_a_value_of_the_claim_gives_a_role_and_a_municipality(groups: Any, role: str, municipality: str | None) -> None:
    assert reader_of(token(groups=groups), RULES, NOW) == Reader("anna", role, municipality, SOON)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("groups", "problem"),
    [
        (None, "no_grant"),
        ([], "no_grant"),
        ("", "no_grant"),
        (["all-staff"], "no_grant"),
        (["RT-NATIONAL"], "no_grant"),
        (["rt-national "], "no_grant"),
        (["rt-national\n"], "no_grant"),
        (["x rt-leder-0479"], "no_grant"),
        (["rt-leder-0479", "rt-dataansvarlig-0479"], "two_roles"),
        (["rt-national", "rt-drift"], "two_roles"),
        (["rt-leder-0479", "rt-national"], "two_roles"),
        (["rt-leder-0479", "rt-dataansvarlig-9999"], "two_roles"),
        (["rt-leder-0479", "rt-leder-0751"], "two_municipalities"),
        (["8c1f0d7e-svendborg", "rt-leder-0751"], "two_municipalities"),
        (["rt-leder-9999"], "unknown_municipality"),
        (["rt-leder-"], "unknown_municipality"),
        (["rt-leder-479"], "unknown_municipality"),
        (["rt-leder-0479 "], "unknown_municipality"),
        (["rt-leder-0479\n"], "unknown_municipality"),
        (["rt-leder-０４７９"], "unknown_municipality"),
        (["rt-leder-{municipality}"], "unknown_municipality"),
        (["rt-leder-0479", "rt-leder-9999"], "unknown_municipality"),
        (479, "malformed"),
        (True, "malformed"),
        ([479], "malformed"),
        ([["rt-leder-0479"]], "malformed"),
        (["rt-leder-0479", None], "malformed"),
        ({"rt-leder-0479": True}, "malformed"),
        (["x" * 301], "malformed"),
        (["rt-leder-0479"] * (MOST_VALUES + 1), "malformed"),
    ],
)
def test_a_claim_that_says_nothing_or_two_things_or_has_another_form_is_refused(groups: Any, problem: str) -> None:
    assert refused(token(groups=groups)) == problem


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"is_logged_in": None}, "not_signed_in"),
        ({"is_logged_in": False}, "not_signed_in"),
        ({"is_logged_in": "true"}, "not_signed_in"),
        ({"is_logged_in": 1}, "not_signed_in"),
        ({"iss": "https://login.example.com"}, "other_issuer"),
        ({"iss": f"{ISSUER}/"}, "other_issuer"),
        ({"iss": None}, "other_issuer"),
        ({"iss": [ISSUER]}, "other_issuer"),
        ({"aud": "another-client"}, "other_issuer"),
        ({"aud": ["another-client"]}, "other_issuer"),
        ({"aud": None}, "other_issuer"),
        ({"aud": {CLIENT: 1}}, "other_issuer"),
        ({"exp": NOW.timestamp()}, "expired"),
        ({"exp": (NOW - timedelta(days=1)).timestamp()}, "expired"),
        ({"exp": 0}, "expired"),
        ({"exp": None}, "malformed"),
        ({"exp": str(SOON.timestamp())}, "malformed"),
        ({"exp": True}, "malformed"),
        ({"exp": [SOON.timestamp()]}, "malformed"),
        ({"exp": float("nan")}, "malformed"),
        ({"exp": float("inf")}, "malformed"),
        ({"exp": -1}, "malformed"),
        ({"exp": 10**400}, "malformed"),
        ({"sub": None}, "malformed"),
        ({"sub": " "}, "malformed"),
        ({"sub": 7}, "malformed"),
        ({"sub": "anna\nrefused"}, "malformed"),
        ({"sub": "a" * 301}, "malformed"),
    ],
)
def test_a_token_that_is_not_for_us_or_not_any_longer_is_refused(changes: dict[str, Any], problem: str) -> None:
    assert refused(token(**changes)) == problem


def test_the_last_moment_of_a_token_is_not_in_its_life() -> None:
    claims = token(exp=NOW.timestamp() + 1)
    assert reader_of(claims, RULES, NOW).role == "leader"
    assert refused(claims, now=NOW + timedelta(seconds=1)) == "expired"


def test_a_token_for_several_clients_is_ours_when_we_are_one_of_them() -> None:
    assert reader_of(token(aud=["another", CLIENT]), RULES, NOW).who == "anna"


def test_nothing_else_that_a_token_says_gives_more() -> None:
    claims = token(role="national", municipality="0751", scope="national", roles=["rt-national"])
    assert reader_of(claims, RULES, NOW) == Reader("anna", "leader", "0479", SOON)


def test_whoever_is_refused_is_named_as_far_as_the_token_says_it() -> None:
    for claims, who in ((token(groups=[]), "anna"), (token(sub=7), "unknown"), ({}, "unknown")):
        with pytest.raises(TurnedAway) as turned_away:
            reader_of(claims, RULES, NOW)
        assert turned_away.value.who == who
        assert "anna" not in str(turned_away.value)


TEXT = st.text("arnt-0479 {}", max_size=12)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["rt-national", "rt-leder-0479"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@given(claims=st.dictionaries(st.sampled_from([*token(), "role", "tokens"]), VALUES))
def test_whatever_a_token_says_it_gives_one_scope_or_is_refused(claims: dict[str, Any]) -> None:
    """Never another error, and never a role that no single value of the claim gives."""
    try:
        reader = reader_of(token() | claims, RULES, NOW)
    except TurnedAway:
        return
    assert (reader.role, reader.municipality_code) in {("leader", "0479"), ("national", None)}
    said = (token() | claims)["groups"]
    assert {"leader": "rt-leder-0479", "national": "rt-national"}[reader.role] in (
        [said] if isinstance(said, str) else said
    )


def test_the_scope_has_the_region_that_the_municipality_lies_in_on_the_day() -> None:
    reader = reader_of(token(), RULES, NOW)
    assert reader.scope(Geography.on(NOW.date())) == Scope("leader", "0479", "1083")
    assert DEMONSTRATION.scope(Geography.on(NOW.date())) == Scope("national")


def test_what_happens_after_the_token_has_expired_is_refused_too() -> None:
    reader = reader_of(token(), RULES, NOW)
    reader.require_time(SOON - timedelta(seconds=1))
    with pytest.raises(TurnedAway):
        reader.require_time(SOON)
    DEMONSTRATION.require_time(SOON)


# The file of rules

GOOD = f"""
issuer = "{ISSUER}"
claim = "groups"
[[grants]]
value = "rt-leder-{{municipality}}"
role = "leader"
[[grants]]
value = "8c1f0d7e"
role = "steward"
municipality = "0479"
[[grants]]
value = "rt-national"
role = "national"
"""


def rules_of(folder: Path, text: str) -> Rules:
    file = folder / "access.toml"
    file.write_text(text, "utf-8")
    return read_rules(file, CODES)


def test_the_rules_are_as_the_file_says(tmp_path: Path) -> None:
    rules = rules_of(tmp_path, GOOD)
    assert (rules.issuer, rules.claim, rules.who, rules.audience) == (ISSUER, "groups", "sub", None)
    assert rules.grants == (
        Grant("rt-leder-{municipality}", "leader"),
        Grant("8c1f0d7e", "steward", "0479"),
        Grant("rt-national", "national"),
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("issuer = ", "are not TOML"),
        ("", "at least one [[grants]]"),
        (GOOD.replace("issuer", "issuers"), "issuers, which is not a setting"),
        (GOOD.replace(f'"{ISSUER}"', "7"), "the file needs issuer, a text"),
        (GOOD.replace('claim = "groups"', 'claim = ""'), "the file needs claim, a text"),
        (GOOD.replace("leader", "mayor"), "grant 1: role is one of national, leader, steward, operator"),
        (GOOD.replace("rt-leder-{municipality}", "rt-leder"), "grant 1: the role leader needs either {municipality}"),
        (GOOD.replace("8c1f0d7e", "x-{municipality}"), "grant 2: the role steward needs either {municipality}"),
        (GOOD.replace("rt-national", "x-{municipality}"), "grant 3: the role national needs no municipality"),
        (
            GOOD.replace("rt-leder-{municipality}", "{municipality}"),
            "grant 1: value needs one {municipality} and a text",
        ),
        (GOOD.replace("0479", "479"), "grant 2: municipality is a code"),
        (GOOD.replace("0479", "9999"), "grant 2: municipality is a code"),
        (GOOD + 'note = "x"', "grant 3 says note, which is not a setting"),
        ('issuer = "x"\nclaim = "y"\ngrants = ["z"]', "grant 1 is no table"),
    ],
)
def test_a_fault_in_the_rules_says_what_and_where_and_what_to_do(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(RulesAreWrong) as fault:
        rules_of(tmp_path, text)
    assert told in str(fault.value)
    assert "access.toml" in str(fault.value)
    assert "docs/sign-in.md" in fault.value.to_do


def test_rules_that_are_not_there_or_not_text_are_told(tmp_path: Path) -> None:
    with pytest.raises(RulesAreWrong, match="cannot be read: No such file"):
        read_rules(tmp_path / "gone.toml", CODES)
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RulesAreWrong, match="not TOML"):
        read_rules(tmp_path / "bytes.toml", CODES)
