"""The frame's name for Django, and its checks."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Settings, shell, sign-in, command line."""

    name = "zhengyou.site"
    label = "site"

    def ready(self) -> None:
        """Register the check that the page assets were fetched."""
        from zhengyou.site import assets  # noqa: F401
