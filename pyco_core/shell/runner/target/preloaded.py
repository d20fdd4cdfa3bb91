# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules that every module of an ansible-core imports, loaded once and inherited by each process."""

from __future__ import annotations

import contextlib
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import io
import pkgutil
import sys
import types
import zipimport
from collections.abc import Sequence

from .payloads import CODE_PREFIX, Payloads, renamed_code, zips_unread

# The first one that the zip has is imported by the wrapper of every module: ansible-core 2.19, and before.
FIRST_IMPORTS = ("ansible.module_utils._internal._ansiballz._loader", "ansible.module_utils.basic")


def zip_name(name: str, files: dict[str, bytes]) -> str:
    """Return the name of a module's source in the zip, "" if it has none."""
    stem = name.replace(".", "/")
    return next((file for file in (stem + "/__init__.py", stem + ".py") if file in files), "")


class MemoryImporter(importlib.abc.Loader, importlib.abc.MetaPathFinder):
    """A finder and loader of the sources of a zip that is not on the disk."""

    def __init__(self, files: dict[str, bytes], payloads: Payloads) -> None:
        self._files = files
        self._payloads = payloads

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the specification of a module in the zip, None for another module."""
        file = zip_name(name, self._files)
        if not file:
            return None
        folder = [CODE_PREFIX + file[: -len("/__init__.py")]] if file.endswith("/__init__.py") else None
        return importlib.util.spec_from_file_location(
            name, CODE_PREFIX + file, loader=self, submodule_search_locations=folder
        )

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """Leave the creation to Python."""

    def exec_module(self, module: types.ModuleType) -> None:
        """Run the code of the module."""
        file = zip_name(module.__name__, self._files)
        exec(self._payloads.codes[self._files[file]], vars(module))


def is_ansible(name: str) -> bool:
    """Tell whether a module comes with an Ansible module."""
    return name.partition(".")[0] in ("ansible", "ansible_collections")


def depth(name: str) -> int:
    """Return the number of packages around a module."""
    return name.count(".")


def is_ansible_file(name: str, module: types.ModuleType) -> bool:
    """Tell whether a module was loaded from a file of its own, of an Ansible that is on the host."""
    return module.__name__ == name and hasattr(module, "__file__")


def is_from_zip(loader: object, path: str) -> bool:
    """Tell whether a module is loaded from a zip."""
    return isinstance(loader, zipimport.zipimporter) and loader.archive == path


def preload(files: dict[str, bytes], payloads: Payloads) -> Preloaded | None:
    """Return the preloaded modules of a zip, None if it cannot be preloaded."""
    try:
        return Preloaded(files, payloads)
    except ImportError:
        return None


def mentions(code: types.CodeType, part: str) -> bool:
    """Tell whether a function, or one inside of it, uses a name with this part."""
    inner = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return any(part in name for name in code.co_names) or any(mentions(one, part) for one in inner)


class Preloaded:
    """Loaded modules of one zip. They are not in sys.modules before `install`.

    files: the sources, by their name in the zip. Raises ImportError if the zip cannot be preloaded.
    """

    def __init__(self, files: dict[str, bytes], payloads: Payloads) -> None:
        self._payloads = payloads
        self._modules: dict[str, types.ModuleType] = {}
        self._others: dict[str, types.ModuleType] = {}  # aliases, and modules that six makes
        self._finders = sys.meta_path[:0]  # those that six adds
        self._load(files)
        self.files = {file: files[file] for file in (zip_name(name, files) for name in self._modules)}
        scopes = {id(vars(module)) for module in self._modules.values()}
        # Functions whose file name ansible-core looks at, to tell who deprecates something.
        self._functions = [
            (found, found.__globals__["__name__"])
            for found in gc.get_objects()
            if isinstance(found, types.FunctionType)
            and id(found.__globals__) in scopes
            and mentions(found.__code__, "deprecat")
        ]

    def fits(self, files: dict[str, bytes]) -> bool:
        """Return True if a zip has exactly the sources that are loaded."""
        return all(files.get(file) == source for file, source in self.files.items())

    def _load(self, files: dict[str, bytes]) -> None:
        importer = MemoryImporter(files, self._payloads)
        finders = list(sys.meta_path)
        names = [name for name in FIRST_IMPORTS if zip_name(name, files)][:1]
        sys.meta_path.insert(0, importer)
        # A module may print and exit, on a Python that is too old for it.
        ignored = io.StringIO()
        with contextlib.redirect_stdout(ignored), contextlib.suppress(Exception, SystemExit):
            names = [name for name in names if importlib.import_module(name) is None]
        sys.meta_path.remove(importer)
        self._finders = [finder for finder in sys.meta_path if finder not in finders]
        sys.meta_path[:] = finders
        for name in sorted(filter(is_ansible, sys.modules), key=depth):  # packages before their modules
            module = sys.modules.pop(name)
            ours = getattr(module.__spec__, "loader", None) is importer
            (self._modules if ours else self._others).update({name: module})
        strange = [name for name, module in self._others.items() if is_ansible_file(name, module)]
        if names or strange:
            raise ImportError

    def install(self) -> bool:
        """Put the modules into sys.modules, as if they had been imported from the zip in sys.path.

        Return False, with nothing changed, if sys.path leads to anything else.
        """
        with zips_unread():
            is_complete = all(self._place(name) for name in self._modules)
        if is_complete:
            sys.modules.update(self._others)
            sys.meta_path.extend(self._finders)
            self._rename()
        else:
            for name in self._modules:
                sys.modules.pop(name, None)
        return is_complete

    def _place(self, name: str) -> bool:
        """Put one module into sys.modules, unless it would not come from the zip."""
        spec = self._spec(name)
        if spec is None or not is_from_zip(spec.loader, sys.path[0]):
            return False
        self._settle(self._modules[name], spec)
        sys.modules[name] = self._modules[name]
        return True

    def _spec(self, name: str) -> importlib.machinery.ModuleSpec | None:
        parent = name.rpartition(".")[0]
        path = sys.modules[parent].__path__ if parent else None
        return importlib.machinery.PathFinder.find_spec(name, path)

    def _settle(self, module: types.ModuleType, spec: importlib.machinery.ModuleSpec) -> None:
        """Give a module the attributes that an import from the zip gives."""
        attributes = vars(module)
        attributes.update(__spec__=spec, __loader__=spec.loader, __file__=spec.origin)
        attributes.pop("__cached__", None)
        attributes.update({"__cached__": spec.cached} if spec.cached else {})
        if spec.submodule_search_locations is not None:
            attributes.update(__path__=list(spec.submodule_search_locations))
            if b"extend_path" in self._source(spec.name):
                attributes.update(__path__=pkgutil.extend_path(attributes["__path__"], spec.name))

    def _source(self, name: str) -> bytes:
        return self.files[zip_name(name, self.files)]

    def _rename(self) -> None:
        """Repeat the parts that depend on the place of the zip: readers of `__file__`, and file names."""
        for name, module in self._modules.items():
            source = self._source(name)
            if "__file__" in self._payloads.codes[source].co_names:
                exec(self._payloads.code(source, vars(module)["__file__"]), vars(module))
        for function, name in self._functions:
            function.__code__ = renamed_code(function.__code__, vars(self._modules[name])["__file__"])


class PreloadedFinder(importlib.abc.Loader, importlib.abc.MetaPathFinder):
    """A finder that installs preloaded modules when the wrapper of a module imports `ansible`."""

    def __init__(self, preloaded: Preloaded) -> None:
        self._preloaded = preloaded
        self._ansible = types.ModuleType("ansible")
        self._attributes: dict[str, object] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return a specification of the loaded `ansible`, None for other modules."""
        if name != "ansible":
            return None
        sys.meta_path.remove(self)
        if not self._preloaded.install():
            return None
        self._ansible = sys.modules.pop(name)  # or Python would load it again
        self._attributes = dict(vars(self._ansible))
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        """Return the loaded module."""
        return self._ansible

    def exec_module(self, module: types.ModuleType) -> None:
        """Restore the attributes that the import machinery has replaced."""
        vars(module).update(self._attributes)
