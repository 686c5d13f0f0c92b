"""`app`, `screenshots`, `docs`: what people look at."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands.shared import StoreOption, app, console, told_plainly
from pipelines.errors import UserError


@app.command("app")
@told_plainly
def open_app(
    store: StoreOption = Path("demo/store"),
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8501,
) -> None:
    """Open the dashboards in a browser, on this machine only. Without signing in they open sample data only.

    Example: `roedtraad app --store demo/store`
    """
    script = Path(__file__).resolve().parent.parent.parent / "app.py"
    command = [sys.executable, "-m", "dashboards.server", "run", str(script), "--server.port", str(port)]
    environment = os.environ | {"ROEDTRAAD_STORE": str(store.resolve())}
    raise typer.Exit(subprocess.run(command, cwd=script.parent, env=environment, check=False).returncode)


@app.command("sign-in-demo")
@told_plainly
def sign_in_demo(
    store: StoreOption = Path("demo/store"),
    port: Annotated[int, typer.Option(help="Port of the pages on this machine.")] = 8501,
    provider_port: Annotated[int, typer.Option(help="Port of the identity provider on this machine.")] = 9400,
) -> None:
    """Open the dashboards with signing in, to try each role. Sample data only: its identity provider lets anybody in.

    Example: `roedtraad sign-in-demo --store demo/store`
    """
    from dashboards import opening
    from dashboards.access.sign_in_demo import PEOPLE, served_with_sign_in

    opening.open_store(store)
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(
            ending, signal.default_int_handler
        )  # ends both servers before this process, however it was started
    with suppress(KeyboardInterrupt), served_with_sign_in(store, port=port, provider_port=provider_port) as demo:
        console.print(f"{demo.address} (Ctrl+C ends it). Sign in as:", highlight=False)
        for name, groups in PEOPLE.items():
            console.print(f"  {name:<24} {', '.join(groups)}", highlight=False)
        threading.Event().wait()


@app.command()
@told_plainly
def screenshots(
    store: StoreOption = Path("demo/store"),
    out: Annotated[Path, typer.Option("--out", help="Folder for the PNG files.")] = Path("demo/screenshots"),
) -> None:
    """Take a picture of every page: wide and narrow, light and dark, Danish and English. Needs Chromium.

    Example: `roedtraad screenshots --store demo/store --out demo/screenshots`
    """
    from dashboards.screenshots import make_screenshots

    taken = make_screenshots(store, out)
    console.print(f"{len(taken)} pictures in {out}")


@app.command()
@told_plainly
def docs(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when a page is stale.")] = False,
) -> None:
    """Generate the pages of the docs that come from declarations.

    Example: `roedtraad docs`
    """
    from checks.catalogue_page import checks_page
    from pipelines.commands.commands_page import commands_page
    from pipelines.definitions import contract_page
    from pipelines.sources.sources_page import sources_page

    pages = {**contract_page.PAGES, "sources.md": sources_page, "checks.md": checks_page, "commands.md": commands_page}
    root = Path(__file__).resolve().parent.parent.parent / "docs"
    stale = [name for name, text in pages.items() if not _is_current(root / name, text())]
    if check and stale:
        raise UserError(f"Generated pages are stale: {', '.join(stale)}", to_do="Run `roedtraad docs`.")
    for name in stale:
        (root / name).write_text(pages[name](), encoding="utf-8")
        console.print(f"wrote docs/{name}")


def _is_current(page: Path, text: str) -> bool:
    return page.exists() and page.read_text(encoding="utf-8") == text
