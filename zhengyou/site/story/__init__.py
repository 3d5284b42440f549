"""The story: an invented organisation plays its campaign from the roster import to the set day; it is the demo."""

from zhengyou.site.story.play import Unplayable, play

__all__ = ["Unplayable", "play"]
