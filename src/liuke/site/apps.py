from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "liuke.site"
    label = "site"
