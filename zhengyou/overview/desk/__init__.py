"""My desk: what I owe, what my unit owes, who is missing, what waits for me; few queries whatever the size."""
