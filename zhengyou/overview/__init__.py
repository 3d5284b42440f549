"""Overview: my desk, the board and their exports, gathered from every room. Reads all, writes nothing."""
