"""One child's thread, for its municipality's data steward: where knowledge followed or was lost, and what is next."""

import polars as pl

from dashboards import frame, gap_words
from dashboards.stewards import child_events, decisions
from dashboards.stewards import child_sections as sections

visit = frame.begin("child")
rows = sections.choose(visit)
picture = child_events.thread_of(rows, sections.telling(visit))
own = visit.worklist().filter(pl.col("subject") == rows.subject, pl.col("subject_kind") == rows.subject_kind)
gaps = decisions.decided(visit, gap_words.with_closers(own))

sections.title_and_lead(visit, rows, picture, gaps)
sections.navigation(visit)
sections.thread_card(visit, picture)
sections.gaps_card(visit, gaps)
