"""The words of `docs/sources.md` that no declaration holds, as Markdown."""

from __future__ import annotations

from collections.abc import Mapping

HEAD = """\
# Sources (kilder)

<!-- Made by `roedtraad docs` from the declarations in pipelines/sources. Do not edit. -->

A source is declared in a TOML file; a new sender needs a mapping, not code. Paths are relative to that file.

1. `roedtraad source new FILES --out source.toml` drafts it: guesses are marked as guesses, the rest is TODO.
2. `roedtraad source test source.toml` tries it on a sample, without a secret and without a store: what maps, what
   does not, what would be set aside. Exit code 0: nothing stops it, 3: a file would be refused, 8: to be mended.
3. `roedtraad run --source source.toml --store STORE --as-of DAY` uses it.

In every file the deliverer's own headings and codes stand; what they mean in [the contract](contract.md) stands in
the TOML file. A key that is not known there is told as a slip, with its place.

"""

GRAMMAR = """\
## The TOML file

| section | key | meaning |
|---|---|---|
| `[source]` | `name` | what the source is called |
| | `demo` | `true` for synthetic data: only test numbers (day of birth + 60) are accepted. Else none of them is |
| | `secret_file` | file with the secret of the pseudonyms; else the environment variable `ROEDTRAAD_SECRET` |
| | `number_changes` | table of number changes: `old_person_id`, `new_person_id`, `changed_date` |
| | `match_probability` | from which a link without a number is believed, 0.99 if not given |
| `[number_changes]` | `encoding`, `separator` | of that table |
| `[[delivery]]` | `table` | the table of the contract that it feeds |
| | `path` | files, as a pattern: `*` is any part of a name, `{sender}` the part that names who sent it |
| | `sender` | who sent it, where the path does not say |
| | `name` | what it is called in the ledger and in completeness; the table if not given |
| | `form` | `delimited`, `excel`, `parquet`, `sas` or `database`, with its settings (below) |
| | `redelivery` | `adds` (each file adds rows) or `replaces` (a sender's last file by name replaces the earlier) |
| `[delivery.columns]` | a column of the contract | the sender's heading |
| `[delivery.codes.COLUMN]` | the sender's code | the contract's value |
| `[delivery.pad]` | a column | digits to fill up with zeros from the left (`municipality_code = 4`) |
| `[delivery.person]` | `birth_date`, `sex`, `municipality_code` | headings that describe a child without a number |
| | `mother_birth_date`, `mother_id` | and its mother |
| `[[register]]` | `layout`, `path`, `sender`, `form` | a register below |
| `[register.headings]` | a variable of the layout | the heading that it has in the file |
| `[register.codes.VARIABLE]` | the register's code | its meaning |
| `[[fhir]]` | `profile`, `path`, `sender` | a profile below |
| | `form` | `bundle` (one JSON Bundle a file) or `ndjson` (one a line) |
| `[fhir.municipalities]` | SOR id of an organisation | its municipality |
| `[fhir.codes.LIST]` | the sender's code | its meaning |

## Forms (filformer)

Rows in which every cell is empty or blank are no rows, and those that follow keep their numbers (rows of a query are
rows whatever they hold). A file that cannot be read as a whole (cut short, another encoding, columns missing, a column
called `_row` or `_source`) is refused with one message, and the last good version stays in use. `date_format` has a
year of four digits (`%Y`): the century is never guessed.

"""

FORMS: Mapping[str, str] = {
    "delimited": """\
### Delimited text (semikolonsepareret tekst)

`encoding`: `utf-8` (with or without a byte order mark), `utf-8-sig`, `cp1252` or `latin-1`. `separator`:
one character, `;` if not given. `decimal`: `,` or `.`; with `,` a dot separates thousands. `date_format`:
`%d-%m-%Y` if not given. Quoted fields may hold separators and line breaks.
""",
    "excel": """\
### Excel

`sheet`: its name, the first if not given. Its first row with anything in it names the columns: a title above it or a
merged heading must be taken away. Cells that are dates are read as such; text by `date_format`. A cell whose formula
failed (`#N/A`) holds nothing that can be read.
""",
    "parquet": """\
### Parquet

Own types are kept; categories are text, and dates that stand as text or figures are read by `date_format`. A column
of lists, structures, bytes or times of day that is mapped refuses the file.
""",
    "sas": """\
### SAS (`.sas7bdat`)

Own types are kept: dates, and numbers without a decimal part.
""",
    "database": """\
### Databases

`query`: what is read, only ever read, page by page. `connection_variable`: the environment variable that
holds the connection string; `connection`: the string itself, which must not hold a password. PostgreSQL,
and any other by its SQLAlchemy address.
""",
}

