"""The site: settings, addresses, the queue, health. Nothing of the domain."""

from edu_site.celery import app as celery_app

__all__ = ["celery_app"]
