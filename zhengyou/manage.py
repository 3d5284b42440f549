"""Django's own commands for developers: `python -m zhengyou.manage COMMAND`."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run a Django management command with the house's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengyou.site.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
