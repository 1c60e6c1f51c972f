"""Rows of a run in another layout: python -m graphs.export"""

from graphs.export.dataset import main

main()
