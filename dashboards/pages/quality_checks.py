"""What do the checks say? How many of which status, which to look at, in which municipalities, and run by run."""

from dashboards.quality import check_list, sections, statuses

quality = sections.begin("quality_checks")
sections.checks_or_how_to(quality, quality.visit.words("checks.title"))
checks = sections.by_check(quality)
check_list.title_and_lead(quality, checks)

name = check_list.choose_filter(quality, checks)
selected = check_list.choose_parts(quality, checks).filter(statuses.fits(name))
check_list.list_card(quality, selected)

if quality.visit.scope.role == "national":
    check_list.places_card(quality, checks)
check_list.division_card(quality, checks)
check_list.runs_card(quality)
