from django.urls import path

from liuke.sales import views

urlpatterns = [
    path("customers/<int:pk>/orders/new/", views.create, name="order-new"),
    path("orders/<int:pk>/", views.order, name="order"),
    path("orders/<int:pk>/shares/", views.split, name="order-split"),
    path("shares/", views.shares, name="shares"),
    path("shares/orders/", views.share_orders, name="share-orders"),
    path("orders/<int:pk>/void/", views.void, name="order-void"),
]
