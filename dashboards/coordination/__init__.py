"""Requests of national coordination on pages: who has answered, the form by theme, the forums that approve."""
