"""``python -m benchmarks [rows…] [--quick] [--json FILE]``"""

import os

# One thread for everybody. A BLAS reads these when numpy is imported, so they come first.
ONE_THREAD = "OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS VECLIB_MAXIMUM_THREADS"


def main() -> int:
    os.environ.update(dict.fromkeys(ONE_THREAD.split(), "1"))
    from .command import run

    return run()


if __name__ == "__main__":
    raise SystemExit(main())
