"""What is read of tool files and live servers: python -m memory.corpus"""

from memory.corpus.corpus import main

main()
