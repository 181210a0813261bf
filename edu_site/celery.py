"""The Celery application. Workers start with ``celery -A edu_site worker``."""

import os

from celery import Celery

from edu_site import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "edu_site.settings")

broker.register()
app = Celery("caseforge")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
