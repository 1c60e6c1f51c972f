"""The old name of `python -m memory.corpus`, for one release."""

import sys

from memory.corpus.corpus import main

if __name__ == "__main__":
    print("graphs.corpus is memory.corpus now; this name goes with the next release", file=sys.stderr)
    main()
