"""`return`: counts of a municipality as a signed file, and a national store from the files of many."""

from __future__ import annotations

from collections.abc import Sequence
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from pipelines.commands.shared import (
    GuidanceOption,
    QuietOption,
    StoreOption,
    app,
    console,
    noted,
    told_plainly,
)
from pipelines.errors import StoreFailed, UserError, WrongUse

if TYPE_CHECKING:
    from pipelines.returns.refusals import Refusal

returns_app = typer.Typer(
    no_args_is_help=True, help="Counts of a municipality as a signed file, and a national store from the files of many."
)
keys_app = typer.Typer(no_args_is_help=True, help="The key that a municipality signs with, and its registration.")
app.add_typer(returns_app, name="return")
returns_app.add_typer(keys_app, name="key")

MunicipalityOption = Annotated[
    str | None, typer.Option("--municipality", help="Four digits, such as 0479; `rest` for children of none.")
]
AllOption = Annotated[bool, typer.Option("--all", help="Every municipality, and the rest.")]


@keys_app.command("new")
@told_plainly
def new_key(file: Annotated[Path, typer.Argument(help="Where the private key goes: for nobody else to read.")]) -> None:
    """Make a pair of keys: the private one in FILE, the public one beside it, to be given away.

    Example: `roedtraad return key new keys/0479.pem`
    """
    from pipelines.returns.signing import fingerprint, public_key
    from pipelines.returns.signing import new_key as make

    public = make(file)
    mark = fingerprint(public_key(public.read_bytes(), public.name))
    console.print(
        f"Send {public} to national coordination, and read {mark} aloud to them.", highlight=False, markup=False
    )


@keys_app.command("register")
@told_plainly
def register_key(
    public: Annotated[Path, typer.Argument(help="The public key (PEM) that the municipality has sent.")],
    store: StoreOption,
    municipality: MunicipalityOption = None,
    every: AllOption = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="In the place of a key that is registered already.")
    ] = False,
) -> None:
    """Register the public key of a municipality in a national store, once; the audit log has it.

    Example: `roedtraad return key register 0479.pub.pem --store national --municipality 0479`
    """
    from pipelines.definitions.reference import Reference
    from pipelines.returns.keys import Keys

    codes = _asked(municipality, Reference.load(), every=every)
    mark = Keys(store).register(codes, public, getuser(), replace=replace)
    for code in codes:
        noted(store, "setting", f"return key {mark}", municipality_code=code)
    console.print(f"Registered {mark} for {len(codes)}. Ask the municipality whether it is theirs.", highlight=False)


