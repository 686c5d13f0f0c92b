"""`health`: for a container, a service or a monitor that asks whether the pages have something to show."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from pipelines.commands.shared import StoreOption, app, told_plainly


@app.command()
@told_plainly
def health(
    store: StoreOption,
    max_age_hours: Annotated[
        float | None, typer.Option("--max-age-hours", help="A publication older than this is not healthy.")
    ] = None,
) -> None:
    """Say in one line of JSON whether the store can be read and how old its last publication is. No figures.

    Exit code 0: healthy. 5: nothing is published. 6: it cannot be read. 31: it is of a later release. 34: too old.

    Example: `roedtraad health --store demo/store --max-age-hours 36`
    """
    from pipelines.store_health import health_of

    found = health_of(store, datetime.now(UTC), max_age_hours)
    typer.echo(found.line())
    raise typer.Exit(found.exit_code)
