"""Parts of the pages of national coordination: published figures of all municipalities, never a row of a person."""
