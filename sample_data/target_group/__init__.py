"""A synthetic country for the target group of a guidance: everything in it comes from the guidance's own files.

Its diagnosis list, follow-up schedule, record types and ages decide what is made; no disease has code of its own.
"""

from sample_data.target_group.country import make_country

__all__ = ["make_country"]
