"""How diverse runs are: python -m evals.diversity"""

from evals.diversity.arms import main

main()
