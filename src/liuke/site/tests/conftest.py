from liuke.site.tests.seats import world

__all__ = ["world"]
