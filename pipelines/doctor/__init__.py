"""What is wrong with a store, in plain words: found by reading all that a run, a page or a publication stands on,
each kind of damage by a small function of its own."""

from pipelines.doctor.examination import DAMAGED, NOTHING_WHOLE, SOUND, Examination, examine
from pipelines.doctor.findings import Finding, Looked
from pipelines.doctor.repairing import Repairs, repair
from pipelines.doctor.setting_aside import set_aside

__all__ = [
    "DAMAGED",
    "NOTHING_WHOLE",
    "SOUND",
    "Examination",
    "Finding",
    "Looked",
    "Repairs",
    "examine",
    "repair",
    "set_aside",
]
