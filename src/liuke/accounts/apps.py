from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "liuke.accounts"
    label = "accounts"
