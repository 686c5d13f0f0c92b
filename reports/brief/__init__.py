"""The leader brief: one page for each municipality, as HTML and PDF, with the figures and the words of the pages."""
