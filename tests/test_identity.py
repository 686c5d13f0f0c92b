"""Who is who: forms of numbers, birth dates by the century rule, pseudonyms under a secret, ids that hold numbers."""

from __future__ import annotations

import hmac
import os
import stat
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from deliveries import changed, text_frame
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.definitions.tables import table_named
from pipelines.errors import SecretMissing, UserError
from pipelines.identity import (
    REAL_NUMBER,
    TEST_NUMBER,
    Pseudonyms,
    begin_rotation,
    birth_date_of,
    fingerprint_of,
    finish_rotation,
    has_valid_checksum,
    make_secret,
    read_secret,
    with_event_keys_of_our_own,
)

KEY, NEXT_KEY = b"a key for tests only", b"another key for tests"
TEST = "680125-4001"
REAL = "01" + "0125-4001"


def demo(*keys: bytes) -> Pseudonyms:
    return Pseudonyms(keys or KEY, test_numbers_only=True)


def fault_of(number: str, *, test_numbers_only: bool) -> str | None:
    made = Pseudonyms(KEY, test_numbers_only=test_numbers_only).of(pl.Series([number]))
    assert made["pseudonym"].is_null().item() == made["fault"].is_not_null().item()
    fault: str | None = made["fault"].item()
    return fault


def birth_date(number: str) -> date | None:
    found: date | None = pl.select(birth_date_of(pl.lit(number))).item()
    return found


def test_a_number_is_one_person_however_it_is_written() -> None:
    written = ["680125-4001", "6801254001", "680125 4001", " 6801254001 ", "68-01-25-4001"]
    assert demo().of(pl.Series(written))["pseudonym"].n_unique() == 1


def test_small_letters_of_a_replacement_number_are_the_same_person() -> None:
    made = demo().of(pl.Series(["6801251AB3", "680125-1ab3", "680125-5AB3"]))
    assert made["fault"].null_count() == 3
    assert made["pseudonym"].n_unique() == 2


@pytest.mark.parametrize(
    ("number", "in_demo", "in_earnest"),
    [
        pytest.param(TEST, None, "test_number", id="a test number"),
        pytest.param(REAL, "real_number", None, id="a number in its real form"),
        pytest.param("0" + "10125-6AB1", "real_number", None, id="a regional replacement number"),
        pytest.param("31" + "0225-4001", "real_number", None, id="a day that no calendar has"),
        pytest.param("680125-3AB1", "not_a_number", "not_a_number", id="no replacement number begins so"),
        pytest.param("681325-4001", "not_a_number", "not_a_number", id="a thirteenth month"),
        pytest.param("1" + "01254001", "lost_leading_zero", "lost_leading_zero", id="nine digits of a number"),
        pytest.param("991254001", "not_a_number", "not_a_number", id="nine digits of no number"),
        pytest.param("68012540011", "not_a_number", "not_a_number", id="eleven digits"),
        pytest.param("", "not_a_number", "not_a_number", id="nothing"),
        pytest.param("Jens Hansen", "not_a_number", "not_a_number", id="a name"),
    ],
)
def test_a_number_passes_or_its_fault_is_told(number: str, in_demo: str | None, in_earnest: str | None) -> None:
    assert fault_of(number, test_numbers_only=True) == in_demo
    assert fault_of(number, test_numbers_only=False) == in_earnest


@settings(deadline=None, derandomize=True)
@given(st.lists(st.from_regex(TEST_NUMBER, fullmatch=True) | st.text(max_size=12), max_size=20))
def test_a_pseudonym_is_the_keyed_hash_of_the_bare_number(numbers: list[str]) -> None:
    made = demo().of(pl.Series(numbers, dtype=pl.String))
    assert made["number"].to_list() == list(dict.fromkeys(numbers))
    for number, pseudonym in made.select("number", "pseudonym").iter_rows():
        plain = number.replace("-", "").replace(" ", "")
        if TEST_NUMBER.fullmatch(plain):
            assert pseudonym == hmac.new(KEY, plain.encode(), "sha256").hexdigest()[:24]


@settings(deadline=None, derandomize=True)
@given(st.binary(min_size=1, max_size=200), st.text(max_size=30))
def test_a_name_is_hmac_sha_256_whatever_the_length_of_the_key(key: bytes, text: str) -> None:
    named = demo(key).keyed(pl.Series([text])).item()
    assert named == hmac.new(key, f"record {text}".encode(), "sha256").hexdigest()[:24]


