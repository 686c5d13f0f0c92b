"""Names that lead elsewhere: no path, id, code or link that is handed in reads or writes outside of its folder."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from commanded import roedtraad

from pipelines.errors import RefusedDelivery, UserError
from pipelines.gap_decisions import GapDecisions, decisions_of
from pipelines.requests.opened import opened
from pipelines.requests.providers import ID
from pipelines.returns.files import read_return
from pipelines.sources.configuration import read_configuration
from pipelines.sources.declarations import Place

OUTSIDE = (
    "../../evil",
    "/etc/passwd",
    "..",
    "a/../../evil",
    "..\\evil",
    "a/b",
    "evil\x00.csv",
    "~/evil",
    "%2e%2e/evil",
)

DELIVERY = """[source]
name = "x"
demo = true
{source}
[[delivery]]
table = "residences"
form = "delimited"
path = {path}
[delivery.columns]
child_id = "a"
municipality_code = "b"
from_date = "c"
to_date = "d"
"""


def quoted(path: str) -> str:
    return "'" + path.replace("\x00", "") + "'"


@pytest.mark.parametrize(
    "path", ["../../evil", "/etc/passwd", "..", "a/../../evil", "../*.csv", "{sender}/../../*", ""]
)
def test_a_source_names_files_below_its_own_folder_only(tmp_path: Path, path: str) -> None:
    for source, at in (("", path), (f"number_changes = {quoted(path)}", "a.csv")):
        (tmp_path / "source.toml").write_text(DELIVERY.format(source=source, path=quoted(at)))
        with pytest.raises(UserError, match="below the folder"):
            read_configuration(tmp_path / "source.toml")


def test_a_link_in_a_delivery_that_leads_out_of_it_is_refused(tmp_path: Path) -> None:
    delivered, elsewhere = tmp_path / "delivered", tmp_path / "elsewhere"
    (delivered / "1084").mkdir(parents=True)
    elsewhere.mkdir()
    (elsewhere / "secret.csv").write_text("a\n1\n")
    (delivered / "1084/own.csv").write_text("a\n1\n")
    (delivered / "1084/again.csv").symlink_to(delivered / "1084/own.csv")
    assert len(Place("*/*.csv").found_in(delivered)) == 2
    (delivered / "1084/secret.csv").symlink_to(elsewhere / "secret.csv")
    with pytest.raises(RefusedDelivery, match="leads out of the folder"):
        Place("*/*.csv").found_in(delivered)
    (delivered / "1084/secret.csv").unlink()
    (delivered / "1083").symlink_to(elsewhere)
    with pytest.raises(RefusedDelivery, match="leads out of the folder"):
        Place("*/*.csv").found_in(delivered)


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_id_or_code_becomes_a_path(tmp_path: Path, name: str) -> None:
    assert ID.fullmatch(name) is None
    with pytest.raises((UserError, ValueError)):
        opened(tmp_path, name)
    with pytest.raises((UserError, ValueError)):
        GapDecisions(tmp_path, name)
    assert decisions_of(tmp_path, name).is_empty()
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize(
    "command",
    [
        ("request", "forms", "{}", "--store", "store", "--out", "forms"),
        ("request", "status", "{}", "--store", "store"),
        ("reply", "draft", "{}", "--store", "store", "--out", "out"),
        ("return", "export", "--store", "store", "--municipality", "{}", "--out", "out", "--key", "key"),
        ("check", "--store", "store", "--municipality", "{}"),
        ("gaps", "--store", "store", "--municipality", "{}"),
        ("briefs", "--store", "store", "--municipality", "{}", "--out", "out"),
        ("request", "open", "{}", "--id", "asked", "--region", "1083", "--store", "store"),
    ],
)
def test_a_command_that_is_given_a_path_for_a_name_refuses_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    done = roedtraad(*(part.format("../../evil") for part in command))
    assert done.returncode > 0
    assert [file.name for file in tmp_path.rglob("*evil*")] == []


@pytest.mark.parametrize("name", ["../evil.csv", "/tmp/evil.csv", "return.json/../../evil"])  # noqa: S108 - never made
def test_a_part_of_a_return_that_is_named_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "return.zip", "w") as packed:
        packed.writestr("return.json", "{}")
        packed.writestr(name, "evil")
    with pytest.raises(UserError):
        read_return(tmp_path / "return.zip")
    assert [file.name for file in tmp_path.iterdir()] == ["return.zip"]
