"""A slot of a run in Studio: python -m graphs.studio RUN SLOT"""

from graphs.studio.slots import main

main()
