from django.urls import path

from liuke.customers.views import file as views
from liuke.customers.views import profile

urlpatterns = [
    path("customers/new/", views.create, name="customer-new"),
    path("customers/<int:pk>/edit/", views.edit, name="customer-edit"),
    path("customers/<int:pk>/ask/", profile.ask, name="customer-ask"),
    path("settings/fields/", profile.fields, name="fields"),
    path("settings/fields/new/", profile.field, name="field-new"),
    path("settings/fields/<str:code>/", profile.field, name="field"),
    path("settings/fields/<str:code>/move/", profile.move, name="field-move"),
    path("settings/levels/", profile.levels, name="levels"),
    path("customers/<int:pk>/assets/new/", views.asset, name="asset-new"),
    path("customers/<int:pk>/assets/<int:asset_pk>/", views.asset, name="asset-edit"),
]
