from django.apps import AppConfig


class OwnershipConfig(AppConfig):
    name = "liuke.ownership"
    label = "ownership"
