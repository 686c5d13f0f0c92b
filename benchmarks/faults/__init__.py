"""What happens to a store when a process is killed, a disk is full, a file is damaged or the clock is wrong.

`python -m benchmarks.faults [--kills 200] [--seed 1] [--only FAULT...]`: after every fault a new process looks at
everything that the store holds, and the same work is done again. `harness.measure` is the part of the benchmarks.
"""
