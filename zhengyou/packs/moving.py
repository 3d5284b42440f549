"""Named days of the calendar that were moved after a campaign began: laid over what file and organisation say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .organisation import Organisation
from .places import all_paths
from .reading import Source


def lay_moved(src: Source, moved: Mapping[str, str]) -> None:
    """Put the new dates (name: YYYY-MM-DD) where the file itself names the days; what it does not name is left alone."""
    if not moved:
        return
    for path in all_paths(src):
        if path[-2:-1] == ("days",) and "calendar" in path and str(path[-1]) in moved:
            block, text = src.get(path), moved[str(path[-1])]
            src.put((*path, "on") if isinstance(block, dict) else path, text)


def with_moved(organisation: Organisation | None, moved: Mapping[str, str]) -> Organisation | None:
    """The organisation with the new dates in its calendar; days that it does not name are not added."""
    if organisation is None or not moved:
        return organisation
    days = {
        code: {**day, "on": moved[code]} if code in moved else day
        for code, day in organisation.calendar.days.items()
    }
    return replace(organisation, calendar=replace(organisation.calendar, days=days))
