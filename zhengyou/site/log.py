"""Log lines without personal data: of a failure its kind and its places are kept, never the values in its message."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType


class Line(logging.Formatter):
    """One line per event; a failure's frames follow, each exception by its type only."""

    def formatException(  # noqa: N802
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """Frames of the failure and of what led to it."""
        fault, parts = ei[1], []
        while fault is not None:
            parts.append("".join(traceback.format_tb(fault.__traceback__)) + type(fault).__qualname__)
            fault = fault.__cause__ or fault.__context__
        return "\nwhile handling\n".join(parts)
