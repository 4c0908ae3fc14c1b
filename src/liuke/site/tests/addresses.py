"""Every address and operation, and who may use it: the tests of scope ask each of them."""

from liuke.accounts.rules import Act

# Every address is in one of these lists. A new one has to be put where it belongs, and is then
# asked the questions below.
BY_CUSTOMER = {
    "customer": None,
    "customer-edit": Act.EDIT_CUSTOMERS,
    "asset-new": Act.EDIT_CUSTOMERS,
    "asset-edit": Act.EDIT_CUSTOMERS,
    "customer-privacy": Act.PRIVACY,
    "customer-archive": Act.PRIVACY,
    "order-new": Act.RECORD_ORDERS,
    "contact": Act.FOLLOW_UP,
    "contact-unblock": Act.FOLLOW_UP,
    "customer-level": Act.EDIT_CUSTOMERS,
    "customer-owner": Act.ASSIGN,
    "customer-tags": Act.EDIT_CUSTOMERS,
    "customer-release": Act.ASSIGN,
    "customer-extend": Act.FOLLOW_UP,
    "customer-ask": Act.EDIT_CUSTOMERS,
    "customer-close": Act.EDIT_CUSTOMERS,
    "customer-reopen": Act.EDIT_CUSTOMERS,
    "customer-phones": None,
    "customer-known-besides": Act.EDIT_CUSTOMERS,
    "point-new": Act.EDIT_CUSTOMERS,
    "point-edit": Act.EDIT_CUSTOMERS,
    "point-prefer": Act.EDIT_CUSTOMERS,
    "point-consents": Act.EDIT_CUSTOMERS,
    "person-new": Act.EDIT_CUSTOMERS,
    "person-edit": Act.EDIT_CUSTOMERS,
    "relation-new": Act.EDIT_CUSTOMERS,
    "relation-edit": Act.EDIT_CUSTOMERS,
    "customer-pick": Act.EDIT_CUSTOMERS,
    "helper-new": Act.ASSIGN,
    # These take away what the others opened.
    "point-remove": Act.EDIT_CUSTOMERS,
    "person-remove": Act.EDIT_CUSTOMERS,
    "relation-end": Act.EDIT_CUSTOMERS,
    "helper-end": Act.ASSIGN,
}
# These change at once, and take a POST only.
POSTED = {
    "order-void", "contact-unblock", "point-prefer", "point-remove", "person-remove",
    "relation-end", "customer-archive", "customer-reopen", "helper-end",
}  # fmt: skip
BY_ORDER = {"order": None, "order-split": Act.SETTLE, "order-void": Act.RECORD_ORDERS}
BY_ITEM = {
    "question-answer",
    "question-seen",
    "agenda-snooze",
    "agenda-hand-over",
    "agenda-done",
    "agenda-restore",
}
FIRM_WIDE = {
    "home": None,
    "first-calls": None,
    "today": None,
    "pool": None,
    "handover": Act.HAND_OVER,
    "pool-settings": None,
    "pool-rules": Act.EDIT_RULES,
    "pool-new": Act.EDIT_RULES,
    "assignment": None,
    "assignment-new": Act.EDIT_RULES,
    "cadences": None,
    "cadence": Act.EDIT_RULES,
    "fields": None,
    "field-new": Act.EDIT_RULES,
    "field": Act.EDIT_RULES,
    "levels": None,
    "relation-kinds": None,
    "relation-kind": Act.EDIT_RULES,
    "relation-kind-new": Act.EDIT_RULES,
    "customers": None,
    "customers-share": Act.ASSIGN,
    "search": None,
    "palette": None,
    "customer-new": Act.EDIT_CUSTOMERS,
    "customer-known": Act.EDIT_CUSTOMERS,
    "duplicates": Act.EDIT_CUSTOMERS,
    "merge-run": Act.MERGE,
    "customers-export": Act.EXPORT,
    "churn": None,
    "churn-print": None,
    "scorecard": None,
    "churn-months-csv": Act.EXPORT,
    "churn-rules": None,
    "churn-rule": Act.EDIT_RULES,
    "churn-rule-of": Act.EDIT_RULES,
    "shares": None,
    "share-orders": None,
    "conflicts": None,
    "conflict-new": Act.EDIT_CUSTOMERS,
    "conflict-figures": None,
    "conflict-terms": None,
    "journal": Act.SEE_JOURNAL,
    "customers-counts": None,
    "exports": Act.EXPORT,
    "export-new": Act.EXPORT,
    "import-list": Act.IMPORT,
    "import-new": Act.IMPORT,
    "users": Act.MANAGE_USERS,
    "user-new": Act.MANAGE_USERS,
    "unit-new": Act.MANAGE_USERS,
    "roles": Act.MANAGE_USERS,
    "role-new": Act.MANAGE_USERS,
    "role": Act.MANAGE_USERS,
}
# These name a person, a unit, a key or a role; whoever manages people may open them.
BY_PERSON = {
    "user", "user-invitation", "user-access", "user-key", "user-key-revoke", "unit",
    "role-delete",
}  # fmt: skip
# These only take a POST that names customers, or a view of one's own.
MANY = {
    "pool-claim", "customers-assign", "customers-tag", "customers-undo", "customers-view",
    "customers-level", "customers-close", "customers-reopen",
    "field-move", "duplicate-propose", "duplicates-find", "assignment-move",
    "assignment-apply", "ask-owner",
}  # fmt: skip
# One's own files alone; whose they are is asked in the tests of exports.
BY_EXPORT = {"export-file", "export-stop"}
BY_POOL = {"pool-edit": Act.EDIT_RULES, "assignment-edit": Act.EDIT_RULES}
BY_HANDOVER = {"handover-new": Act.HAND_OVER, "handover-done": None, "handover-briefing": None}
# These name a pair of customers or a merge: both within sight, or it does not exist.
BY_PAIR = {
    "duplicate-merge": Act.MERGE, "duplicate-apart": Act.EDIT_CUSTOMERS, "merge-undo": Act.MERGE,
    "merge-run-undo": Act.MERGE,
}  # fmt: skip
# These name a case: one is part of it or decides it, or it does not exist.
BY_CONFLICT = {"conflict", "conflict-decide", "conflict-appeal", "conflict-drop"}
BY_IMPORT = {
    "import-run", "import-map", "import-check", "import-stop", "import-discard", "import-rejects",
    "import-kind", "import-undo",
}  # fmt: skip
OWN_ACCOUNT = {
    "account_email", "account_change_password", "account_set_password", "account_reauthenticate",
    "mfa_index", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_add_webauthn", "mfa_edit_webauthn", "mfa_list_webauthn", "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn", "socialaccount_connections", "usersessions_list",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
}  # fmt: skip
SIGNED_OUT = {
    "account_login", "account_logout", "account_inactive", "account_signup",
    "account_email_verification_sent", "account_confirm_email", "account_confirm_login_code",
    "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "mfa_authenticate", "set_language",
    "first-run", "mfa_login_webauthn", "openid_connect_callback", "openid_connect_login",
    "socialaccount_login_cancelled", "socialaccount_login_error", "socialaccount_signup",
}  # fmt: skip
API_OPEN = {"api-1:openapi-json", "api-1:openapi-view", "api-1:api-root"}
API = {
    ("get", "/api/customers"): None,
    ("post", "/api/customers"): Act.EDIT_CUSTOMERS,
    ("get", "/api/customers/{pk}"): None,
    ("patch", "/api/customers/{pk}"): Act.EDIT_CUSTOMERS,
    ("post", "/api/customers/{pk}/assets"): Act.EDIT_CUSTOMERS,
    ("post", "/api/customers/assign"): Act.ASSIGN,
    ("post", "/api/customers/tag"): Act.EDIT_CUSTOMERS,
    ("post", "/api/customers/level"): Act.EDIT_CUSTOMERS,
    ("post", "/api/customers/close"): Act.EDIT_CUSTOMERS,
    ("post", "/api/customers/reopen"): Act.EDIT_CUSTOMERS,
    ("get", "/api/customers/filters"): None,
    ("get", "/api/fields"): None,
    ("post", "/api/fields"): Act.EDIT_RULES,
    ("patch", "/api/fields/{code}"): Act.EDIT_RULES,
    ("get", "/api/levels"): None,
    ("put", "/api/levels"): Act.EDIT_RULES,
    ("get", "/api/customers/{pk}/points"): None,
    ("post", "/api/customers/{pk}/points"): Act.EDIT_CUSTOMERS,
    ("patch", "/api/customers/{pk}/points/{point_pk}"): Act.EDIT_CUSTOMERS,
    ("delete", "/api/customers/{pk}/points/{point_pk}"): Act.EDIT_CUSTOMERS,
    ("get", "/api/customers/{pk}/points/{point_pk}/consents"): None,
    ("post", "/api/customers/{pk}/points/{point_pk}/consents"): Act.EDIT_CUSTOMERS,
    ("get", "/api/customers/{pk}/next-way"): None,
    ("get", "/api/customers/{pk}/people"): None,
    ("post", "/api/customers/{pk}/people"): Act.EDIT_CUSTOMERS,
    ("patch", "/api/customers/{pk}/people/{person_pk}"): Act.EDIT_CUSTOMERS,
    ("delete", "/api/customers/{pk}/people/{person_pk}"): Act.EDIT_CUSTOMERS,
    ("get", "/api/customers/{pk}/relations"): None,
    ("post", "/api/customers/{pk}/relations"): Act.EDIT_CUSTOMERS,
    ("patch", "/api/customers/{pk}/relations/{relation_pk}"): Act.EDIT_CUSTOMERS,
    ("delete", "/api/customers/{pk}/relations/{relation_pk}"): Act.EDIT_CUSTOMERS,
    ("get", "/api/relations/kinds"): None,
    ("post", "/api/customers/known"): Act.EDIT_CUSTOMERS,
    ("get", "/api/duplicates"): Act.EDIT_CUSTOMERS,
    ("post", "/api/duplicates/{pk}/decide"): Act.EDIT_CUSTOMERS,
    ("post", "/api/customers/{pk}/merge"): Act.MERGE,
    ("post", "/api/merges/{pk}/undo"): Act.MERGE,
    ("get", "/api/pools"): None,
    ("get", "/api/pools/{pk}/customers"): None,
    ("post", "/api/pools/claim"): Act.EDIT_CUSTOMERS,
    ("post", "/api/handovers/preview"): Act.HAND_OVER,
    ("post", "/api/handovers"): Act.HAND_OVER,
    ("get", "/api/assignment/rules"): None,
    ("post", "/api/assignment/apply"): Act.ASSIGN,
    ("post", "/api/orders"): Act.RECORD_ORDERS,
    ("get", "/api/customers/{pk}/orders"): None,
    ("get", "/api/churn/table"): None,
    ("get", "/api/churn/status"): None,
    ("get", "/api/churn/scorecard"): None,
    ("get", "/api/customers/{pk}/outlook"): None,
    ("post", "/api/interactions"): Act.FOLLOW_UP,
    ("get", "/api/customers/{pk}/interactions"): None,
    ("get", "/api/agenda"): None,
    ("post", "/api/agenda/{pk}/snooze"): Act.FOLLOW_UP,
    ("post", "/api/agenda/{pk}/hand-over"): Act.FOLLOW_UP,
    ("post", "/api/agenda/{pk}/done"): Act.FOLLOW_UP,
    ("get", "/api/conflicts"): None,
    ("post", "/api/conflicts"): Act.EDIT_CUSTOMERS,
    ("get", "/api/conflicts/{pk}"): None,
    ("post", "/api/conflicts/{pk}/decide"): Act.SETTLE,
    ("post", "/api/conflicts/{pk}/appeal"): None,
}
ARGS = {
    **dict.fromkeys([*BY_CUSTOMER, *BY_ORDER, *BY_ITEM, *BY_IMPORT, *BY_EXPORT, *BY_PERSON], (1,)),
    **dict.fromkeys([*BY_POOL, *BY_HANDOVER, *BY_PAIR, *BY_CONFLICT], (1,)),
    "mfa_edit_webauthn": (1,),
    "mfa_remove_webauthn": (1,),
    "role": ("seller",),
    "role-delete": ("gone",),
    "export-new": ("customers",),
    "cadence": ("potential",),
    "field": ("motive",),
    "field-move": ("motive",),
    "assignment-move": (1,),
    "asset-edit": (1, 1),
    "helper-end": (1, 1),
    "handover-briefing": (1, 1),
    "churn-rule-of": ("person",),
    "relation-kind": ("kin",),
    **dict.fromkeys(
        [
            name
            for name in BY_CUSTOMER
            if name.startswith(("point-", "person-", "relation-")) and not name.endswith("-new")
        ],
        (1, 1),
    ),
}
