from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "liuke.desk"
    label = "desk"
