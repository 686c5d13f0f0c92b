"""Pages for leaders: their numbers, sentences and cards."""
