"""Journal: every action's entry in one hash chain, evidence kept once, drafts. Knows nobody above it."""
