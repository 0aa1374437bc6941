"""What granian serves: Django, set up from the instance's folder, behind the doors for reports and to the sandbox."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from upheld.backups import locks
from upheld.web.relay import Relay

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upheld.settings")
locks.share(settings.HOME)  # whoever serves it: not while a restore is unfinished, and none begins while this serves
django = get_wsgi_application()

from upheld.api.front import Front  # noqa: E402 - it reaches models, which can be imported once Django is set up

application = Front(Relay(django, settings.HOME))
