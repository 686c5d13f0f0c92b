"""What the code may not do, what the repository may not hold, and what may be installed with it."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import polars as pl
import pytest

from pipelines.scan import scan

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
SHIPPED = ("pipelines", "checks", "dashboards", "reports", "sample_data", "app.py")

NEVER_IMPORTED = {"pickle", "cPickle", "_pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve", "yaml", "torch"}
"""They run what they read. Dask speaks pickle to its own workers; no file and no stranger speaks it to us."""

NEVER_CALLED = {"eval", "exec", "compile", "__import__", "breakpoint"}
NEVER_CALLED_OF = {
    ("os", "system"), ("os", "popen"), ("subprocess", "getoutput"), ("subprocess", "getstatusoutput"),
    ("pd", "read_pickle"), ("np", "load"), ("pl", "deserialize"),
    ("LazyFrame", "deserialize"), ("DataFrame", "deserialize"), ("tempfile", "mktemp"),
    ("ssl", "_create_unverified_context"),
}  # fmt: skip
"""Polars' `deserialize` runs functions of the file that it reads."""

OTHER_XML = {"xml.etree", "xml.etree.ElementTree", "xml.dom.minidom", "xml.sax", "lxml", "lxml.etree"}
"""XML that comes from elsewhere is read by openpyxl with defusedxml, and by python-docx without entities."""

WRITES_XML = {"checks/report/junit.py"}
"""It makes XML, and reads none."""


@cache
def sources() -> dict[str, ast.Module]:
    files = [file for name in SHIPPED for file in sorted((ROOT / name).rglob("*.py") or [])] + [ROOT / "app.py"]
    return {file.relative_to(ROOT).as_posix(): ast.parse(file.read_text("utf-8")) for file in files}


def imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""
            yield from (f"{node.module}.{name.name}" for name in node.names)


def calls(module: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(module) if isinstance(node, ast.Call))


def test_the_code_is_looked_at_as_a_whole() -> None:
    assert {"app.py", "pipelines/cli.py", "dashboards/frame.py", "checks/run.py"} <= set(sources())


def test_nothing_is_read_by_a_format_that_runs_what_it_reads() -> None:
    found = [
        f"{file}: {name}"
        for file, module in sources().items()
        for name in imported(module)
        if name.split(".")[0] in NEVER_IMPORTED
    ]
    assert found == []


def test_no_text_is_run_as_a_program() -> None:
    found = []
    for file, module in sources().items():
        for call in calls(module):
            if isinstance(call.func, ast.Name) and call.func.id in NEVER_CALLED:
                found.append(f"{file}:{call.lineno}: {call.func.id}")
            if isinstance(call.func, ast.Attribute):
                of = call.func.value.id if isinstance(call.func.value, ast.Name) else ""
                of = call.func.value.attr if isinstance(call.func.value, ast.Attribute) else of
                if (of, call.func.attr) in NEVER_CALLED_OF:
                    found.append(f"{file}:{call.lineno}: {of}.{call.func.attr}")
    assert found == []


def test_no_command_goes_through_a_shell() -> None:
    found = [
        f"{file}:{call.lineno}"
        for file, module in sources().items()
        for call in calls(module)
        for word in call.keywords
        if word.arg == "shell" and not (isinstance(word.value, ast.Constant) and word.value.value is False)
    ]
    assert found == []


def test_no_xml_is_read_by_a_parser_that_follows_entities() -> None:
    found = [
        f"{file}: {name}"
        for file, module in sources().items()
        for name in imported(module)
        if name in OTHER_XML and file not in WRITES_XML
    ]
    assert found == []
    for file in WRITES_XML:
        assert not re.search(r"\b(parse|fromstring|iterparse|XMLParser)\(", (ROOT / file).read_text("utf-8"))


def test_a_workbook_that_comes_back_is_read_without_entities() -> None:
    """openpyxl takes defusedxml when it is there, and says so."""
    from openpyxl.xml import DEFUSEDXML

    assert DEFUSEDXML is True


# What the repository holds


SECRETS = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s+[A-Za-z0-9+/]{20}",
    "a key of a cloud": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_\-]{35}\b",
    "a token": r"\b(?:ghp|gho|ghs|glpat|xox[abp]|pypi)[-_][0-9A-Za-z_\-]{16,}\b|\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.",
    "a password in an address": (
        r"\b[a-z][a-z0-9+]{2,}://[^\s:/@\"'{}<]+:(?!password@|secret@|hemmelig)[^\s:/@\"'{}<]{6,}@"
        r"(?!127\.|localhost)"
    ),
    "a secret of a setting": (
        r"(?im)^\s*(?:cookie_secret|client_secret|aws_secret_access_key)\s*=\s*"
        r"[\"'][A-Za-z0-9+/_\-]{12,}[\"']"
    ),
}  # fmt: skip


def tracked() -> list[Path]:
    """What is in the repository or about to be: neither ignored nor gone."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
    names = [name for name in done.stdout.decode().split("\0") if name]
    if not names:
        left_out = {
            ".git",
            ".venv",
            "demo",
            ".hypothesis",
            ".mypy_cache",
            ".ruff_cache",
            ".pytest_cache",
            "__pycache__",
        }
        return [file for file in ROOT.rglob("*") if file.is_file() and not left_out & set(file.parts)]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def planted_secrets() -> list[str]:
    return [
        "-----BEGIN " + "PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAbc",
        "AKIA" + "ABCDEFGHIJKLMNOP",
        "ghp_" + "0123456789abcdefghij",
        "postgresql://reader:" + "kJ3x9-Qw@db.example.dk/x",
        'client_secret = "' + 'abcDEF0123456789"',
    ]


def test_every_kind_of_secret_would_be_found() -> None:
    assert [
        re.search(form, text) is not None for form, text in zip(SECRETS.values(), planted_secrets(), strict=True)
    ] == [True] * len(SECRETS)


def test_the_repository_holds_no_secret() -> None:
    found = []
    for file in tracked():
        text = file.read_bytes()[: 4 << 20].decode("utf-8", "replace")
        found += [f"{file.relative_to(ROOT)}: {kind}" for kind, form in SECRETS.items() if re.search(form, text)]
    assert found == []


REAL_NUMBER = re.compile(r"(?<![\d.,/_-])(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}-?\d{4}(?![\d.,/_-])")
"""As the law writes them. Test numbers, with 60 added to the day, are nobody's."""


