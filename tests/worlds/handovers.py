"""Hand-overs of random worlds: sent and received on and beside the boundaries, at times to the wrong receiver."""

from __future__ import annotations

from datetime import date

from naive.residences import Move

from worlds.author import MUNICIPALITIES, Author, Names


def write_handover(
    author: Author,
    names: Names,
    kind: str,
    sent: date,
    *,
    from_actor: str,
    to_actor: str,
    from_municipality_code: str | None = None,
    to_municipality_code: str | None = None,
    received_near: date | None = None,
) -> None:
    received = author.by(received_near or sent, 0, 1, 13, 14, 15, 29, 30, 31, 31, 60, -1, 5)
    if names != {"child_id": None, "pregnancy_id": None}:
        author.add(
            "handovers",
            "handover_id",
            **names,
            kind=kind,
            from_actor=from_actor,
            to_actor=to_actor,
            from_municipality_code=from_municipality_code,
            to_municipality_code=to_municipality_code,
            sent_date=sent,
            received_date=author.perhaps(0.7, received),
            has_exposure=author.one_of(True, True, True, False, None),
            legal_basis=author.one_of("consent", "moving", None),
        )


def write_move_handover(author: Author, names: Names, move: Move) -> None:
    """Sent around the window's start, the move, or the next move; mostly between the right municipalities."""
    sent = author.by(move.day, -31, -30, -29, -1, 0, 1, 20, 60)
    if move.next_change is not None and author.happens(0.3):
        sent = author.by(move.next_change, -1, 0, 1)
    write_handover(
        author,
        names,
        "municipal_move",
        sent,
        from_actor=author.one_of("family_department", "health_visitor", "other"),
        to_actor=author.one_of("family_department", "family_department", "health_visitor", "daycare", "gp"),
        from_municipality_code=author.one_of(
            move.from_municipality, move.from_municipality, None, None, *MUNICIPALITIES
        ),
        to_municipality_code=author.one_of(*[move.to_municipality] * 8, None, *MUNICIPALITIES),
        received_near=move.day,
    )
