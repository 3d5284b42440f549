"""Pages of the overview: desk, board, rows behind a figure, missing lists, exports."""
