"""What Streamlit's own HTML lacks of a document: the language that it speaks, down to its link past the menu."""

from __future__ import annotations

import json

from dashboards.language import Words


def script(words: Words) -> str:
    """Sets the page's language, and says the first link of the page in it (Streamlit's own is always English)."""
    skip = json.dumps(words("twin.skip"))
    link = "document.querySelector('[data-testid=\"stSkipToContent\"]')"
    return f"document.documentElement.lang={words.language!r};{{const skip={link};if(skip)skip.textContent={skip}}}"
