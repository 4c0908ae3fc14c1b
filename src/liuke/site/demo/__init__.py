"""The demo: a simulated firm with three years of history as of today, and its people.

Everything is invented and seeded; a day and a seed give the same firm every time.
"""

from liuke.site.demo.hands import change_hands
from liuke.site.demo.loading import build
from liuke.site.demo.people import PEOPLE, is_demo, sign_ins
from liuke.site.demo.profiles import PROFILES

__all__ = ["PEOPLE", "PROFILES", "build", "change_hands", "is_demo", "sign_ins"]
