"""The main job as a person who knows pandas writes it: a yardstick for the pipeline, with equal results."""
