"""The pictures of documents: pure functions from frames to SVG, in the colours of the pages in daylight."""
