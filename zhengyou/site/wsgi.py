"""The web application as servers load it; doors and the front page are read at once, not by the first visitor."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhengyou.site.settings")
application = get_wsgi_application()


def _warm() -> None:
    from django.template.loader import get_template
    from django.urls import reverse

    reverse("account_login")
    get_template("account/login.html")


_warm()
