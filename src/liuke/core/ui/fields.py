"""A form field: label above, hint or error below, tied together for screen readers."""

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from liuke.core.ui.assets import icon_svg


def field_html(bound: BoundField, hint: str = "", label: str = "") -> SafeString:
    """The whole field; the widget keeps its own attributes."""
    bound.label = label or bound.label
    if bound.is_hidden:
        return bound.as_widget()
    below, below_id = _below(bound, hint or str(bound.help_text))
    widget = bound.field.widget
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return _group(bound, below, below_id)
    if isinstance(widget, forms.CheckboxInput):
        return format_html(
            '<div class="lk-field"><label class="lk-check">{}{}</label>{}</div>',
            bound.as_widget(attrs=_attrs(bound, "form-check-input", below_id)),
            bound.label,
            below,
        )
    css = "form-select" if isinstance(widget, forms.Select) else "form-control"
    return format_html(
        '<div class="lk-field"><label for="{}">{}{}</label>{}{}</div>',
        bound.id_for_label,
        bound.label,
        _required(bound),
        bound.as_widget(attrs=_attrs(bound, css, below_id)),
        below,
    )


def _attrs(bound: BoundField, css: str, below_id: str) -> dict[str, str | bool]:
    own = bound.field.widget.attrs.get("class", "")
    attrs: dict[str, str | bool] = {"class": f"{css} {own}".strip()}
    if isinstance(bound.field.widget, forms.Textarea) and bound.field.widget.attrs["rows"] == "10":
        # Django's default would fill half a drawer; the field can be pulled larger.
        attrs["rows"] = "3"
    if "placeholder" in bound.field.widget.attrs:
        # The label says it already, and stays when something is typed.
        attrs["placeholder"] = False
    if below_id:
        attrs["aria-describedby"] = below_id
    if bound.errors:
        attrs |= {"class": f"{attrs['class']} is-invalid", "aria-invalid": "true"}
    return attrs


def _below(bound: BoundField, hint: str) -> tuple[SafeString, str]:
    below_id = f"{bound.auto_id or bound.html_name}-below"
    if bound.errors:
        lines = format_html_join(SafeString("<br>"), "{}", ((error,) for error in bound.errors))
        error = format_html(
            '<p class="lk-error" id="{}">{}<span>{}</span></p>',
            below_id,
            icon_svg("alert-circle"),
            lines,
        )
        return error, below_id
    if hint:
        return format_html('<p class="lk-hint" id="{}">{}</p>', below_id, hint), below_id
    return SafeString(""), ""


def _group(bound: BoundField, below: SafeString, below_id: str) -> SafeString:
    choices = format_html_join(
        "", "<label>{}{}</label>", ((c.tag(), c.choice_label) for c in bound.subwidgets)
    )
    return format_html(
        '<fieldset class="lk-field"{}><legend>{}{}</legend>'
        '<div class="lk-results">{}</div>{}</fieldset>',
        format_html(' aria-describedby="{}"', below_id) if below_id else "",
        bound.label,
        _required(bound),
        choices,
        below,
    )


def _required(bound: BoundField) -> SafeString:
    if not bound.field.required:
        return SafeString("")
    return SafeString(' <span class="req" aria-hidden="true">*</span>')
