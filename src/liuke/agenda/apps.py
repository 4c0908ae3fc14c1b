from django.apps import AppConfig


class AgendaConfig(AppConfig):
    name = "liuke.agenda"
    label = "agenda"
