"""python -m liuke_analytics"""

from liuke_analytics.cli import main

main(prog_name="liuke-analytics")
