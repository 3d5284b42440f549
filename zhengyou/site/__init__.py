"""The frame: settings, addresses, shell, sign-in doors, command line. Knows every room, known by none."""
