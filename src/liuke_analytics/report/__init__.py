"""One order file in, one page and one summary out."""

from liuke_analytics.report.analysis import Analysis, analyse
from liuke_analytics.report.page import page
from liuke_analytics.report.summary import summary

__all__ = ["Analysis", "analyse", "page", "summary"]
