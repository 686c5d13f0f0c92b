"""Published figures for other programs: CSV, JSON, a Frictionless Data Package, and FHIR measure reports."""
