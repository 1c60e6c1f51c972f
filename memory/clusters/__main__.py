"""Tools to Business Clusters: python -m memory.clusters"""

from memory.clusters.build import main

main()
