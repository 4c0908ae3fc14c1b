from django.urls import path

from liuke.exports import views

urlpatterns = [
    path("exports/", views.export_list, name="exports"),
    path("exports/new/<slug:name>/", views.export_new, name="export-new"),
    path("exports/<int:pk>/file/", views.export_file, name="export-file"),
    path("exports/<int:pk>/stop/", views.export_stop, name="export-stop"),
]
