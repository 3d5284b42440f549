"""Whole-house tests: doors, habits, the story, documents, the browser."""