REGISTERS = """\
## Registers (registre)

One `[[register]]` for each layout, as text, Parquet or SAS: the same rows give the same canonical rows. Further
variables do no harm. What a code means is never guessed: a code that the TOML file does not map is counted and
shown, where it cannot be a person's value. Registers that only say something together are declared together.

"""

FHIR = """\
## FHIR R4

A broken resource or line is one fault, told by its path, and the others are read. A file that is no JSON is refused.

"""

PERSONS = """\
## Children without a number (børn uden personnummer)

A sender without persons' numbers describes the child in `[delivery.person]`. Exactly one child that fits is linked;
else the most probable one from `match_probability` on; more than one is ambiguous and not linked. Every such row
says how it was linked and how sure it is (`record_links`).

"""

TAIL = """\
## Identity (identitet)

A person's number (CPR, or a replacement number with letters) becomes a keyed pseudonym where it is read, and is
written nowhere. Number changes are applied first, so that a child with a replacement number and the same child with
a CPR number are one. What is no number is set aside by the rule `identity`; failing modulus 11 is not an error.
More in [identity](identity.md).

## Linkage (kobling)

Mother and child are linked by the register when it does; else a birth joins the pregnancy of the same mother whose
dates fit, when there is exactly one. What could not be linked is counted per municipality and source.

## What happens to every row (regnskab)

Per file: read = used + out of scope + superseded + faulty. Used: handed on to a table of the contract. Out of scope:
known and not about what is followed here. Superseded: a newer delivery of the same rows stands. Faulty: could not be
read at all, and stands in quarantine with its rule.

Per table: handed on = accepted + quarantined + exact duplicates. Quarantined rows stand with their row number, rule
and column, and never stop the others. `roedtraad status --store STORE` shows both, and the run stops when they do not
add up.

Per municipality and month: a month without rows is `missing` when the municipality's share of the other months lets
one expect at least five, `too_few_to_say` when fewer, and `declared_incomplete` when the sender says so itself.

"""

EXAMPLES: Mapping[str, str] = {
    'form = "sas"': """\
[[delivery]]
table = "residences"
path = "registre/bopael.sas7bdat"
form = "sas"
[delivery.columns]
child_id = "PNR"
from_date = "TILFLYTNING"
municipality_code = "KOM"
[delivery.pad]
municipality_code = 4
""",
    'form = "database"': """\
[[delivery]]
table = "support_records"
form = "database"
connection_variable = "SAGSSYSTEM"
query = "select sags_id, barn_cpr, kommune, sagstype, aabnet from sager"
[delivery.columns]
record_id = "sags_id"
child_id = "barn_cpr"
municipality_code = "kommune"
record_type = "sagstype"
opened_date = "aabnet"
""",
    "[[register]]": """\
[[register]]
layout = "MFR_NYFOEDTE"
path = "registre/mfr_nyfoedte_*.parquet"
form = "parquet"
[register.headings]
PNR_BARN = "CPR_BARN"
[register.codes.KOEN_BARN]
"K" = "female"
"M" = "male"
""",
    'profile = "children_reports"': """\
[[fhir]]
profile = "children_reports"
path = "kommuner/{sender}/sundhedspleje_*.json"
form = "bundle"
""",
    'profile = "antenatal_record"': """\
[[fhir]]
profile = "antenatal_record"
path = "svangre/*.ndjson"
form = "ndjson"
[fhir.codes.outcome]
"levende" = "live_birth"
""",
    "[delivery.person]": """\
[[delivery]]
table = "support_records"
path = "kommuner/{sender}/sager_uden_cpr.csv"
form = "delimited"
[delivery.columns]
record_id = "SagsId"
municipality_code = "Kommunekode"
record_type = "Sagstype"
opened_date = "Oprettet"
[delivery.person]
birth_date = "Barnets fødselsdato"
sex = "Køn"
municipality_code = "Kommunekode"
""",
}
"""Parts for what the sample does not have."""
