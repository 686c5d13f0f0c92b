"""From the first sentences of the overview to the page that says more of the link that loses most."""

from __future__ import annotations

import pytest
from test_first_sentences import DA, EARLIER, MOVE, REACH, RECORD, SCHOOL

from dashboards import page_list, sentences
from dashboards.headlines import SELECTABLE, WHERE_IT_MAY_BE_LOST
from dashboards.read_further import PAGES
from dashboards.sentences import Theme
from dashboards.shares import Share


def test_every_link_at_which_knowledge_may_be_lost_leads_to_a_page_that_a_leader_may_open() -> None:
    assert PAGES.keys() == {measure.name for measure in WHERE_IT_MAY_BE_LOST}
    assert all(page_list.may_open(role, page) for page in PAGES.values() for role in ("leader", "steward"))


def test_the_comparison_knows_every_link() -> None:
    assert set(WHERE_IT_MAY_BE_LOST) <= set(SELECTABLE)


@pytest.mark.parametrize(
    ("links", "led_to"), [([REACH, MOVE, RECORD], [MOVE]), ([REACH, MOVE, SCHOOL, RECORD], [SCHOOL, MOVE])]
)
def test_the_weakest_links_of_the_sentence_are_ways_on_and_nothing_else_is(
    links: list[Share], led_to: list[Share]
) -> None:
    theme = Theme(address=lambda name: f"moves?a=1&b={name}")
    told = " ".join(sentences.overview(REACH, links, EARLIER, DA, theme=theme))
    addresses = [f"<a href='moves?a=1&amp;b={share.headline}' target='_self'><b>" for share in led_to]
    assert [address for address in addresses if address not in told] == []
    assert told.count("<a ") == told.count("</b></a>") == len(led_to)
