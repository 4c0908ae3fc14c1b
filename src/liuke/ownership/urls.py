from django.urls import path

from liuke.ownership import views
from liuke.ownership.views import assigning

urlpatterns = [
    path("pool/", views.pool, name="pool"),
    path("pool/claim/", views.pool_claim, name="pool-claim"),
    path("customers/<int:pk>/release/", views.customer_release, name="customer-release"),
    path("customers/<int:pk>/extend/", views.customer_extend, name="customer-extend"),
    path("settings/assignment/", assigning.assignment, name="assignment"),
    path("settings/assignment/new/", assigning.assignment_edit, name="assignment-new"),
    path("settings/assignment/apply/", assigning.assignment_apply, name="assignment-apply"),
    path("settings/assignment/<int:pk>/", assigning.assignment_edit, name="assignment-edit"),
    path("settings/assignment/<int:pk>/move/", assigning.assignment_move, name="assignment-move"),
    path("settings/pools/", views.pool_settings, name="pool-settings"),
    path("settings/pools/rules/", views.pool_rules, name="pool-rules"),
    path("settings/pools/new/", views.pool_edit, name="pool-new"),
    path("settings/pools/<int:pk>/", views.pool_edit, name="pool-edit"),
]
