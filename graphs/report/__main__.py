"""The page of a run: python -m graphs.report"""

from graphs.report.page import main

main()
