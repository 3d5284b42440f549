"""The seven figures of any unit on any day, counted once and read everywhere; parts add up to the whole at every level."""

from zhengyou.campaigns.figures.board import Board, Cell, Figures, Row, board, board_known, board_live
from zhengyou.campaigns.figures.counts import count_events, count_issued, fold, rebuild, regraft
from zhengyou.campaigns.figures.series import Day, Week, burndown, weeks

__all__ = [
    "Board",
    "Cell",
    "Day",
    "Figures",
    "Row",
    "Week",
    "board",
    "board_known",
    "board_live",
    "burndown",
    "count_events",
    "count_issued",
    "fold",
    "rebuild",
    "regraft",
    "weeks",
]
