# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules with a zip, as ansible-core builds them."""

from __future__ import annotations

import base64
import io
import os
import zipfile

_PACKAGE = "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)\n"
FILES = {
    "ansible/__init__.py": _PACKAGE,
    "ansible/module_utils/__init__.py": _PACKAGE,
    "ansible/module_utils/common/__init__.py": "",
    # Knows its place, as parts of ansible-core do.
    "ansible/module_utils/common/place.py": "import os, sys\n"
    "BASE = os.path.dirname(sys.modules['ansible'].__file__)\n",
    # Makes an alias, and adds a finder, as six does.
    "ansible/module_utils/six.py": "import sys, selectors\nsys.modules[__name__ + '.moves'] = selectors\n"
    "class Finder:\n    def find_spec(self, name, path=None, target=None): pass\n"
    "sys.meta_path.append(Finder())\n",
    "ansible/module_utils/basic.py": "import sys\nfrom ansible.module_utils import six\n"
    "from ansible.module_utils.common import place\nARGS = None\nLOADED = []\nVERSION = 1\n"
    "def deprecate(): return sys._getframe(1).f_code.co_filename\n"
    "def caller():\n    def inner(): return deprecate()\n    return inner()\n",
    # Imported by the module alone.
    "ansible/module_utils/extra.py": "def f(): return 1 / 0\n",
    "ansible/module_utils/wrong.py": "x x\n",
    "ansible/modules/__init__.py": "",
}
MODULE = """
import sys
from ansible.module_utils import basic, extra, six
from ansible.module_utils.common import place
import ansible.module_utils.six.moves as moves
import ansible.module_utils.extra
print(ansible.module_utils.basic is basic, ansible.module_utils.extra.__name__)
zip_path = sys.path[0]
print(basic.ARGS, basic.VERSION, basic.LOADED, place.BASE == zip_path + '/ansible', moves.__name__)
print([n for n in sys.modules if n.startswith('ansible')][-1:], len([f for f in sys.meta_path]))
for name in sorted(n for n in sys.modules if n.startswith('ansible.') and 'moves' not in n):
    module = sys.modules[name]
    print(name, {k: str(v).replace(zip_path, 'ZIP') for k, v in sorted(vars(module).items()) if k in SHOWN})
print(basic.caller().replace(zip_path, 'ZIP'), type(place.__loader__).__name__)
basic.LOADED.append(1)
try:
    from ansible.module_utils import wrong
except SyntaxError as exc:
    print(exc.lineno, exc.filename.replace(zip_path, 'ZIP'))
try:
    extra.f()
except ArithmeticError as exc:
    print(exc.__traceback__.tb_next.tb_frame.f_code.co_filename.replace(zip_path, 'ZIP'))
sys.exit(5)
"""
SHOWN = ("__file__", "__path__", "__package__", "__cached__", "__loader__", "__spec__", "__name__")
WRAPPER = """# coding: utf-8
_ANSIBALLZ_WRAPPER = True
def main():
    import sys
    sys.path = [p for p in sys.path if p not in ('', '.')]
    import base64, colorsys, os, runpy, shutil, tempfile
    zip_data = '{zip}'
    folder = tempfile.mkdtemp(prefix='ansible_test_payload_')
    try:
        path = os.path.join(folder, 'ansible_test_payload.zip')
        with open(path, 'wb') as file:
            file.write(base64.b64decode(zip_data))
        sys.path.insert(0, path)
        from ansible.module_utils import basic
        basic.ARGS = {arguments!r}
        runpy.run_module('ansible.modules.test', dict(SHOWN={shown!r}), '__main__', alter_sys=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
main()
"""


def zip_text(files: dict[str, str]) -> str:
    """Return a zip in base64. It has a file that cannot be compressed, as a real one is large."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
        archive.writestr(zipfile.ZipInfo("random"), os.urandom(6000))
    return base64.b64encode(data.getvalue()).decode()


def module_source(arguments: str = "a", module: str = MODULE, **files: str) -> bytes:
    """Return a module. files: texts instead of those in FILES, by the last part of the name."""
    replaced = {
        name: files.get(name.split("/")[-1].removesuffix(".py"), text) for name, text in FILES.items()
    }
    text = zip_text({**replaced, "ansible/modules/test.py": module})
    return WRAPPER.format(zip=text, arguments=arguments, shown=SHOWN).encode()
