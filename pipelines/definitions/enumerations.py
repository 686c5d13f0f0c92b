"""The closed lists of the contract (version 1). Order is part of the meaning where a rule compares."""

from __future__ import annotations

SUBSTANCES = (
    "alcohol",
    "cannabis",
    "cocaine",
    "amphetamines",
    "opioids",
    "opioid_substitution",
    "benzodiazepines",
    "z_drugs",
    "other_medicine",
    "other",
    "unspecified",
)
CERTAINTIES_OF_A_REGISTRATION = ("confirmed", "suspected", "ruled_out")
CERTAINTIES_OF_EVIDENCE = ("suspected", "probable", "confirmed")
"""Weakest first: the certainty of a child is the last of these that any of its evidence has."""

ACTORS = (
    "gp",
    "midwife",
    "maternity_ward",
    "neonatal_ward",
    "paediatric_ward",
    "family_clinic",
    "family_department",
    "substance_treatment",
    "health_visitor",
    "educational_psychology",
    "daycare",
    "school",
    "foster_care",
    "other",
)
MUNICIPAL_ACTORS = (
    "family_department",
    "substance_treatment",
    "health_visitor",
    "educational_psychology",
    "daycare",
    "school",
)
HANDOVER_KINDS = (
    "prebirth_notification",
    "discharge",
    "referral",
    "municipal_move",
    "placement",
    "daycare_start",
    "school_start",
    "family_clinic_end",
    "adulthood",
    "other",
)
LEGAL_BASES = ("consent", "notification", "moving", "other")
OUTCOMES = ("live_birth", "stillbirth", "loss", "unknown")
SEXES = ("female", "male", "unknown")
EXPOSURE_STATUSES = ("recorded", "denied", "not_recorded")
RECORD_TYPES = (
    "notification",
    "screening",
    "clarification",
    "child_assessment",
    "child_plan",
    "support_measure",
    "placement",
    "educational_psychology",
    "daycare_support",
    "special_education",
    "health_visitor",
    "disability_support",
    "other",
)
PROGRAMMES = ("family_clinic", "gp", "health_visitor")
CONTACT_STATUSES = ("attended", "no_show", "declined", "cancelled")
DOMAINS = (
    "communication",
    "gross_motor",
    "fine_motor",
    "cognition",
    "attention",
    "social",
    "emotional",
    "attachment",
    "growth",
    "wellbeing",
)
RESULTS = ("typical", "monitor", "concern")
PAYERS = ("municipality", "region", "state")

KINDS = (
    "prebirth_notification",
    "discharge",
    "referral",
    "municipal_move",
    "placement",
    "daycare_start",
    "school_start",
    "family_clinic_end",
    "adulthood",
    "other",
)
LEGAL_BASES = ("consent", "notification", "moving", "other")
OUTCOMES = ("live_birth", "stillbirth", "loss", "unknown")
SEXES = ("female", "male", "unknown")
EXPOSURE_STATUSES = ("recorded", "denied", "not_recorded")
RECORD_TYPES = (
    "notification",
    "screening",
    "clarification",
    "child_assessment",
    "child_plan",
    "support_measure",
    "placement",
    "educational_psychology",
    "daycare_support",
    "special_education",
    "health_visitor",
    "disability_support",
    "other",
)
PROGRAMMES = ("family_clinic", "gp", "health_visitor")
CONTACT_STATUSES = ("attended", "no_show", "declined", "cancelled")
DOMAINS = (
    "communication",
    "gross_motor",
    "fine_motor",
    "cognition",
    "attention",
    "social",
    "emotional",
    "attachment",
    "growth",
    "wellbeing",
)
RESULTS = ("typical", "monitor", "concern")
PAYERS = ("municipality", "region", "state")

EVIDENCE_SOURCES = (
    "registration",
    "child_diagnosis",
    "mother_diagnosis",
    "mother_treatment",
    "handover",
    "support_record",
)
KINDS = (
    "registered",
    "on_child_record",
    "handed_over",
    "carried_in_record",
    "carried_at_move",
    "carried_at_transition",
    "follow_up",
    "screened",
    "referred",
    "plan_before_birth",
)
STATUSES = ("met", "late", "excused", "not_due", "contradicted", "overdue")
GAP_STATUSES = ("overdue", "contradicted")
EXCUSES = ("died", "not_resident", "pregnancy_ended")
LOSS_REASONS = (
    "not_registered",
    "not_confirmed",
    "exposure_left_out",
    "no_handover",
    "silent",
    "declined",
    "no_show",
    "too_early",
    "undocumented",
    "no_contact",
    "not_asked",
    "no_referral",
)
LOST_TO_FOLLOW_UP = ("no_contact", "no_show")
LOST_TO_DOCUMENTATION = ("undocumented", "too_early", "not_confirmed")
SECTORS = ("municipality", "region")
SEVERITIES = ("critical", "warning", "info")

OUTSIDE_CODE = "0411"
"""Christiansø: a valid code that belongs to no municipality."""
OUTSIDE = "outside"
UNKNOWN = "unknown"
