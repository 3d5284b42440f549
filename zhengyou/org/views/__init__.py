"""Pages of the organisation: tree and units, members, one person, posts, slips, set-up."""
