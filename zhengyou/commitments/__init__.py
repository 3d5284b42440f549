"""Public commitments: what a unit or a member promises in public, and whether it was kept (S7)."""
