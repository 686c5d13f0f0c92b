"""Time and memory of the main job, measured on this machine, beside a lower bound in the same run."""
