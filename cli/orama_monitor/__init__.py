"""Is anything wrong in this Orama cluster right now, and what?"""

__version__ = "0.1.0"
