from django.urls import path

from liuke.churn import views

urlpatterns = [
    path("churn/", views.overview, name="churn"),
    path("churn/months.csv", views.months_csv, name="churn-months-csv"),
    path("churn/scorecard/", views.scorecard, name="scorecard"),
    path("churn/print/", views.months_print, name="churn-print"),
    path("settings/churn/", views.rules, name="churn-rules"),
    path("settings/churn/rule/", views.rule_edit, name="churn-rule"),
    path("settings/churn/rule/<slug:applies_to>/", views.rule_edit, name="churn-rule-of"),
]
