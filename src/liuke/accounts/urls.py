from django.urls import path

from liuke.accounts import views

urlpatterns = [
    path("settings/people/", views.people, name="users"),
    path("settings/people/new/", views.person, name="user-new"),
    path("settings/people/<int:pk>/", views.person, name="user"),
    path("settings/people/<int:pk>/invitation/", views.invitation, name="user-invitation"),
    path("settings/people/<int:pk>/access/", views.access, name="user-access"),
    path("settings/people/<int:pk>/key/", views.new_key, name="user-key"),
    path("settings/people/keys/<int:pk>/", views.revoke_key, name="user-key-revoke"),
    path("settings/people/units/new/", views.unit, name="unit-new"),
    path("settings/people/units/<int:pk>/", views.unit, name="unit"),
    path("settings/roles/", views.roles, name="roles"),
    path("settings/roles/new/", views.role, name="role-new"),
    path("settings/roles/<str:key>/", views.role, name="role"),
    path("settings/roles/<str:key>/delete/", views.delete_role, name="role-delete"),
]