def has_control_digit(digits: str) -> bool:
    return sum(int(one) * weight for one, weight in zip(digits, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True)) % 11 == 0


def test_the_repository_holds_no_number_of_a_person() -> None:
    """Numbers that the law's control digit fits in text; in tables and workbooks any, with 60 added or not, except in
    the sample: its people are nobody, and have test numbers."""
    found, packed = [], []
    for file in tracked():
        name = file.relative_to(ROOT).as_posix()
        if file.suffix in (".parquet", ".xlsx", ".docx", ".zip", ".sas7bdat"):
            packed += [] if name.startswith("sample_data/") else [file]
            found += [name] if file.suffix == ".parquet" and holds_a_real_number(file) else []
        elif file.suffix not in (".png", ".pdf", ".ttf", ".woff2", ".lock", ".svg"):
            numbers = REAL_NUMBER.findall(file.read_text("utf-8", "replace"))
            found += [name for number in numbers if has_control_digit(number.replace("-", ""))]
    assert found == []
    assert scan(packed).hits == ()


def holds_a_real_number(table: Path) -> bool:
    texts = pl.read_parquet(table).select(pl.col(pl.String).str.contains(AS_A_WHOLE).any())
    return any(texts.row(0)) if texts.width else False


AS_A_WHOLE = r"^(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d{2}-?\d{4}$"


def test_a_number_that_is_planted_would_be_found(tmp_path: Path) -> None:
    number = "".join(("0101", "01", "0101"))[:6] + "0037"
    pl.DataFrame({"a": [number]}).write_parquet(tmp_path / "planted.parquet")
    assert holds_a_real_number(tmp_path / "planted.parquet")
    assert REAL_NUMBER.findall(f"the child {number}.") == []
    assert REAL_NUMBER.findall(f"the child {number} of") == [number]


# What is installed with it

REDISTRIBUTABLE = re.compile(
    r"\b(MIT|BSD|Apache|PSF|Python Software Foundation|ISC|MPL|Mozilla|Unlicense|HPND|Zlib|0BSD|CC0|OFL|Open Font|"
    r"SIL|LGPL|Lesser General|Public Domain|NCSA|WTFPL|CNRI)\b",
    re.IGNORECASE,
)
LOCKED = re.compile(r"^([a-zA-Z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", re.MULTILINE)


@cache
def locked() -> dict[str, str]:
    return dict(LOCKED.findall((ROOT / "requirements.lock").read_text("utf-8")))


def licence_of(name: str) -> str:
    told = distribution(name).metadata
    kinds = [kind.rsplit(" :: ", 1)[-1] for kind in told.get_all("Classifier") or () if kind.startswith("License")]
    text = told.get("License") or ""
    return " / ".join(part for part in (told.get("License-Expression"), *kinds, text.strip()[:200]) if part)


def test_every_locked_package_has_a_version_and_its_hashes() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    blocks = re.split(r"\n(?=[a-zA-Z0-9])", re.sub(r"(?m)^\s*#.*\n?", "", lock))
    without = [block.split()[0] for block in blocks if block.strip() and "--hash=sha256:" not in block]
    assert (len(locked()) > 50, without) == (True, [])
    assert not re.search(r"(?m)^\s*(?:-e|--index-url|--extra-index-url|--trusted-host|git\+|https?:)", lock)


def test_every_package_that_is_declared_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    names = {re.split(r"[\[<>=~! ;]", one)[0].lower().replace("_", "-").replace(".", "-") for one in asked}
    assert names - {name.lower() for name in locked()} == set()


def test_every_package_that_is_installed_may_be_passed_on() -> None:
    """By its own metadata. One whose metadata says nothing is named here with what its files say."""
    refused, seen = [], 0
    for name in locked():
        try:
            licence = licence_of(name)
        except PackageNotFoundError:
            continue  # for another platform or an older Python
        seen += 1
        if not REDISTRIBUTABLE.search(licence) and name not in READ_BY_US:
            refused.append(f"{name}: {licence[:60]}")
    assert refused == []
    assert seen > len(locked()) // 2


READ_BY_US = {
    "axe-playwright-python": "MIT, in its LICENSE; for tests only",
    "text-unidecode": "Artistic, at choice beside the GPL; for tests only (frictionless)",
}
"""Package to what its files say, where its metadata says nothing or more than one thing."""


@pytest.mark.parametrize("extra", ["pickle.loads(b'')", "eval('1')", "subprocess.run('x', shell=True)"])
def test_the_look_at_the_code_finds_what_it_looks_for(extra: str) -> None:
    module = ast.parse(f"import pickle, subprocess\n{extra}")
    names = {call.func.id for call in calls(module) if isinstance(call.func, ast.Name)}
    shells = [word.arg for call in calls(module) for word in call.keywords]
    assert set(imported(module)) & NEVER_IMPORTED
    assert "pickle" in extra or names & NEVER_CALLED or shells == ["shell"]
