# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run `ansible-test sanity` on what the archive holds; more arguments are passed on.

ansible-test requires the path ansible_collections/NAMESPACE/NAME, so the archive is unpacked into a
temporary folder with this path. The script runs the ansible-test of its own Python environment, which
keeps a virtual environment for each of its checks in ~/.ansible/test.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# ansible-test downloads this script, which is not possible on every machine. Each step is a separate
# process: the running pip must not import the modules of the new one.
GET_PIP = """\
import subprocess
import sys

packages = [name for name in sys.argv[1:] if not name.startswith("-")]
subprocess.check_call([sys.executable, "-m", "ensurepip"], stdout=subprocess.DEVNULL)
subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", *packages])
"""


def provide_get_pip() -> None:
    """Write the script into the cache of ansible-test, unless it is there already."""
    spec = find_spec("ansible_test")
    if spec is None or not spec.submodule_search_locations:
        sys.exit(
            f"{sys.executable} has no ansible-test. Run 'make venv' and then .venv/bin/python {__file__}"
        )
    source = Path(spec.submodule_search_locations[0], "_internal", "python_requirements.py").read_text()
    cache = Path.home() / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in set(re.findall(r"pip='([\d.]+)'", source)):
        script = cache / f"get_pip_{version.replace('.', '_')}.py"
        if not script.exists():
            script.write_text(GET_PIP)


def main() -> int:
    """Build the archive, unpack it and return the exit status of ansible-test."""
    provide_get_pip()
    programs = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "ansible_collections", "pyco", "cli")
        target.mkdir(parents=True)
        build = [str(programs / "ansible-galaxy"), "collection", "build", "--output-path", folder, str(ROOT)]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
        [archive] = Path(folder).glob("*.tar.gz")
        subprocess.run(["tar", "-xzf", archive, "-C", target], check=True)
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        test = [str(programs / "ansible-test"), "sanity", "--python", python, "--color", "no"]
        return subprocess.run([*test, *sys.argv[1:]], cwd=target, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
