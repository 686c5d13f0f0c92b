"""A night does its steps in order, goes on where it stopped, does nothing twice, and keeps what was good."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from deliveries import changed, deliver
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.main import get_command
from typer.testing import CliRunner

from dashboards import operations
from dashboards.language import LANGUAGES, Words
from dashboards.operation import nights
from dashboards.scope import NotAllowed, Scope
from pipelines.cli import app
from pipelines.commands.shared import EXIT_CODES
from pipelines.errors import StoreInUse, UserError, WrongUse
from pipelines.nightly.configuration import read_configuration
from pipelines.nightly.inputs import fingerprint
from pipelines.nightly.night import LAST, LOCK, Night, NightFolder, StepTaken, begun_or_resumed, night_of
from pipelines.nightly.running import Runner
from pipelines.nightly.steps import NAMED, STEPS, stopped_by
from pipelines.store import Store
from reports.nightly.page import Told, page

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parent.parent / "docs" / "examples" / "nightly"
TWO_STEPS = """
store = "store"
[ingest]
canonical = "delivery"
[run]
as_of = 2026-09-30
"""
WHOLE = """
store = "store"
language = "en"
[interchange]
out = "out"
only = ["csv", "json"]
[briefs]
out = "briefs"
no_pdf = true
[publish]
[check]
report = "checks"
[run]
as_of = "today"
[ingest]
source = "in/source.toml"
[return]
out = "return.zip"
key = "key.pem"
municipality = "0479"
"""
MIDNIGHT = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)


def written(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nightly.toml").write_text(text, "utf-8")
    return folder / "nightly.toml"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A configuration of two steps, and a small delivery."""
    deliver(tmp_path / "delivery")
    return written(tmp_path, TWO_STEPS).parent


