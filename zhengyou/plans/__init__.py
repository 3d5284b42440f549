"""Implementation plans (S6): issued at the top, taken up clause by clause below, judged, published, amended."""
