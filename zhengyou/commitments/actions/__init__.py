"""Everything that changes commitments."""
