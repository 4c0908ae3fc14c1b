from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "liuke.customers"
    label = "customers"
