from django.urls import path

from liuke.customers import views
from liuke.customers.views import around, closing, helping, known, profile

urlpatterns = [
    path("customers/new/", views.create, name="customer-new"),
    path("customers/new/known/", known.known, name="customer-known"),
    path("customers/<int:pk>/known/", known.known, name="customer-known-besides"),
    path("customers/<int:pk>/edit/", views.edit, name="customer-edit"),
    path("customers/<int:pk>/close/", closing.close, name="customer-close"),
    path("customers/<int:pk>/reopen/", closing.reopen, name="customer-reopen"),
    path("customers/<int:pk>/ask/", profile.ask, name="customer-ask"),
    path("settings/fields/", profile.fields, name="fields"),
    path("settings/fields/new/", profile.field, name="field-new"),
    path("settings/fields/<str:code>/", profile.field, name="field"),
    path("settings/fields/<str:code>/move/", profile.move, name="field-move"),
    path("settings/levels/", profile.levels, name="levels"),
    path("customers/<int:pk>/phones/", views.phones, name="customer-phones"),
    path("customers/<int:pk>/assets/new/", views.asset, name="asset-new"),
    path("customers/<int:pk>/assets/<int:asset_pk>/", views.asset, name="asset-edit"),
    path("customers/<int:pk>/points/new/", around.point, name="point-new"),
    path("customers/<int:pk>/points/<int:point_pk>/", around.point, name="point-edit"),
    path(
        "customers/<int:pk>/points/<int:point_pk>/prefer/", around.point_prefer, name="point-prefer"
    ),
    path(
        "customers/<int:pk>/points/<int:point_pk>/remove/", around.point_remove, name="point-remove"
    ),
    path(
        "customers/<int:pk>/points/<int:point_pk>/consents/", around.consent, name="point-consents"
    ),
    path("customers/<int:pk>/people/new/", around.person, name="person-new"),
    path("customers/<int:pk>/people/<int:person_pk>/", around.person, name="person-edit"),
    path(
        "customers/<int:pk>/people/<int:person_pk>/remove/",
        around.person_remove,
        name="person-remove",
    ),
    path("customers/<int:pk>/relations/new/", around.relation, name="relation-new"),
    path("customers/<int:pk>/relations/<int:relation_pk>/", around.relation, name="relation-edit"),
    path(
        "customers/<int:pk>/relations/<int:relation_pk>/end/",
        around.relation_end,
        name="relation-end",
    ),
    path("customers/<int:pk>/helpers/new/", helping.helper, name="helper-new"),
    path("customers/<int:pk>/helpers/<int:helper_pk>/end/", helping.helper_end, name="helper-end"),
    path("customers/<int:pk>/pick/", around.pick, name="customer-pick"),
    path("settings/relations/", around.relation_kinds, name="relation-kinds"),
    path("settings/relations/new/", around.relation_kind, name="relation-kind-new"),
    path("settings/relations/<slug:code>/", around.relation_kind, name="relation-kind"),
]
