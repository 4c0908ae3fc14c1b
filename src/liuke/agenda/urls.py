from django.urls import path

from liuke.agenda import views

urlpatterns = [
    path("agenda/<int:pk>/snooze/", views.snooze, name="agenda-snooze"),
    path("agenda/<int:pk>/hand-over/", views.hand_over, name="agenda-hand-over"),
    path("agenda/<int:pk>/done/", views.done, name="agenda-done"),
    path("agenda/<int:pk>/restore/", views.restore, name="agenda-restore"),
]
