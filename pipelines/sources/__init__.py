"""Where records come from. A source reads, renames and parses; judging the rows is the canonical stage's business."""
