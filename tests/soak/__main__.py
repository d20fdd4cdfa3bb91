# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the soak: `python -m tests.soak --minutes 10`. The exit status is 1 if a count is not zero."""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import sys
import tempfile

from .soak import Soak


def main() -> int:
    """Parse the arguments, run, and print the counts."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--clients", type=int, default=4, help="number of client processes")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    home = tempfile.mkdtemp(prefix="soak-")
    os.environ.update(HOME=home, PYCO_HOME=f"{home}/pyco")
    os.environ.pop("SSH_AUTH_SOCK", None)
    print(f"seed {options.seed}: {options.devices} devices, {options.minutes:g} minutes", flush=True)
    try:
        counts = Soak(
            seconds=60 * options.minutes,
            devices=options.devices,
            clients=options.clients,
            seed=options.seed,
        ).run()
    finally:
        shutil.rmtree(home)
    print(counts.report())
    return 0 if counts.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
