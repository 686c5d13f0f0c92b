"""The story in one place: sources -> canonical -> linked -> evidence -> obligations -> counts -> store."""

from pipelines.in_memory import run_in_memory

__all__ = ["run_in_memory"]
