"""A search in a run's Global Memory: python -m memory.store"""

from memory.store.trajectories import main

main()
