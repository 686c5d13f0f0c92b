"""From the claims of a token to a reader: who, with which role and municipality, and until when.

Nothing is guessed: a token that says two things is refused like one that says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from dashboards.access.rules import CODE, Grant, Rules
from dashboards.geography import Geography
from dashboards.scope import NotAllowed, Role, Scope

Problem = Literal[
    "not_signed_in",
    "expired",
    "other_issuer",
    "malformed",
    "no_grant",
    "two_roles",
    "two_municipalities",
    "unknown_municipality",
    "cookie_refused",
    "other_municipality",
    "provider_away",
]
"""Why somebody does not come in; also the key of what the page says."""

MOST_VALUES, LONGEST_VALUE = 1000, 300
"""Of a claim. A provider has no reason to say more; a token that does is not read on."""

LAST_DAY = datetime(9999, 1, 1, tzinfo=UTC)
NOBODY = "unknown"
"""Who it was, when the token does not say."""


class TurnedAway(NotAllowed):
    """This person does not come in, and `problem` says why. `who`: as far as the token says."""

    def __init__(self, problem: Problem, who: str = NOBODY) -> None:
        self.problem, self.who = problem, who
        super().__init__("Nobody comes in with this token", where=problem, to_do="Sign in again, or ask for a role.")


@dataclass(frozen=True)
class Reader:
    """Somebody who may look. `expires_at`: null in the demonstration alone, where nobody signs in."""

    who: str
    role: Role
    municipality_code: str | None = None
    expires_at: datetime | None = None

    @property
    def is_signed_in(self) -> bool:
        """Whether a token says who this is: only then is anything opened but sample data."""
        return self.expires_at is not None

    def scope(self, geography: Geography) -> Scope:
        """The scope, with the region that the municipality lies in."""
        code = self.municipality_code
        return Scope(self.role, code, geography.region_of(code).code if code else None)

    def require_time(self, now: datetime) -> None:
        """TurnedAway once the token has expired: for whatever happens after the page was drawn."""
        if self.expires_at is not None and self.expires_at <= now:
            raise TurnedAway("expired", self.who)


DEMONSTRATION = Reader("demo", "national")
"""Nobody signs in to the demonstration: the role is chosen on the page, and the audit log names nobody."""


def reader_of(claims: Mapping[str, Any], rules: Rules, now: datetime) -> Reader:
    """The reader whom the token's claims describe; TurnedAway when they do not, at the first that is wrong.

    The token's last moment is not in its life. Its signature is the provider's matter, and was checked at sign-in.
    """
    if claims.get("is_logged_in") is not True:
        raise TurnedAway("not_signed_in")
    who = _who(claims, rules)
    if not _is_for_us(claims, rules):
        raise TurnedAway("other_issuer", who)
    expires_at = _expiry(claims, who)
    if expires_at <= now:
        raise TurnedAway("expired", who)
    role, code = _granted(_values(claims.get(rules.claim), who), rules, who)
    return Reader(who, role, code, expires_at)


def _who(claims: Mapping[str, Any], rules: Rules) -> str:
    """Into the audit log: a text of one line."""
    who = claims.get(rules.who)
    if not isinstance(who, str) or not who.strip() or len(who) > LONGEST_VALUE or not who.isprintable():
        raise TurnedAway("malformed")
    return who


def _is_for_us(claims: Mapping[str, Any], rules: Rules) -> bool:
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    return claims.get("iss") == rules.issuer and (rules.audience is None or rules.audience in named)


def _expiry(claims: Mapping[str, Any], who: str) -> datetime:
    """A number of seconds since 1970; missing, a text, true or infinite is none."""
    said = claims.get("exp")
    if not isinstance(said, int | float) or isinstance(said, bool) or not 0 <= said < LAST_DAY.timestamp():
        raise TurnedAway("malformed", who)
    return datetime.fromtimestamp(said, UTC)


def _values(said: Any, who: str) -> list[str]:
    """A text is one value; a claim that is not there has none. Numbers and tables are not guessed at."""
    values = [] if said is None else [said] if isinstance(said, str) else said
    if not isinstance(values, list) or len(values) > MOST_VALUES:
        raise TurnedAway("malformed", who)
    if not all(isinstance(value, str) and len(value) <= LONGEST_VALUE for value in values):
        raise TurnedAway("malformed", who)
    return values


def _granted(values: list[str], rules: Rules, who: str) -> tuple[Role, str | None]:
    """The one role, and the one municipality, that all values that say anything agree in."""
    found = {(grant.role, place) for value in values for grant in rules.grants for place in _places(grant, value)}
    if not found:
        raise TurnedAway("no_grant", who)
    if len({role for role, _ in found}) > 1:
        raise TurnedAway("two_roles", who)
    if any(code is not None and code not in rules.municipalities for _, code in found):
        raise TurnedAway("unknown_municipality", who)
    if len(found) > 1:
        raise TurnedAway("two_municipalities", who)
    return found.pop()


def _places(grant: Grant, value: str) -> list[str | None]:
    """The place that a grant gives for a value: one, or none when it is not about it."""
    if CODE not in grant.value:
        return [grant.municipality] if value == grant.value else []
    code = grant.code_in(value)
    return [] if code is None else [code]
