from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "liuke.sales"
    label = "sales"