@settings(deadline=None, derandomize=True)
@given(st.from_regex(TEST_NUMBER, fullmatch=True))
def test_a_later_key_is_used_on_the_pseudonym_and_not_on_the_number(number: str) -> None:
    once = demo(KEY).of(pl.Series([number]))["pseudonym"].item()
    twice = demo(KEY, NEXT_KEY).of(pl.Series([number]))["pseudonym"].item()
    assert twice == hmac.new(NEXT_KEY, once.encode(), "sha256").hexdigest()[:24]
    assert demo(KEY, NEXT_KEY).fingerprint == fingerprint_of((KEY, NEXT_KEY)) != demo(KEY).fingerprint


def test_nobody_is_asked_about_and_nobody_is_answered() -> None:
    made = demo().of(pl.Series([None, None], dtype=pl.String))
    assert (made.height, made.columns) == (0, ["number", "pseudonym", "fault"])


@pytest.mark.parametrize(
    ("year", "seventh", "born"),
    [
        ("00", "0", 1900), ("99", "3", 1999), ("36", "4", 2036), ("37", "4", 1937), ("57", "5", 2057),
        ("58", "5", 1858), ("57", "8", 2057), ("58", "8", 1858), ("36", "9", 2036), ("37", "9", 1937),
        ("25", "0", 1925), ("25", "4", 2025), ("25", "7", 2025), ("99", "6", 1899),
    ],
)  # fmt: skip
def test_the_seventh_digit_and_the_year_give_the_century(year: str, seventh: str, born: int) -> None:
    assert birth_date(f"6801{year}-{seventh}001") == date(born, 1, 8)
    assert birth_date("08" + f"01{year}{seventh}001") == date(born, 1, 8)


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("680125-1AB1", id="a replacement number has no century digit"),
        pytest.param("910225-4001", id="31 February"),
        pytest.param("890225-4001", id="29 February outside a leap year"),
        pytest.param("ukendt", id="no number"),
    ],
)
def test_an_uncertain_birth_date_is_null_and_not_a_guess(number: str) -> None:
    assert birth_date(number) is None


@settings(deadline=None, derandomize=True)
@given(st.from_regex(REAL_NUMBER, fullmatch=True).filter(str.isdecimal))
def test_modulus_11_agrees_with_its_definition(number: str) -> None:
    weighed = sum(int(digit) * weight for digit, weight in zip(number, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True))
    assert pl.select(has_valid_checksum(pl.lit(number))).item() == (weighed % 11 == 0)


def test_test_and_replacement_numbers_have_no_checksum() -> None:
    numbers = pl.Series("n", [TEST, "01" + "01251AB1", "ukendt"])
    assert numbers.to_frame().select(has_valid_checksum(pl.col("n")))["n"].to_list() == [None] * 3


def test_birth_dates_are_known_of_all_numbers_that_were_seen() -> None:
    pseudonyms = demo()
    first = pseudonyms.of(pl.Series([TEST, "680125-1AB1"]))
    second = pseudonyms.of(pl.Series([TEST.replace("-", ""), "610190-2222", "no number"]))
    names = dict(pl.concat([first, second]).select("number", "pseudonym").iter_rows())
    told = dict(pseudonyms.birth_dates().iter_rows())
    assert told == {names[TEST]: date(2025, 1, 8), names["610190-2222"]: date(1990, 1, 1)}


def test_hints_are_counts_and_say_nothing_about_the_young() -> None:
    pseudonyms = Pseudonyms(KEY, test_numbers_only=False)
    in_1980, in_2015, replacement = ("01" + rest for rest in ("0180-0001", "0115-4001", "0115-1AB1"))
    pseudonyms.of(pl.Series([in_1980, in_2015, replacement, in_1980.replace("-", "")]))
    hints = pseudonyms.hints()
    assert (hints.numbers, hints.replacement_numbers, hints.without_birth_date) == (3, 1, 1)
    assert hints.failing_checksum == 1


def test_the_name_of_a_record_is_keyed_and_never_that_of_a_person() -> None:
    pseudonyms = demo()
    person = pseudonyms.of(pl.Series(["6801254001"]))["pseudonym"].item()
    named = pseudonyms.keyed(pl.Series(["6801254001", None, "6801254001", "buu|1"]))
    assert named[1] is None
    assert named[0] == named[2] != named[3]
    assert person not in named
    assert named.drop_nulls().str.contains("^[0-9a-f]{24}$").all()
    assert demo(NEXT_KEY).keyed(pl.Series(["buu|1"])).item() != named[3]


