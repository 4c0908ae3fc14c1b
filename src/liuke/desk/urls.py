from django.urls import path

from liuke.desk import views

urlpatterns = [
    path("today/", views.today, name="today"),
    path("customers/<int:pk>/contact/", views.contact, name="contact"),
    path("customers/", views.customer_list, name="customers"),
    path("customers/export.csv", views.customers_export, name="customers-export"),
    path("customers/<int:pk>/", views.customer, name="customer"),
    path("search/", views.search, name="search"),
]
