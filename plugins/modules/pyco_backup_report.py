# Copyright: the pyco contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: pyco_backup_report
short_description: Report the backups of a run, and commit them
version_added: 0.1.0
author: the pyco contributors (!UNKNOWN)
description:
  - Runs once for all hosts of the play, after M(pyco.cli.pyco_backup), on the control node.
  - Returns which configurations are new, changed or unchanged, and why others could not be read.
  - With O(git), commits the changes to the git repository in each folder of the backups. The repository is
    made if it is missing. Other changes in it are left as they are, also those in its index.
attributes:
  check_mode:
    description: Can run in check mode without changing the control node.
    support: full
options:
  variable:
    description: Variable that M(pyco.cli.pyco_backup) was registered as.
    type: str
    default: backup_result
  git:
    description: Commit the changes.
    type: bool
    default: false
  author:
    description: Author of the commit.
    type: str
    default: pyco <pyco@localhost>
  message:
    description:
      - Message of the commit. C({files}) is replaced by the names of the changed files, or by their number if
        they are more than three; then the names follow the message.
    type: str
    default: Update {files}
  remove_obsolete:
    description:
      - With O(git), remove the files of hosts that are not in the inventory any more, or in another group
        now, and commit that. Earlier commits still have them. A file that is not in the last commit is left.
    type: bool
    default: false
seealso:
  - module: pyco.cli.pyco_backup
"""

EXAMPLES = r"""
- name: Back up the configuration
  pyco.cli.pyco_backup:
  register: backup_result

- name: Commit the changes
  pyco.cli.pyco_backup_report:
    git: true
    message: Update {files} before the maintenance
"""

RETURN = r"""
report:
  description: Lines of text.
  returned: always
  type: list
  elements: str
  sample: ["1 changed: r1", "12 unchanged", "failed: r3: No answer within 30 s."]
hosts:
  description: V(new), V(changed), V(unchanged) or V(failed) for each host.
  returned: always
  type: dict
  sample: {"r1": "changed"}
commits:
  description: Folder and id of each commit.
  returned: always
  type: list
  elements: dict
  sample: [{"folder": "/srv/backups", "commit": "4fd1a20"}]
obsolete:
  description: Files of hosts that are not in the inventory any more, or in another group now.
  returned: always
  type: list
  elements: str
  sample: []
removed:
  description: Those of the obsolete files that were removed.
  returned: always
  type: list
  elements: str
  sample: []
pyco:
  description: Details of an error, with the keys that M(pyco.cli.pyco_command) documents.
  returned: if a backup or a commit failed
  type: dict
"""
