"""Addresses of the import."""

from django.urls import path

from liuke.imports import views

urlpatterns = [
    path("import/", views.import_list, name="import-list"),
    path("import/new/", views.import_new, name="import-new"),
    path("import/<int:pk>/", views.import_run, name="import-run"),
    path("import/<int:pk>/map/", views.import_map, name="import-map"),
    path("import/<int:pk>/kind/", views.import_kind, name="import-kind"),
    path("import/<int:pk>/undo/", views.import_undo, name="import-undo"),
    path("import/<int:pk>/check/", views.import_check, name="import-check"),
    path("import/<int:pk>/stop/", views.import_stop, name="import-stop"),
    path("import/<int:pk>/discard/", views.import_discard, name="import-discard"),
    path("import/<int:pk>/rejects/", views.import_rejects, name="import-rejects"),
]
