"""The room's name for Django: it has no models, only translations."""

from django.apps import AppConfig


class PacksConfig(AppConfig):
    """The pack language."""

    name = "zhengyou.packs"
    label = "packs"
