"""The commands of `roedtraad`, by what they are for. They alone know both the pipeline and its readers."""
