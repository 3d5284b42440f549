"""The pack language: campaigns as data, read, checked and dated; no models."""

from .answers import Answers, demo_answers, read_answers
from .check import Checked, check, load
from .locations import bundled
from .organisation import Organisation

__all__ = ["Answers", "Checked", "Organisation", "bundled", "check", "demo_answers", "load", "read_answers"]
