from django.urls import path

from liuke.customers import views

urlpatterns = [
    path("customers/new/", views.create, name="customer-new"),
    path("customers/<int:pk>/edit/", views.edit, name="customer-edit"),
    path("customers/<int:pk>/phones/", views.phones, name="customer-phones"),
    path("customers/<int:pk>/assets/new/", views.asset, name="asset-new"),
    path("customers/<int:pk>/assets/<int:asset_pk>/", views.asset, name="asset-edit"),
]
