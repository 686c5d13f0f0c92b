"""From deliveries of records to obligations, gaps and counts: the stages, the store and the command."""

import sys

from pipelines.memory import bound_memory

bound_memory(sys.argv)
