# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run `ansible-test sanity` on what the archive holds; further arguments go to ansible-test.

ansible-test wants a collection to lie in ansible_collections/NAMESPACE/NAME, so the archive is
unpacked there, in a temporary folder. The ansible-test used is that of the Python that runs this
script; it keeps a virtual environment for each of its checks in ~/.ansible/test.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# ansible-test fetches this script from a site of its own, which not every machine reaches. Each
# step is a process of its own: the new pip must not be imported over the one that is installing it.
GET_PIP = """\
import subprocess
import sys

packages = [word for word in sys.argv[1:] if not word.startswith("-")]
subprocess.check_call([sys.executable, "-m", "ensurepip"], stdout=subprocess.DEVNULL)
subprocess.check_call([sys.executable, "-m", "pip", "install", "--quiet", *packages])
"""


def provide_get_pip() -> None:
    """Lay the script where ansible-test looks for one it has fetched before; one it has fetched stays."""
    spec = find_spec("ansible_test")
    if spec is None or not spec.submodule_search_locations:
        sys.exit(
            f"{sys.executable} has no ansible-test: run 'make venv' and then .venv/bin/python {__file__}"
        )
    source = Path(spec.submodule_search_locations[0], "_internal", "python_requirements.py").read_text()
    cache = Path.home() / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in set(re.findall(r"pip='([\d.]+)'", source)):
        script = cache / f"get_pip_{version.replace('.', '_')}.py"
        if not script.exists():
            script.write_text(GET_PIP)


def main() -> int:
    provide_get_pip()
    programs = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "ansible_collections", "pyco", "cli")
        target.mkdir(parents=True)
        build = [programs / "ansible-galaxy", "collection", "build", "--output-path", folder, ROOT]
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
        [archive] = Path(folder).glob("*.tar.gz")
        subprocess.run(["tar", "-xzf", archive, "-C", target], check=True)
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        test = [programs / "ansible-test", "sanity", "--python", python, "--color", "no", *sys.argv[1:]]
        return subprocess.run(test, cwd=target, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
