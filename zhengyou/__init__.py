"""争优 Zhengyou: campaigns of large membership organisations, from the roster to honest figures."""

__version__ = "0.1.0"
