"""Tools every room may use: clock, verdicts, exact figures, SQL, ids, sheets. Knows no room and holds no models."""