def started(place: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pipelines.cli", "nightly", str(place / "nightly.toml")]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def done(place: Path) -> tuple[int, list[str]]:
    """Exit code and lines of the log; again for as long as a step of a killed night has the store."""
    while True:
        with started(place) as process:
            said, _ = process.communicate()
        if process.returncode != StoreInUse.exit_code:
            return process.returncode, [line.split(" ", 1)[1] for line in said.splitlines()]


def killed_at(place: Path, moment: str) -> None:
    """SIGKILL, for the night alone, as soon as its log says so."""
    with started(place) as process:
        assert process.stdout is not None
        assert any(moment in line for line in process.stdout)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    assert process.returncode == -signal.SIGKILL


def last(place: Path) -> Night:
    night = NightFolder.of(place / "store").last()
    assert night is not None
    return night


def finished(lines: list[str]) -> list[str]:
    return [found[1] for line in lines if (found := re.search(r"step=(\w+) outcome=done", line))]


@pytest.mark.parametrize("moment", ["step=run outcome=running", "step=ingest outcome=done"])
def test_a_night_that_was_killed_goes_on_where_it_stopped_and_a_finished_one_does_nothing_twice(
    place: Path, moment: str
) -> None:
    killed_at(place, moment)
    assert not last(place).is_finished
    code, lines = done(place)
    assert (code, finished(lines)) == (0, ["run"])
    night = last(place)
    assert night.is_finished
    assert night.attempts >= 2
    assert Store(place / "store").runs()["kind"].to_list() == ["run", "ingest"]
    code, lines = done(place)
    assert (code, finished(lines)) == (0, [])
    assert "finished_already" in lines[0]
    assert last(place) == night


def test_a_new_delivery_begins_anew(place: Path) -> None:
    before = fingerprint(read_configuration(place / "nightly.toml"))
    deliver(place / "delivery", {"contacts": [changed("contacts", contact_id="k9")]})
    after = fingerprint(read_configuration(place / "nightly.toml"))
    assert before != after
    night = begun_or_resumed(None, before, ("ingest", "run"), date(2026, 9, 30), MIDNIGHT)
    whole = night.with_step(StepTaken("ingest", "done", 0)).with_step(StepTaken("run", "done", 0))
    again = begun_or_resumed(whole, after, ("ingest", "run"), date(2026, 9, 30), MIDNIGHT)
    assert [step.outcome for step in again.steps] == ["waiting", "waiting"]
    assert begun_or_resumed(whole, before, ("ingest", "run"), date(2026, 9, 30), MIDNIGHT) == whole


def test_what_the_night_writes_itself_is_no_new_delivery(tmp_path: Path) -> None:
    file = written(tmp_path / "in", WHOLE.replace("in/source.toml", "source.toml"))
    (tmp_path / "in" / "source.toml").write_text("")
    before = fingerprint(read_configuration(file))
    for name in ("store", "store-nightly", "store-audit", "out", "briefs", "checks"):
        (tmp_path / "in" / name).mkdir()
        (tmp_path / "in" / name / "file").write_text("x")
    assert fingerprint(read_configuration(file)) == before
    (tmp_path / "in" / "births.csv").write_text("x")
    assert fingerprint(read_configuration(file)) != before


def test_rows_that_break_a_critical_check_stop_the_night_before_anything_is_published(place: Path) -> None:
    written(place, f"{TWO_STEPS}[publish]\n[interchange]\nout = 'out'\n")
    deliver(place / "delivery", {"contacts": [changed("contacts", contact_date="2024-01-01")]})
    code, lines = done(place)
    night = last(place)
    assert code == night.exit_code == 11
    assert [step.outcome for step in night.steps] == ["done", "failed", "left_out", "left_out"]
    assert "because=run" in lines[-1]
    assert not (place / "out").exists()
    assert Store(place / "store").last("run", "publish") is None
    assert night.failed == night.steps[1]
    assert night.steps[1].said.startswith("No figures were made. A critical check failed.")
    told = (place / "store-nightly" / "status.html").read_text("utf-8")
    assert "Hvad skal der gøres?" in told
    assert Words("da")("nightly_code.code_11") in told


def test_a_second_night_at_the_same_time_says_so_and_does_nothing(place: Path) -> None:
    folder = NightFolder.of(place / "store").folder
    folder.mkdir()
    with FileLock(folder / LOCK, timeout=0):
        told = CliRunner().invoke(app, ["nightly", str(place / "nightly.toml")])
    assert told.exit_code == StoreInUse.exit_code
    assert not (place / "store").exists()
    assert not (folder / LAST).exists()


def test_a_night_that_cannot_be_noted_does_nothing(place: Path) -> None:
    NightFolder.of(place / "store").folder.write_text("a file where the folder should be")
    told = CliRunner().invoke(app, ["nightly", str(place / "nightly.toml")])
    assert told.exit_code == 6
    assert not (place / "store").exists()


def test_a_plan_says_every_command_and_does_none(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["nightly", str(written(tmp_path, WHOLE)), "--plan"])
    assert told.exit_code == 0
    commands = [line.split("roedtraad ")[1].split()[0] for line in told.output.splitlines()[1:]]
    assert commands == ["ingest", "run", "check", "publish", "briefs", "interchange", "return"]
    assert f"--out {tmp_path / 'out'} --only csv --only json" in told.output
    assert "--no-pdf" in told.output
    assert sorted(file.name for file in tmp_path.iterdir()) == ["nightly.toml"]


def options_of(command: tuple[str, ...]) -> set[str]:
    found = get_command(app)
    for name in command:
        found = found.commands[name]  # type: ignore[attr-defined]
    return {option for parameter in found.params for option in parameter.opts}


@pytest.mark.parametrize("name", NAMED)
def test_every_setting_of_a_step_is_an_option_of_its_command(name: str) -> None:
    step = NAMED[name]
    known = options_of(step.command)
    assert {f"--{setting.replace('_', '-')}" for setting in step.settings} <= known
    assert "--store" in known
    assert ("--quiet" in known) == step.can_be_quiet


def test_rows_go_when_their_time_is_over_whatever_else_has_failed(tmp_path: Path) -> None:
    assert list(NAMED)[-1] == "retention"
    assert stopped_by(NAMED["retention"], [step.name for step in STEPS]) is None
    asked = read_configuration(written(tmp_path, "store = 's'\n[retention]\nkeep_rows_days = 365"))
    told = asked.arguments("retention", date(2026, 9, 30))
    assert told == ["retention", "--store", str(tmp_path / "s"), "--keep-rows-days", "365", "--quiet"]
    with pytest.raises(WrongUse, match="lacks keep_rows_days"):
        read_configuration(written(tmp_path, "store = 's'\n[retention]"))


@pytest.mark.parametrize("days", ["'365'", "-1", "true", "1.5"])
def test_days_are_a_whole_number(tmp_path: Path, days: str) -> None:
    with pytest.raises(WrongUse, match="keep_rows_days is not what it should be"):
        read_configuration(written(tmp_path, f"store = 's'\n[retention]\nkeep_rows_days = {days}"))


def test_a_night_deletes_the_rows_whose_time_is_over(place: Path) -> None:
    (place / "nightly.toml").write_text(f"{TWO_STEPS}[retention]\nkeep_rows_days = 0\n", "utf-8")
    code, lines = done(place)
    assert (code, finished(lines)) == (0, ["ingest", "run", "retention"])
    run = Store(place / "store").last("run")
    assert run
    assert "children" not in run.versions


def test_a_step_waits_for_those_before_it_that_are_there() -> None:
    assert stopped_by(NAMED["publish"], ["check"]) == "check"
    assert stopped_by(NAMED["interchange"], ["briefs"]) is None
    assert stopped_by(NAMED["return"], ["publish"]) is None
    names = [step.name for step in STEPS]
    assert all(names.index(before) < names.index(step.name) for step in STEPS for before in step.after)


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        ("store = 1", "names no store"),
        ("[run]\nas_of = 'today'", "names no store"),
        ("store = 's'", "has no step"),
        ("store = 's'\n[publsh]", "publsh"),
        ("store = 's'\nstroe = 's'\n[publish]", "stroe"),
        ("store = 's'\n[publish]\nreason = 'why'", "reason"),
        ("store = 's'\n[run]", "lacks as_of"),
        ("store = 's'\n[run]\nas_of = 'yesterday'", "as_of is not what it should be"),
        ("store = 's'\n[run]\nas_of = '2026-02-30'", "as_of is not what it should be"),
        ("store = 's'\n[run]\nas_of = 2026-02-03T04:05:06", "as_of is not what it should be"),
        ("store = 's'\n[ingest]", "needs one of source, canonical"),
        ("store = 's'\n[ingest]\nsource = 'a'\ncanonical = 'b'", "needs one of source, canonical"),
        ("store = 's'\n[briefs]\nout = 'b'\nno_pdf = 'yes'", "no_pdf is not what it should be"),
        ("store = 's'\n[interchange]\nout = 'b'\nonly = 'csv'", "only is not what it should be"),
        ("store = 's'\nlanguage = 'de'\n[publish]", "language"),
        ("store = 's", "is not valid TOML"),
    ],
)
def test_a_slip_in_the_configuration_is_told_with_its_place(tmp_path: Path, slip: str, said: str) -> None:
    with pytest.raises(WrongUse) as told:
        read_configuration(written(tmp_path, slip))
    assert said in str(told.value)
    assert told.value.to_do or told.value.where


