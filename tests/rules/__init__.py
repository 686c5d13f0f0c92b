"""The rules of the specification as text tables that a data steward can read, one file per rule (see README.md)."""
