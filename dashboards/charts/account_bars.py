"""Where rows went: one bar per delivery, and below it the sum that it shows, written out."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dashboards.language import Words
from dashboards.quality.accounts import Account, Sum
from dashboards.quality.declared import table_name


def account_bars(accounts: Sequence[Account], words: Words) -> str:
    """Deliveries whose numbers the reader may see."""
    return f"<ul class='rt-accounts'>{''.join(_account(account, words) for account in accounts)}</ul>"


def account_table(accounts: Sequence[Account], words: Words) -> str:
    """The others: whether anything was set aside, as a mark and a word."""
    names = ("delivery", "files", "last_seen", "state")
    head = "".join(f"<th scope='col' class='{name}'>{escape(words(f'deliveries.{name}'))}</th>" for name in names)
    body = "".join(_row(account, words) for account in accounts)
    return f"<table class='rt-table rt-deliveries'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def sum_text(told: Sum, words: Words) -> str:
    """`1.696 rækker læst = 1.690 godkendt + 6 sat til side`."""
    whole = words(f"sum.{told.name}", number=words.number(told.whole))
    parts = [words(f"sum.{part}", number=words.number(count)) for part, count in told.parts]
    return f"{whole} = {' + '.join(parts)}" if parts else whole


def _account(account: Account, words: Words) -> str:
    sums = "".join(f"<p>{escape(sum_text(told, words))}</p>" for told in account.sums)
    name = f"<b>{escape(table_name(account.delivery, words))}</b><span>{escape(_files(account, words))}</span>"
    return f"<li><div>{name}</div><div>{_bar(account.sums[0])}{sums}</div></li>"


def _bar(told: Sum) -> str:
    """Widths as the rows are; a part of few rows keeps a sliver that can be seen."""
    parts = "".join(f"<i class='{part}' style='flex-grow:{count}'></i>" for part, count in told.parts)
    return f"<div class='rt-bar' aria-hidden='true'>{parts}</div>"


def _files(account: Account, words: Words) -> str:
    key = "deliveries.one_file" if account.files == 1 else "deliveries.some_files"
    return words(key, files=words.number(account.files), day=words.day(account.last_seen))


def _row(account: Account, words: Words) -> str:
    state = "set_aside" if account.has_set_aside else "whole"
    cells = {
        "delivery": escape(table_name(account.delivery, words)),
        "files": words.number(account.files),
        "last_seen": escape(words.day(account.last_seen)),
        "state": f"<i class='rt-came {state}' aria-hidden='true'></i>{escape(words(f'came.{state}'))}",
    }
    return f"<tr>{''.join(f'<td class={name!r}>{cell}</td>' for name, cell in cells.items())}</tr>"
