"""The frame's commands."""
