"""The pack language: campaigns as data, read, checked and dated; no models."""

from .organisation import Organisation

__all__ = ["Organisation"]
