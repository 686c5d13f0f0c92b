"""Data quality in words and pictures: what published figures about sources and checks say, before a page shows it."""