@returns_app.command("export")
@told_plainly
def export_return(
    store: StoreOption,
    out: Annotated[Path, typer.Option("--out", help="FILE.zip, or a folder.")],
    key: Annotated[Path, typer.Option("--key", help="The private key of the municipality.")],
    municipality: MunicipalityOption = None,
    every: AllOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write the return of a municipality: counts, never a row of a person. Exact, and for authorities only.

    Example: `roedtraad return export --store store --municipality 0479 --out 0479.zip --key keys/0479.pem`
    """
    from pipelines.definitions.reference import Reference
    from pipelines.returns.exporting import export
    from pipelines.returns.signing import private_key
    from pipelines.store import Store

    reference = Reference.load()
    codes = _asked(municipality, reference, every=every)
    if out.suffix != ".zip":
        _make_folder(out)
    elif len(codes) > 1:
        raise WrongUse("Many returns need a folder", to_do="Give --out DIR.")
    for code in codes:
        noted(store, "exported", "return", municipality_code=code)
    files = export(Store(store), codes, out, private_key(key), reference)
    if not quiet:
        shown = files[0] if len(files) == 1 else f"{len(files)} returns in {out}"
        console.print(escape(str(shown)), highlight=False, soft_wrap=True)


@returns_app.command("verify")
@told_plainly
def verify_return(
    file: Annotated[Path, typer.Argument(help="A return.")],
    store: Annotated[
        Path | None, typer.Option("--store", help="National store, whose registered key is asked.")
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", help="The public key of the sender.")] = None,
) -> None:
    """Is a return whole, by our definitions, adding up, and signed by whom it says? Exit code 19: no.

    Example: `roedtraad return verify 0479.zip --store national`
    """
    from pipelines.definitions.reference import Reference
    from pipelines.returns.files import read_return
    from pipelines.returns.keys import Keys
    from pipelines.returns.shown import verified_lines
    from pipelines.returns.signing import public_key, read_public_key
    from pipelines.returns.verifying import assert_signed, verify

    reference = Reference.load()
    registered = None
    if store is not None:
        sealed = read_return(file)
        registered = Keys(store).of(sealed.manifest.municipality_code)
        assert_signed(sealed, registered)
    elif key is not None:
        registered = public_key(read_public_key(key), key.name)
    for line in verified_lines(verify(file, reference, registered)):
        console.print(line, highlight=False, markup=False)


@returns_app.command("combine")
@told_plainly
def combine_returns(
    files: Annotated[list[Path], typer.Argument(help="Returns, or folders with them.")],
    store: StoreOption,
    new_round: Annotated[bool, typer.Option("--new-round", help="All of them are of a later day: begin anew.")] = False,
    without_refused: Annotated[
        bool, typer.Option("--without-refused", help="Take the others, and tell the refused as missing.")
    ] = False,
    guidance: GuidanceOption = None,  # noqa: ARG001 - put in force by `told_plainly`
    quiet: QuietOption = False,
) -> None:
    """Put returns together as a national store, beside those that are accepted already; then `roedtraad publish`.

    Nothing is half accepted. Exit code 19: some were refused.

    Example: `roedtraad return combine returns/ --store national`
    """
    from pipelines.definitions.reference import Reference
    from pipelines.returns.combining import SomeRefused, combine
    from pipelines.returns.refusals import ReturnRefused
    from pipelines.returns.shown import combined_lines
    from pipelines.store import Store

    reference, given = Reference.load(), _files(files)
    try:
        made = combine(Store(store), given, reference, getuser(), new_round=new_round, without_refused=without_refused)
    except SomeRefused as refused:
        _note_refused(store, refused.refused)
        raise
    except ReturnRefused as refused:
        noted(store, "refused", f"return: {refused.reason}")
        raise
    _note_refused(store, made.refused)
    for code in made.accepted:
        noted(store, "returned", "return", municipality_code=code)
    if not quiet:
        for line in combined_lines(made, reference):
            console.print(line, highlight=False, markup=False, soft_wrap=True)


@returns_app.command("withdraw")
@told_plainly
def withdraw_return(
    store: StoreOption,
    municipality: Annotated[str, typer.Option("--municipality", help="Four digits, such as 0479.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in a few words.")],
) -> None:
    """Take the return of a municipality out of the next combination: it is told as missing. Earlier ones stay.

    Example: `roedtraad return withdraw --store national --municipality 0479 --reason "a source was counted twice"`
    """
    from pipelines.definitions.reference import Reference
    from pipelines.returns.combining import withdraw
    from pipelines.store import Store

    _assert_sayable(reason)
    withdraw(Store(store), municipality, reason.strip(), Reference.load())
    noted(store, "decided", "return withdrawn", municipality_code=municipality)
    console.print(
        f"{municipality} is withdrawn. Publish again with `roedtraad publish`.", highlight=False, markup=False
    )


@returns_app.command("list")
@told_plainly
def list_returns(store: StoreOption) -> None:
    """Who has not reported, who has, and what was refused.

    Example: `roedtraad return list --store national`
    """
    from pipelines.definitions.reference import Reference
    from pipelines.returns.combining import combined
    from pipelines.returns.refused_files import RefusedFiles
    from pipelines.returns.shown import returns_table, status_lines
    from pipelines.store import Store

    run = combined(Store(store))
    for line in status_lines(run, Reference.load()):
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    console.print(returns_table(run))
    for row in RefusedFiles(store).latest().head(10).iter_rows(named=True):
        console.print(f"refused: {row['file']}: {row['what']}. {row['to_do']}", highlight=False, markup=False)


@returns_app.command("schema")
@told_plainly
def schema() -> None:
    """The JSON Schema of a return, for those who make or read one with other tools.

    Example: `roedtraad return schema > return.schema.json`
    """
    from pipelines.returns.form import shipped_schema

    typer.echo(shipped_schema(), nl=False)


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        to_do = "Give FILE.zip, or a folder that may be made there."
        raise StoreFailed(f"{out} cannot be made a folder", to_do=to_do) from fault


def _note_refused(store: Path, refused: Sequence[Refusal]) -> None:
    for each in refused:
        noted(store, "refused", f"return: {each.reason}", municipality_code=each.municipality_code)


def _asked(municipality: str | None, reference: object, *, every: bool) -> list[str]:
    from pipelines.definitions.reference import Reference
    from pipelines.returns.keys import assert_returns, those_who_return

    assert isinstance(reference, Reference)  # noqa: S101 - for the type checker
    if every == (municipality is not None):
        raise WrongUse("Whose return?", to_do="Give --municipality 0479, or --all.")
    if municipality is None:
        return those_who_return(reference)
    assert_returns(municipality, reference)
    return [municipality]


def _files(given: list[Path]) -> list[Path]:
    """Folders stand for the zips in them, in the order of their names."""
    found = [file for each in given for file in (sorted(each.glob("*.zip")) if each.is_dir() else [each])]
    if not found:
        raise WrongUse("There is no return in that folder", to_do="Give files, or a folder with zips.")
    return found


def _assert_sayable(reason: str) -> None:
    from pipelines.free_text import holds_a_persons_number

    if not reason.strip() or len(reason) > 300:
        raise WrongUse("--reason says nothing, or too much", to_do="Say it in a few words.")
    if holds_a_persons_number(reason):
        raise UserError("The reason holds something like a person's number", to_do="Leave the number out.")