IDS = [TEST, "sag 680125-4001/2", REAL, "BARN" + "01" + "01254001-7", "6801251ab1"]
NO_NUMBERS = ["k0000000", "20250101-1234", "680125400112", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "16801254001"]


def keyed_records(ids: list[str]) -> list[str]:
    table = table_named("support_records")
    rows = text_frame("support_records", [changed("support_records", record_id=one) for one in ids])
    made = with_event_keys_of_our_own(rows, table, demo())
    assert made.columns == rows.columns
    return made["record_id"].to_list()


def test_an_id_with_a_number_in_it_becomes_a_name_of_our_own() -> None:
    made = keyed_records(IDS)
    assert all(len(name) == 25 and name.startswith("x") for name in made)
    assert len(set(made)) == len(IDS)


def test_an_id_without_a_number_stays_as_the_sender_wrote_it() -> None:
    assert keyed_records(NO_NUMBERS) == NO_NUMBERS


def test_what_looks_like_a_name_of_ours_is_named_again() -> None:
    theirs = "507f1f77bcf86cd799439011"
    assert keyed_records([theirs, f"x{theirs}"]) != [theirs, f"x{theirs}"]


def test_the_same_pregnancy_has_the_same_name_in_every_table() -> None:
    pseudonyms = demo()
    rows = {
        name: text_frame(name, [changed(name, pregnancy_id="680125-4001 nr. 1"), changed(name, pregnancy_id=None)])
        for name in ("pregnancies", "children", "exposures")
    }
    made = [with_event_keys_of_our_own(rows[name], table_named(name), pseudonyms) for name in rows]
    names = [rows["pregnancy_id"].to_list() for rows in made]
    assert names[0] == names[1] == names[2]
    assert names[0][0].startswith("x")
    assert names[0][1] is None


def test_a_number_in_free_text_is_not_written_and_persons_are_left_alone() -> None:
    rows = text_frame(
        "assessments",
        [changed("assessments", instrument="ASQ 680125-4001"), changed("assessments", assessment_id="a2")],
    )
    made = with_event_keys_of_our_own(rows, table_named("assessments"), demo())
    assert made["instrument"].to_list() == [None, "ASQ-3"]
    assert made.drop("instrument").equals(rows.drop("instrument"))


def test_a_new_secret_is_the_owners_alone_and_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    make_secret(file)
    (key,) = read_secret(file)
    assert len(key) == 64
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(UserError, match="left as it is"):
        make_secret(file)
    assert read_secret(file) == (key,)


def secret_of(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    file = folder / "secret"
    file.write_bytes(content)
    file.chmod(mode)
    return file


def test_several_lines_are_a_chain_of_keys(tmp_path: Path) -> None:
    assert read_secret(secret_of(tmp_path, KEY + b"\r\n\n" + NEXT_KEY + b"\n")) == (KEY, NEXT_KEY)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"short", KEY + b"\nshort"])
def test_a_short_key_is_none(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SecretMissing, match="at least 16 characters"):
        read_secret(secret_of(tmp_path, content))


@pytest.mark.skipif(os.name != "posix", reason="rights of this kind are those of POSIX")
def test_a_secret_that_others_can_read_is_none(tmp_path: Path) -> None:
    with pytest.raises(SecretMissing, match="read by others"):
        read_secret(secret_of(tmp_path, KEY, 0o640))


def test_a_secret_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROEDTRAAD_SECRET", KEY.decode())
    assert read_secret() == (KEY,)


def test_while_a_rotation_is_unfinished_the_secret_is_not_used(tmp_path: Path) -> None:
    file = secret_of(tmp_path, KEY)
    begun = begin_rotation(file)
    assert begun[0] == KEY
    with pytest.raises(SecretMissing, match="was interrupted"):
        read_secret(file)
    assert begin_rotation(file) == begun
    finish_rotation(file)
    assert read_secret(file) == begun


def test_a_name_in_the_place_of_an_id_is_nobody_afterwards() -> None:
    rows = pl.DataFrame({"record_id": ["Hanne Jensen", "Holm, Pia", "SAG-2025-17", "sag 17"]})
    made = with_event_keys_of_our_own(rows, table_named("support_records"), demo())
    ids = made["record_id"].to_list()
    assert ids[2:] == ["SAG-2025-17", "sag 17"]
    assert all(len(one) == 25 and one.startswith("x") for one in ids[:2])
