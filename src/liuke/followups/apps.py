from django.apps import AppConfig


class FollowupsConfig(AppConfig):
    name = "liuke.followups"
    label = "followups"
