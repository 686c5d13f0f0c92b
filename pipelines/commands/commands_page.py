"""docs/commands.md: every command with its help and its options, as the command itself tells them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import typer

from pipelines.commands.shared import EXIT_CODES, app

FIRST = ("runs", "sources", "checks", "disclosure", "pages", "results", "requests", "request_following", "reports")
"""Modules in the order of the work; the others follow by name."""

HEAD = """\
# Commands

<!-- Made by `roedtraad docs` from the commands themselves. Do not edit. -->

`--help` behind any command tells the same. A day is written 2026-09-30, a municipality as its code of four digits.
"""


def commands_page() -> str:
    """Commands by what they are for, in the words of their modules; then each with its arguments and options."""
    told = dict(_commands(typer.main.get_command(app), ""))
    by_module: dict[str, list[str]] = {}
    for name, command in told.items():
        by_module.setdefault(command.callback.__module__, []).append(name)
    modules = sorted(by_module, key=_place)
    lines = [HEAD, *_overview(modules, by_module, told), *_exit_codes()]
    for module in modules:
        lines += [f"\n## {_theme(module)}"]
        for name in by_module[module]:
            lines += _one(name, told[name])
    return "\n".join(lines) + "\n"


def _commands(group: Any, before: str) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def _place(module: str) -> tuple[int, str]:
    name = module.rsplit(".", maxsplit=1)[-1]
    return (FIRST.index(name) if name in FIRST else len(FIRST), name)


def _theme(module: str) -> str:
    """What stands behind the colon of the module's first line."""
    said = (sys.modules[module].__doc__ or "").splitlines()[0].partition(": ")[2].rstrip(".")
    return said[:1].upper() + said[1:]


def _overview(modules: list[str], by_module: dict[str, list[str]], told: dict[str, Any]) -> Iterator[str]:
    yield "| command | what it does |"
    yield "|---|---|"
    for module in modules:
        for name in by_module[module]:
            yield f"| [`{name}`](#roedtraad-{name.replace(' ', '-')}) | {_in_a_cell(_paragraphs(told[name])[0])} |"


def _exit_codes() -> Iterator[str]:
    yield "\n## Exit codes\n"
    yield "| code | means |"
    yield "|---|---|"
    for code in EXIT_CODES.strip().removeprefix("Exit codes: ").replace("\n", " ").split(" · "):
        number, _, meaning = code.partition(" ")
        yield f"| {number} | {meaning.strip()} |"


def _one(name: str, command: Any) -> Iterator[str]:
    yield f"\n### roedtraad {name}\n"
    yield "\n\n".join(_paragraphs(command))
    params = [param for param in command.params if param.name != "help" and not param.hidden]
    if params:
        yield "\n| | default | |"
        yield "|---|---|---|"
        yield from (f"| {_called(param)} | {_default(param)} | {_in_a_cell(param.help or '')} |" for param in params)


def _paragraphs(command: Any) -> list[str]:
    return [" ".join(part.split()) for part in (command.help or "").split("\n\n")]


def _called(param: Any) -> str:
    if param.param_type_name == "argument":
        return f"`{param.name.upper()}{'...' if param.nargs == -1 else ''}`"
    return ", ".join(f"`{option}`" for option in (*param.opts, *param.secondary_opts))


def _default(param: Any) -> str:
    if param.required:
        return "*needed*"
    if param.default is None or param.default is False or param.default == []:
        return ""
    text = param.default.date().isoformat() if hasattr(param.default, "date") else str(param.default)
    return f"`{text}`" if text and not callable(param.default) else ""


def _in_a_cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
