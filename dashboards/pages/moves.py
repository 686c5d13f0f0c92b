"""Does knowledge come along when the child moves, starts school, is placed or grows up?"""

from dashboards import caveat_sections, frame, sections
from dashboards.leader import beside, moves, numbers
from dashboards.leader.lost_card import lost_card
from dashboards.markup import heading, lead

visit = frame.begin_figures("moves")
words, period = visit.words, visit.window.replace("-", "–")

place = sections.choose_place(visit)
told = caveat_sections.of_page(visit, place)
heading(
    words("moves.title"),
    words("overview.subtitle", place=visit.name(place), period=period, day=words.day(visit.as_of)),
)
lead([*moves.first_sentences(visit, place), *beside.compared_sentence(visit, place, moves.NUMBERS)])
caveat_sections.opening(told, moves.FIGURES)
numbers.number_cards(visit, place, moves.NUMBERS, told)
moves.beside_card(visit, place, told)
lost_card(visit, place, visit.window, "moves", moves.STEPS)
moves.over_time(visit, place, told)
caveat_sections.collected(told, moves.FIGURES)
