from django.urls import path

from liuke.desk.views import (
    conflicts,
    duplicates,
    handover,
    many,
    merge_runs,
    privacy,
    questions,
    record,
    saved_views,
    sharing,
    today,
)
from liuke.desk.views import customers as views

urlpatterns = [
    path("today/", today.today, name="today"),
    path("customers/<int:pk>/contact/", today.contact, name="contact"),
    path("customers/", views.customer_list, name="customers"),
    path("customers/export.csv", views.customers_export, name="customers-export"),
    path("customers/assign/", many.customers_assign, name="customers-assign"),
    path("customers/tag/", many.customers_tag, name="customers-tag"),
    path("customers/set-level/", many.customers_set_level, name="customers-level"),
    path("customers/close/", many.customers_close, name="customers-close"),
    path("customers/reopen/", many.customers_reopen, name="customers-reopen"),
    path("customers/share/", sharing.customers_share, name="customers-share"),
    path("customers/new/ask/", questions.ask_owner, name="ask-owner"),
    path("questions/<int:pk>/", questions.question_answer, name="question-answer"),
    path("questions/<int:pk>/seen/", questions.question_seen, name="question-seen"),
    path("customers/duplicates/", duplicates.duplicates, name="duplicates"),
    path("customers/duplicates/find/", duplicates.duplicates_find, name="duplicates-find"),
    path("customers/duplicates/propose/", duplicates.duplicate_propose, name="duplicate-propose"),
    path(
        "customers/duplicates/<int:pk>/merge/", duplicates.duplicate_merge, name="duplicate-merge"
    ),
    path(
        "customers/duplicates/<int:pk>/apart/", duplicates.duplicate_apart, name="duplicate-apart"
    ),
    path("customers/duplicates/merge/", merge_runs.merge_run, name="merge-run"),
    path(
        "customers/duplicates/runs/<int:pk>/undo/", merge_runs.merge_run_undo, name="merge-run-undo"
    ),
    path("customers/merges/<int:pk>/undo/", duplicates.merge_undo, name="merge-undo"),
    path("customers/undo/", many.customers_undo, name="customers-undo"),
    path("customers/view/", saved_views.customers_view, name="customers-view"),
    path("customers/counts/", saved_views.customers_counts, name="customers-counts"),
    path(
        "customers/<int:pk>/level/", views.customer_cell, {"field": "level"}, name="customer-level"
    ),
    path(
        "customers/<int:pk>/owner/", views.customer_cell, {"field": "owner"}, name="customer-owner"
    ),
    path("customers/<int:pk>/tags/", views.customer_cell, {"field": "tags"}, name="customer-tags"),
    path("customers/<int:pk>/", views.customer, name="customer"),
    path("handover/", handover.handovers, name="handover"),
    path("handover/from/<int:pk>/", handover.handover_new, name="handover-new"),
    path("handover/<int:pk>/", handover.handover_done, name="handover-done"),
    path(
        "handover/<int:pk>/briefing/<int:to>/",
        handover.handover_briefing,
        name="handover-briefing",
    ),
    path("customers/<int:pk>/privacy/", privacy.customer_privacy, name="customer-privacy"),
    path("customers/<int:pk>/archive/", privacy.customer_archive, name="customer-archive"),
    path("conflicts/", conflicts.conflicts, name="conflicts"),
    path("conflicts/new/", conflicts.conflict_new, name="conflict-new"),
    path("conflicts/figures/", conflicts.conflict_figures, name="conflict-figures"),
    path("conflicts/<int:pk>/", conflicts.conflict, name="conflict"),
    path("conflicts/<int:pk>/decide/", conflicts.conflict_decide, name="conflict-decide"),
    path("conflicts/<int:pk>/appeal/", conflicts.conflict_appeal, name="conflict-appeal"),
    path("conflicts/<int:pk>/drop/", conflicts.conflict_drop, name="conflict-drop"),
    path("settings/together/", conflicts.conflict_terms, name="conflict-terms"),
    path("journal/", record.journal, name="journal"),
    path("search/", views.search, name="search"),
    path("search/palette/", views.palette, name="palette"),
]
