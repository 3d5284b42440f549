"""`python -m zhengyou.manage compile`: compile every room's translations; needs Babel, not gettext."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from zhengyou.site.catalogues import compile_all


class Command(BaseCommand):
    """Compiles the .po files that are newer than their .mo."""

    help = "Compile each room's django.po to the .mo that Django reads."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Say which were made."""
        for path in compile_all(settings.BASE):
            self.stdout.write(str(path.relative_to(settings.BASE)))