@settings(deadline=None)
@given(st.text(max_size=200))
def test_whatever_a_configuration_holds_it_is_read_or_refused_with_words(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    (folder / "any.toml").write_text(text, "utf-8", newline="")
    with pytest.raises(UserError):
        read_configuration(folder / "any.toml")


def test_a_night_goes_from_noon_to_noon_by_the_clock_in_denmark() -> None:
    assert night_of(datetime(2026, 11, 22, 10, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert night_of(datetime(2026, 11, 22, 11, 0, tzinfo=UTC)) == date(2026, 11, 23)
    assert night_of(datetime(2026, 11, 23, 2, 0, tzinfo=UTC)) == date(2026, 11, 23)


def test_a_night_that_is_taken_up_after_midnight_keeps_its_day_and_the_next_one_begins_anew() -> None:
    begun = begun_or_resumed(None, "f", ("ingest", "run"), date(2026, 11, 22), MIDNIGHT)
    begun = begun.with_step(StepTaken("ingest", "done", 0)).with_step(StepTaken("run", "running"))
    later = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    resumed = begun_or_resumed(begun, "f", ("ingest", "run"), date(2026, 11, 23), later)
    assert (resumed.as_of, [step.outcome for step in resumed.steps]) == (date(2026, 11, 22), ["done", "waiting"])
    next_night = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    anew = begun_or_resumed(begun, "f", ("ingest", "run"), date(2026, 11, 23), next_night)
    assert (anew.as_of, [step.outcome for step in anew.steps]) == (date(2026, 11, 23), ["waiting", "waiting"])


def test_a_link_to_nowhere_among_the_deliveries_is_no_fault(place: Path) -> None:
    asked = read_configuration(place / "nightly.toml")
    before = fingerprint(asked)
    (place / "delivery" / "gone.csv").symlink_to(place / "nowhere.csv")
    assert fingerprint(asked) not in {before, ""}


def test_a_guidance_is_a_shipped_name_or_a_folder_beside_the_configuration(tmp_path: Path) -> None:
    for named, told in (("rare_disabilities", "rare_disabilities"), ("own", str(tmp_path / "own"))):
        text = TWO_STEPS.replace("as_of", f'guidance = "{named}"\nas_of')
        arguments = read_configuration(written(tmp_path, text)).arguments("run", date(2026, 9, 30))
        assert arguments[arguments.index("--guidance") + 1] == told


def test_only_a_day_is_today(tmp_path: Path) -> None:
    file = written(tmp_path, 'store = "s"\n[interchange]\nout = "o"\nlicence = "today"\n')
    assert "today" in read_configuration(file).arguments("interchange", date(2026, 9, 30))


def test_a_record_that_is_not_ours_is_none(tmp_path: Path) -> None:
    folder = NightFolder.of(tmp_path / "store")
    assert folder.last() is None
    folder.folder.mkdir()
    (folder.folder / LAST).write_text('{"name": "something else"}')
    assert folder.last() is None


def night_with(*steps: StepTaken) -> Night:
    return Night(date(2026, 11, 23), "f", date(2026, 11, 22), MIDNIGHT, 1, steps)


FAILED = night_with(
    StepTaken("ingest", "done", 0, MIDNIGHT, 12.0),
    StepTaken("check", "failed", 11, MIDNIGHT, 75.0, "1 critical check failed <b>"),
    StepTaken("publish", "left_out", because="check"),
)


class Parsed(HTMLParser):
    """What a reader of the page meets."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.lang = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags.append(tag)
        self.links += [told["href"] or ""] if tag == "a" else []
        self.lang = told.get("lang") or self.lang if tag == "html" else self.lang


def written_page(tmp_path: Path, language: str, night: Night) -> str:
    checks = tmp_path / "my checks"
    checks.mkdir(exist_ok=True)
    (checks / "checks.html").write_text("")
    spoken = next(each for each in LANGUAGES if each == language)
    return page(Told(night, "store", "nightly.toml", tmp_path / "store-nightly" / "status.html", checks), Words(spoken))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_failed_what_to_do_and_where_the_report_is(tmp_path: Path, language: str) -> None:
    told = written_page(tmp_path, language, FAILED)
    words, parsed = Words(next(each for each in LANGUAGES if each == language)), Parsed(told)
    assert parsed.lang == language
    assert parsed.links == ["#content", "../my%20checks/checks.html"]
    assert words("nightly_code.code_11") in told
    assert words("nightly_to_do.code_11") in told
    assert words("nightly.because", step=words("nightly_step.check")) in told
    assert "<b>" not in told.split("critical check failed")[1][:5]
    assert {"script", "img", "iframe", "link"} & set(parsed.tags) == set()
    assert re.findall(r"https?://", told) == []


def test_what_a_step_and_a_folder_say_is_no_markup_on_the_page(tmp_path: Path) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>'\"><a href='javascript:alert(1)'>{{ 7 * 7 }} =cmd"
    said = night_with(StepTaken("check", "failed", 11, MIDNIGHT, 75.0, hostile))
    (tmp_path / "<b onclick='x'>").mkdir()
    checks = tmp_path / "<b onclick='x'>" / "javascript:alert(1)"
    checks.mkdir()
    (checks / "checks.html").write_text("")
    file = tmp_path / "store-nightly" / "status.html"
    told, plain = (
        Parsed(page(Told(night, name, name, file, checks), Words("da")))
        for night, name in ((said, hostile), (night_with(StepTaken("check", "failed", 11, MIDNIGHT, 75.0, "x")), "x"))
    )
    assert told.tags == plain.tags
    assert told.links == plain.links
    assert all(not link.startswith("javascript") for link in told.links)


def test_a_night_that_went_well_asks_nothing_of_anybody(tmp_path: Path) -> None:
    told = written_page(tmp_path, "da", night_with(StepTaken("ingest", "done", 0, MIDNIGHT, 12.0)))
    assert "Natten til 23. november 2026 er færdig: alle 1 trin er gjort." in told
    assert "Hvad skal der gøres?" not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_and_outcome_has_words(language: str) -> None:
    words = Words(next(each for each in LANGUAGES if each == language))
    for code in (*nights.CODES_WITH_WORDS, 99):
        step = StepTaken("check", "failed", code)
        assert nights.what_happened(step, words)
        assert nights.what_to_do(step, words)
    for step in STEPS:
        assert nights.step_name(step.name, words)


def test_every_exit_code_of_a_command_has_words() -> None:
    """All that `roedtraad --help` lists, but 0."""
    told = {int(code) for code in re.findall(r"(?:: |· ?\n?)(\d+) ", EXIT_CODES)} - {0}
    assert {19, 21, 22, 25, 27} < told
    assert told <= set(nights.CODES_WITH_WORDS)
    assert {error.exit_code for error in UserError.__subclasses__()} <= told


def test_only_the_operator_reads_how_the_night_went(tmp_path: Path) -> None:
    folder = NightFolder.of(tmp_path / "store")
    folder.folder.mkdir()
    folder.keep(FAILED)
    assert operations.last_night(tmp_path / "store", Scope("operator")) == FAILED
    with pytest.raises(NotAllowed):
        operations.last_night(tmp_path / "store", Scope("national"))
    assert "kontrol fejlede" in nights.lead(FAILED, Words("da"))


def test_what_a_step_says_of_a_fault_that_nobody_foresaw_is_its_kind_alone(place: Path) -> None:
    from pipelines.nightly.running import _complaint

    file = place / "run.txt"
    file.write_text("Traceback (most recent call last):\n  File x\npolars.exceptions.ComputeError: 0101701234 is odd\n")
    assert _complaint(file) == "ComputeError"
    file.write_text("\nFile births-010170-1234.csv was refused\n  line 3\n")
    assert _complaint(file) == "File births-….csv was refused"


def lines_of(name: str) -> Iterator[str]:
    for line in (EXAMPLES / name).read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.toml")), ids=lambda file: file.name)
def test_the_example_configurations_can_be_read(file: Path) -> None:
    assert read_configuration(file).steps


def test_the_example_for_cron_is_a_table_of_cron() -> None:
    field = r"(\*|\d+(-\d+)?(,\d+(-\d+)?)*)(/\d+)?"
    for line in lines_of("crontab"):
        assert re.fullmatch(rf"[A-Z_]+=\S+|({field}\s+){{5}}\S.*", line), line


def test_the_example_for_windows_is_a_task_that_runs_the_night() -> None:
    root = ElementTree.fromstring((EXAMPLES / "task-scheduler.xml").read_text("utf-8"))  # noqa: S314 - our own file
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert root.tag == f"{{{space['t']}}}Task"
    assert root.findtext(".//t:Exec/t:Arguments", namespaces=space) == r"nightly C:\roedtraad\nightly.toml --quiet"
    assert root.findtext(".//t:MultipleInstancesPolicy", namespaces=space) == "IgnoreNew"


def test_the_examples_for_systemd_are_units(tmp_path: Path) -> None:
    for name in ("roedtraad-nightly.service", "roedtraad-nightly.timer"):
        sections = [line for line in lines_of(name) if line.startswith("[")]
        assert sections[0] == "[Unit]"
        assert all(re.fullmatch(r"\[\w+\]|[A-Z]\w+=.*", line) for line in lines_of(name))
    _verified_by_systemd(tmp_path)


def _verified_by_systemd(tmp_path: Path) -> None:
    """Where systemd is: it reads the units itself. The program that the example names is put where it says."""
    from shutil import which

    if which("systemd-analyze") is None:
        return
    units = []
    for name in ("roedtraad-nightly.service", "roedtraad-nightly.timer"):
        text = (EXAMPLES / name).read_text("utf-8").replace("/opt/roedtraad/.venv/bin/roedtraad", sys.executable)
        (tmp_path / name).write_text(text, "utf-8")
        units.append(str(tmp_path / name))
    told = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    ours = [line for line in told.stderr.splitlines() if "roedtraad-nightly" in line]
    assert (told.returncode, ours) == (0, []), told.stderr


def test_the_runner_hears_of_every_change(place: Path) -> None:
    heard: list[str] = []
    asked = read_configuration(place / "nightly.toml")
    Runner(asked, told=lambda _: None, line=heard.append)
    planned = Runner(asked, told=lambda _: None, line=heard.append).planned(MIDNIGHT)
    assert [step.outcome for step in planned.steps] == ["waiting", "waiting"]
    assert planned.as_of == date(2026, 9, 30)
    assert heard == []
