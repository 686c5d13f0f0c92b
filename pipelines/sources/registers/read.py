"""Everything that the declared registers tell, in the order in which they need each other."""

from __future__ import annotations

from pipelines.errors import UserError
from pipelines.sources.declarations import RegisterFile
from pipelines.sources.reading import Reading
from pipelines.sources.registers.births import Newborns, hand_on_births, read_newborns
from pipelines.sources.registers.codes import assert_meanings
from pipelines.sources.registers.diagnoses import read_diagnoses
from pipelines.sources.registers.events import EXPENDITURE, read_expenditure, read_language_assessments
from pipelines.sources.registers.layouts import LAYOUTS
from pipelines.sources.registers.measures import read_measures
from pipelines.sources.registers.notifications import LAYOUT as NOTIFICATIONS
from pipelines.sources.registers.notifications import read_notifications
from pipelines.sources.registers.opened import Registers
from pipelines.sources.registers.residences import read_residences
from pipelines.sources.registers.treatments import read_treatments


def read_registers(registers: tuple[RegisterFile, ...], reading: Reading) -> None:
    """Hands on what the registers feed; who the children are comes first, then what is told about them.

    RefusedDelivery names a file that cannot be used, UserError a declaration that does not fit its layout.
    """
    if not registers:
        return
    _assert_declared(registers, reading)
    with Registers(registers, reading) as opened:
        newborns = _births(opened)
        read_diagnoses(opened, newborns)
        if opened.has(NOTIFICATIONS):
            read_notifications(opened)
        read_measures(opened)
        read_treatments(opened)
        if opened.has("UDD_SPROGVURDERING"):
            read_language_assessments(opened)
        if opened.has(EXPENDITURE):
            read_expenditure(opened)


def _births(opened: Registers) -> Newborns | None:
    if not opened.has("MFR_NYFOEDTE"):
        return None
    newborns = read_newborns(opened)
    if opened.has("BEF"):
        read_residences(opened, newborns)
    hand_on_births(newborns, opened.reading)
    return newborns


def _assert_declared(registers: tuple[RegisterFile, ...], reading: Reading) -> None:
    declared = {one.layout for one in registers}
    for one in registers:
        layout = LAYOUTS[one.layout]
        assert_meanings(one, layout, reading.reference)
        missing = [other for other in layout.joins if other not in declared]
        if missing:
            raise UserError(
                f"{layout.name} is declared without {', '.join(missing)}",
                where="[[register]] parts of the TOML file",
                to_do=f"Declare {', '.join(missing)} as well, or take {layout.name} out: alone it says nothing.",
            )
