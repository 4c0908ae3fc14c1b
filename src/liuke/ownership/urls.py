from django.urls import path

from liuke.ownership import views

urlpatterns = [
    path("pool/", views.pool, name="pool"),
    path("pool/claim/", views.pool_claim, name="pool-claim"),
    path("customers/<int:pk>/release/", views.customer_release, name="customer-release"),
    path("customers/<int:pk>/extend/", views.customer_extend, name="customer-extend"),
    path("settings/pools/", views.pool_settings, name="pool-settings"),
    path("settings/pools/rules/", views.pool_rules, name="pool-rules"),
    path("settings/pools/new/", views.pool_edit, name="pool-new"),
    path("settings/pools/<int:pk>/", views.pool_edit, name="pool-edit"),
]
