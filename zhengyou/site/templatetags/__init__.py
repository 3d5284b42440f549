"""Template tags of the shell; built in, so that no template has to load them."""
