from django.urls import path

from liuke.followups import views

urlpatterns = [
    path("settings/contacts/", views.cadences, name="cadences"),
    path("settings/contacts/<str:situation>/", views.cadence, name="cadence"),
    path("customers/<int:pk>/unblock/", views.unblock, name="contact-unblock"),
]
