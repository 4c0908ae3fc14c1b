from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "liuke.imports"
    label = "imports"
