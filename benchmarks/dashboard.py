"""The pages under load: a signed-in reader alone, and twenty at once, over the WebSocket of a real server on loopback.

`python -m benchmarks.dashboard STORE [--people N] [--minutes M]`. The store has a run and a publication; nothing in it
is changed, and the audit log of the readers goes into a folder of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from benchmarks.page_reader import Reader, Waited, reading, signed
from dashboards.access.rules import ACCESS_VARIABLE
from dashboards.opening import STORE_VARIABLE
from dashboards.page_list import of_role
from dashboards.scope import Role
from dashboards.serving import APP, free_port, running
from pipelines.audit_log import FOLDER_VARIABLE
from pipelines.definitions.reference import Reference
from pipelines.store import Store

PEOPLE, MINUTES = 20, 3.0
ALONE_CLICKS, WARM_VISITS = 6, 8
READS_FROM, READS_TO = 2.0, 8.0
"""Seconds between a page and the next click: twenty people read, too."""

ROLES: tuple[Role, ...] = ("leader", "leader", "leader", "steward", "national")
COOKIE_SECRET = secrets.token_hex(32)
ISSUER = "http://localhost/benchmark"
RULES = f"""
issuer = "{ISSUER}"
claim = "groups"
[[grants]]
value = "leader-{{municipality}}"
role = "leader"
[[grants]]
value = "steward-{{municipality}}"
role = "steward"
[[grants]]
value = "national"
role = "national"
"""
TARGETS = {"cold": 2.0, "warm": 0.5, "alone": 0.5, "together": 1.0, "memory": 1.0}


@dataclass
class Clicks:
    """Seconds that people waited, by what they did."""

    waited: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def add(self, what: str, waited: Waited) -> None:
        """One click; a page that tells of a fault is counted as failed."""
        self.waited.setdefault(what, []).append(waited.seconds)
        if waited.failed:
            self.failed.append(what)

    @property
    def all(self) -> list[float]:
        """Every wait."""
        return [seconds for each in self.waited.values() for seconds in each]


def measure(store: Path, people: int = PEOPLE, minutes: float = MINUTES) -> list[str]:
    """The tables for the README."""
    with tempfile.TemporaryDirectory() as folder:
        address, command, environment = _server(store, Path(folder))
        with running(command, "URL:", environment) as server:
            firsts = asyncio.run(_first_pages(address))
            alone = asyncio.run(_alone(address))
            after_one = _gigabytes(server)
            together, seconds = asyncio.run(_together(address, people, minutes * 60))
            memory = _gigabytes(server)
    failed = [*alone.failed, *together.failed]
    if failed:
        raise SystemExit(f"pages that told of a fault: {', '.join(sorted(set(failed)))}")
    return [
        f"{_children(store):,} children, {people} people of {len(set(ROLES))} roles.",
        "",
        "| | median s | 95th percentile s | slowest s | clicks | target s |",
        "|---|---:|---:|---:|---:|---:|",
        _row("first page, server just started", firsts["cold"], TARGETS["cold"]),
        _row("first page, new session", firsts["warm"], TARGETS["warm"]),
        _row("a click, one reader", alone.all, TARGETS["alone"]),
        _row(f"a click, {people} people, {seconds:.0f} s", together.all, TARGETS["together"]),
        "",
        f"Between two clicks a person reads for {READS_FROM:g} to {READS_TO:g} seconds. A click is a choice in a box "
        "or a pill of the page, or another page; its time ends when the whole page is there. Highest memory of the "
        f"server: {after_one:.2f} GB after one reader, **{memory:.2f} GB** after {people} "
        f"(target: under {TARGETS['memory']:g} GB).",
        "",
        "| page, one reader | median s | slowest s |",
        "|---|---:|---:|",
        *(f"| {what} | {statistics.median(waited):.2f} | {max(waited):.2f} |" for what, waited in alone.waited.items()),
    ]


def _server(store: Path, folder: Path) -> tuple[str, list[str], dict[str, str]]:
    port = free_port()
    address = f"http://localhost:{port}"
    secret, rules = folder / "secrets.toml", folder / "access.toml"
    secret.write_text(
        f'[auth]\nredirect_uri = "{address}/oauth2callback"\ncookie_secret = "{COOKIE_SECRET}"\n'
        f'client_id = "benchmark"\nclient_secret = "none"\nserver_metadata_url = "{ISSUER}"\n'
    )
    secret.chmod(0o600)
    rules.write_text(RULES)
    options = ["--server.headless=true", f"--server.port={port}", f"--secrets.files={secret}"]
    command = [sys.executable, "-m", "dashboards.server", "run", str(APP), *options]
    environment = {
        STORE_VARIABLE: str(store.resolve()),
        ACCESS_VARIABLE: str(rules),
        FOLDER_VARIABLE: str(folder / "audit"),
    }
    return address, command, environment


def _cookie(address: str, group: str) -> str:
    claims = {"iss": ISSUER, "aud": "benchmark", "sub": group, "exp": time.time() + 7200, "groups": [group]}
    return signed(claims, address, COOKIE_SECRET)


def _group(role: Role, municipality: str) -> str:
    return role if role == "national" else f"{role}-{municipality}"


async def _first_pages(address: str) -> dict[str, list[float]]:
    seconds = []
    for _ in range(1 + WARM_VISITS):
        async with reading(address, cookie=_cookie(address, "leader-0751")) as reader:
            seconds.append((await reader.open()).seconds)
    return {"cold": seconds[:1], "warm": seconds[1:]}


async def _alone(address: str) -> Clicks:
    """Every page of every role, and some choices on each."""
    clicks, chance = Clicks(), random.Random(1)
    for role in dict.fromkeys(ROLES):
        async with reading(address, cookie=_cookie(address, _group(role, "0101"))) as reader:
            await reader.open()
            for page in of_role(role):
                name = f"{page.name} ({role})"
                clicks.add(name, await reader.open(page.name))
                for _ in range(ALONE_CLICKS):
                    clicks.add(name, await reader.choose(chance))
    return clicks


async def _together(address: str, people: int, seconds: float) -> tuple[Clicks, float]:
    clicks, ends = Clicks(), time.monotonic() + seconds
    places = random.Random(2).sample(sorted(Reference.load().municipality_codes), people)
    await asyncio.gather(*(_person(address, ROLES[at % len(ROLES)], places[at], clicks, ends) for at in range(people)))
    return clicks, seconds


async def _person(address: str, role: Role, place: str, clicks: Clicks, ends: float) -> None:
    """Reads, chooses and goes on to other pages until the time is over."""
    chance = random.Random(place)
    pages = [page.name for page in of_role(role)]
    async with reading(address, cookie=_cookie(address, _group(role, place))) as reader:
        await asyncio.sleep(chance.uniform(0, READS_TO))
        clicks.add(role, await reader.open())
        while time.monotonic() < ends:
            await asyncio.sleep(chance.uniform(READS_FROM, READS_TO))
            clicks.add(role, await _click(reader, pages, chance))


async def _click(reader: Reader, pages: Sequence[str], chance: random.Random) -> Waited:
    return await (reader.open(chance.choice(pages)) if chance.random() < 1 / 3 else reader.choose(chance))


def _row(what: str, seconds: Sequence[float], target: float) -> str:
    ordered = sorted(seconds)
    high = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    middle, slowest = statistics.median(ordered), ordered[-1]
    return f"| {what} | {middle:.2f} | **{high:.2f}** | {slowest:.2f} | {len(ordered)} | {target:g} |"


def _gigabytes(server: subprocess.Popen[str]) -> float:
    """The highest memory of the server so far, by the operating system's account."""
    told = Path(f"/proc/{server.pid}/status").read_text("utf-8")
    kilobytes = next(line.split()[1] for line in told.splitlines() if line.startswith("VmHWM"))
    return int(kilobytes) / 1024**2


def _children(store: Path) -> int:
    number: int = Store(store).snapshot().table("children_in_view").select(pl.len()).collect().item()
    return number


def main() -> None:
    """Prints the tables."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("store", type=Path)
    asked.add_argument("--people", type=int, default=PEOPLE)
    asked.add_argument("--minutes", type=float, default=MINUTES)
    given = asked.parse_args()
    print("\n".join(measure(given.store, given.people, given.minutes)))


if __name__ == "__main__":
    main()
