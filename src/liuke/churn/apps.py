from django.apps import AppConfig


class ChurnConfig(AppConfig):
    name = "liuke.churn"
    label = "churn"
