# Copyright: the pyco contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: backup
short_description: Return the backup of a device's configuration
version_added: 0.1.0
author: the pyco contributors (!UNKNOWN)
description:
  - Returns the text that M(pyco.cli.pyco_backup) has stored for a host, or the text of an older revision.
options:
  _terms:
    description: Names of hosts.
    type: list
    elements: str
    required: true
  folder:
    description: Folder of the backups; a relative path begins at the playbook.
    # A relative path of the type `path` would begin at the working directory.
    type: str
    default: backups
  group:
    description: Subfolder of the file.
    type: str
    default: ''
  revision:
    description: Revision of the git repository in the folder, such as a commit or V(HEAD~2).
    type: str
    default: ''
notes:
  - The result contains secrets.
seealso:
  - module: pyco.cli.pyco_backup
"""

EXAMPLES = r"""
- name: Restore the configuration before the last three commits
  pyco.cli.pyco_config:
    content: "{{ lookup('pyco.cli.backup', inventory_hostname, revision='HEAD~3') }}"
    replace: full
"""

RETURN = r"""
_raw:
  description: The texts.
  type: list
  elements: str
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase
from ansible_collections.pyco.cli.plugins.plugin_utils import _backup, _core


class LookupModule(LookupBase):
    """The backups of hosts."""

    def run(
        self, terms: Sequence[Any], variables: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> list[str]:
        """Return the texts for these hosts. Raises AnsibleLookupError."""
        self.set_options(var_options=variables, direct=kwargs)
        folder = _backup.folder(self._loader, self.get_option("folder"))
        group, revision = str(self.get_option("group")), str(self.get_option("revision"))
        try:
            files = [_core.backup_file(str(host), group) for host in self._flatten(terms)]
            return [_core.backup_text(folder, file, revision) for file in files]
        except _core.PycoError as exc:
            raise AnsibleLookupError(str(exc)) from exc
