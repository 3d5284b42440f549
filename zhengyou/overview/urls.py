"""Doors of the overview: my desk, the board and the rows behind its figures, missing lists, exports."""

from __future__ import annotations

from django.urls import path

from zhengyou.overview.views import board, desk, exports, lists

urlpatterns = [
    path("desk/", desk.page, name="desk"),
    path("board/", board.page, name="board"),
    path("board/export/", exports.board, name="board_export"),
    path("board/<slug:code>/", board.page, name="board_unit"),
    path("board/<slug:code>/export/", exports.board, name="board_unit_export"),
    path("board/<slug:code>/<slug:figure>/", lists.rows, name="board_rows"),
    path("missing/<slug:code>/<int:slot>/", lists.missing, name="missing"),
    path("missing/<slug:code>/<int:slot>/export/", exports.missing, name="missing_export"),
]
