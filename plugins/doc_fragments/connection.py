# Copyright: the pyco contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    """Options of the connections: how to reach a device, and how to keep its session.

    An option that may hold a secret has the type raw and is checked by plugin_utils/_hops.py: Ansible repeats
    a value of the wrong type in its error.
    """

    DOCUMENTATION = r"""
requirements:
  - paramiko and pexpect, on the control node
notes:
  - Nothing has to be installed on the device.
  - For the first login of the route C(~/.ssh/config) and C(/etc/ssh/ssh_config) are read (C(HostName),
    C(User), C(Port), C(IdentityFile), C(CertificateFile), C(ProxyJump), C(ProxyCommand) and the algorithms),
    and the keys of the ssh agent are tried.
  - Sessions stay open after the task, see O(persist). C(meta=reset_connection) closes the session.
  - With C(-vvv) the lines that are sent and received are shown for every hop, with secrets masked, unless
    the task has C(no_log).
options:
  host:
    description:
      - Address of the device as seen from the last hop. Overrides the host in O(url).
      - The default is C(inventory_hostname).
    type: raw
    vars:
      - name: ansible_host
      - name: ansible_ssh_host
  inventory_hostname:
    description: Name of the device in the inventory. Set by Ansible.
    type: string
    vars:
      - name: inventory_hostname
  port:
    description: Port of the device. The default is 22 for V(ssh) and 23 for V(telnet). V(exec) has none.
    type: int
    vars:
      - name: ansible_port
      - name: ansible_ssh_port
    keyword:
      - name: port
  protocol:
    description:
      - Protocol of the login to the device. The default is V(exec) with O(command), otherwise the protocol in
        O(url), or V(ssh).
      - With V(exec) a program leads to the device, see O(command).
    type: string
    choices: [ssh, telnet, exec]
    vars:
      - name: ansible_pyco_protocol
    env:
      - name: PYCO_PROTOCOL
    ini:
      - section: pyco
        key: protocol
  command:
    description:
      - Program that leads to the device, with its arguments, such as V(ip netns exec r1 bash),
        V(picocom -q /dev/ttyS0) or V(kubectl exec -it pod -- sh). O(host) and O(port) do not count.
      - Without hops, the program runs on the control node on a terminal of its own. The command is split into
        arguments as by a POSIX shell, but no shell runs, so that nothing is expanded or redirected; use
        V(sh -c) for that. The folder is C(/), and the environment has only the variables that the broker
        needs, such as C(PATH) and C(HOME), with their values at its start; C(env NAME=value) sets others.
      - Behind a hop, the command is typed into its command line as it is, so that it may also be a command of
        a network device, such as V(attach module 5) or V(telnet 10.0.0.1 /vrf mgmt).
      - O(remote_user) and O(password) answer the questions of the program, as at a serial console. A password
        in the command itself can be seen by all users of the host, and is not masked.
      - All processes that the program started in its session end with it.
    type: raw
    vars:
      - name: ansible_pyco_command
  remote_user:
    description: User name of the login. Not needed for a telnet device that asks only for a password.
    type: raw
    vars:
      - name: ansible_user
      - name: ansible_ssh_user
    env:
      - name: ANSIBLE_REMOTE_USER
    ini:
      - section: defaults
        key: remote_user
    cli:
      - name: user
        option: --user
    keyword:
      - name: remote_user
  password:
    description:
      - Password of the user, or of the device if it asks for no user name.
      - An empty string is an empty password, and is typed as an empty line. With V(ssh) it is tried after
        the keys.
    type: raw
    vars:
      - name: ansible_password
      - name: ansible_ssh_pass
      - name: ansible_ssh_password
  private_key_file:
    description: Private key file on the control node. Used for the device and for every hop.
    type: path
    vars:
      - name: ansible_private_key_file
      - name: ansible_ssh_private_key_file
    env:
      - name: ANSIBLE_PRIVATE_KEY_FILE
    ini:
      - section: defaults
        key: private_key_file
    cli:
      - name: private_key_file
        option: --private-key
  private_key_passphrase:
    description: Passphrase of O(private_key_file).
    type: raw
    vars:
      - name: ansible_private_key_passphrase
      - name: ansible_ssh_private_key_passphrase
      - name: ansible_pyco_private_key_passphrase
  become_password:
    description:
      - Password for the C(enable) mode of a network device.
      - If C(become) is on, the password of the become plugin (such as that of C(--ask-become-pass)) takes
        precedence.
      - An empty string is an empty password, and is typed as an empty line.
    type: raw
    vars:
      - name: ansible_enable_pass
      - name: ansible_become_pass
      - name: ansible_become_password
  username_prompt:
    description:
      - Regular expression of the question for the user name, for a device with another one than its driver
        expects. It matches up to the end of an unfinished line, such as V(Operator ID:).
      - It is added to those of the driver, and counts only where a user name is typed, in the login and at
        C(enable).
    type: string
    vars:
      - name: ansible_pyco_username_prompt
  password_prompt:
    description: Regular expression of the question for the password, see O(username_prompt).
    type: string
    vars:
      - name: ansible_pyco_password_prompt
  url:
    description:
      - The login as one URL, C([protocol://][user[:password]@]host[:port][/driver]). Individual options
        override parts of the URL.
      - User and password may be percent-encoded, and must be if they contain V(@), V(:) or V(/).
      - The URL of a program is C(exec://[user[:password]@]command), see O(command). It is the command up to
        its end, without a driver. User and password contain no blank. V(%) in front of two hexadecimal digits
        is V(%25).
    type: raw
    vars:
      - name: ansible_pyco_url
  driver:
    description:
      - Name of the driver, which defines the prompts, modes and commands of the platform.
      - The default is the driver for O(network_os). If there is none, it is V(common), which detects the
        prompt.
      - With V(auto) the platform is recognized from the output of the login and of at most two show
        commands. The result is remembered for the next login.
    type: string
    vars:
      - name: ansible_pyco_driver
    env:
      - name: PYCO_DRIVER
    ini:
      - section: pyco
        key: driver
  network_os:
    description: Platform of the device, such as V(cisco.ios.ios), as other collections name it.
    type: string
    vars:
      - name: ansible_network_os
  hops:
    description:
      - Hops on the route to the device, in order.
      - Each is a URL as in O(url), or a dictionary with C(host) and optionally C(port), C(user),
        C(password), C(protocol), C(driver), C(network_os), C(private_key_file), C(private_key_passphrase),
        C(become_password), C(username_prompt), C(password_prompt), C(command) and C(url), which mean the
        same as the options of this plugin.
      - The lookup P(pyco.cli.via#lookup) returns the hops for hosts of the inventory.
      - A port of a console server with a login of its own is a hop with the driver C(console_server). The
        device's login follows on the same connection. If its port is not the usual one of its protocol, it is
        the number to choose in a menu of the server.
      - A string is split at commas; a comma in a URL is V(%2C).
    type: raw
    default: []
    vars:
      - name: ansible_pyco_hops
    env:
      - name: PYCO_HOPS
    ini:
      - section: pyco
        key: hops
  routes:
    description:
      - Routes to the device, in order. The first one that works is used. Mutually exclusive with O(hops).
      - Each is a list as in O(hops). An empty list is the direct route.
      - A route can also be a dictionary with the list as C(hops), and with C(host), C(port), C(user),
        C(password), C(protocol), C(command) and C(driver) of the device if they differ on this route, as on
        the port of a console server. With C(protocol) and without C(port), the port is the usual one of the
        protocol.
      - O(connect_timeout) is for each route.
      - The next route is tried if a hop fails, or if the device cannot be reached. It is not tried if the
        login to the device itself fails, because the device may lock the account.
      - A session that the broker holds is used first, over any of the routes.
    type: raw
    default: []
    vars:
      - name: ansible_pyco_routes
  connect_timeout:
    description: Timeout in seconds for connecting the whole route, up to the prompt of the device.
    type: float
    default: 30
    vars:
      - name: ansible_pyco_connect_timeout
    env:
      - name: PYCO_CONNECT_TIMEOUT
    ini:
      - section: pyco
        key: connect_timeout
  command_timeout:
    description: Timeout in seconds for one command, up to the next prompt.
    type: float
    default: 30
    vars:
      - name: ansible_command_timeout
      - name: ansible_pyco_command_timeout
    env:
      - name: PYCO_COMMAND_TIMEOUT
    ini:
      - section: pyco
        key: command_timeout
  host_key_checking:
    description:
      - Fail if the host key of the device or of an ssh hop is unknown or has changed, as C(ssh) does with
        C(StrictHostKeyChecking=yes). C(StrictHostKeyChecking) of the ssh configuration has no effect.
      - A key that C(RevokedHostKeys) of the ssh configuration lists is always an error.
      - If a network device is a hop, and its C(ssh) command is not known to check keys, the C(notices) of the
        first command say so.
      - Must be a boolean such as V(yes) or V(no); any other value is an error.
    type: raw
    default: true
    vars:
      - name: ansible_host_key_checking
      - name: ansible_ssh_host_key_checking
      - name: ansible_pyco_host_key_checking
    env:
      - name: ANSIBLE_HOST_KEY_CHECKING
    ini:
      - section: defaults
        key: host_key_checking
  known_hosts:
    description:
      - File of known host keys. The default for the first login of the route is C(UserKnownHostsFile),
        C(GlobalKnownHostsFile) and C(KnownHostsCommand) of the ssh configuration, and without them
        C(~/.ssh/known_hosts) and C(/etc/ssh/ssh_known_hosts), which are used for all other logins.
      - C(@revoked) and C(@cert-authority) lines count, and certificates of hosts are checked.
    type: path
    vars:
      - name: ansible_pyco_known_hosts
    env:
      - name: PYCO_KNOWN_HOSTS
    ini:
      - section: pyco
        key: known_hosts
  ssh_config:
    description:
      - The only ssh configuration file for the first login of the route. The default is C(~/.ssh/config) and,
        after it, C(/etc/ssh/ssh_config).
    type: path
    vars:
      - name: ansible_pyco_ssh_config
    env:
      - name: PYCO_SSH_CONFIG
    ini:
      - section: pyco
        key: ssh_config
  ssh_type:
    description:
      - The ssh client. V(openssh) is the C(ssh) command of the control node, for features that paramiko
        lacks.
    type: string
    choices: [paramiko, openssh]
    default: paramiko
    vars:
      - name: ansible_pyco_ssh_type
    env:
      - name: PYCO_SSH_TYPE
    ini:
      - section: pyco
        key: ssh_type
  ssh_algorithms:
    description:
      - Old ssh algorithms to allow on this route, separated by commas, such as
        V(+ssh-rsa,diffie-hellman-group14-sha1,aes128-cbc), for devices that have nothing newer. Those with
        SHA-1, CBC, 3des or MD5 are not offered otherwise, except V(hmac-sha1). They are used only if
        the host has no better one. The error of a failed negotiation names them.
    type: string
    vars:
      - name: ansible_pyco_ssh_algorithms
    env:
      - name: PYCO_SSH_ALGORITHMS
    ini:
      - section: pyco
        key: ssh_algorithms
  forward:
    description:
      - How to get through an ssh hop. V(always) uses TCP forwarding. V(never) types the C(ssh) or C(telnet)
        command into the shell of the hop. V(auto) uses forwarding if the hop allows it, and its shell
        otherwise, but not for an ssh host whose key is in the known hosts of the controller.
      - A hop whose shell is used checks the key of the next ssh host against its own known hosts, and sees
        everything that is typed, passwords included. Network devices without a store of keys check none.
    type: string
    choices: [auto, never, always]
    default: auto
    vars:
      - name: ansible_pyco_forward
    env:
      - name: PYCO_FORWARD
    ini:
      - section: pyco
        key: forward
  driver_path:
    description:
      - Extra driver folders, searched before C(drivers) next to the playbook, C($PYCO_HOME/drivers) and
        the drivers of the collection. The first match wins.
      - A driver names commands to type, and Python code in a file C(NAME.py) beside it runs on this machine.
        So the current directory is not searched for an ad hoc command (C(ansible) without
        C(--playbook-dir)). A folder or file is an error if it or a folder above it belongs to another user
        than this one, root or the caller of sudo, or if others may write it.
      - Sessions with a folder here, or beside the playbook, that has Python files are kept by a broker of
        their own, so that the code does not run in the process that has the passwords of other projects.
    type: pathlist
    default: []
    vars:
      - name: ansible_pyco_driver_path
    env:
      - name: PYCO_DRIVER_PATH
    ini:
      - section: pyco
        key: driver_path
  pipelining:
    description:
      - Pass a module to a host as the input of its interpreter, instead of a file. With V(false) a program of
        C(become) gets a terminal, as C(requiretty) of sudoers demands.
    type: boolean
    default: true
    vars:
      - name: ansible_pipelining
    env:
      - name: ANSIBLE_PIPELINING
    ini:
      - section: defaults
        key: pipelining
      - section: connection
        key: pipelining
  runner:
    description:
      - With V(auto), a Python that stays on the host runs the modules, each in a process of its own. It is
        started once for a session, C(become) user and environment of the interpreter, and ends with the
        session. Nothing of it is written to the disk.
      - It needs Python 3.6 or newer, 3.8 for its full speed, and O(pipelining). Any other module is run as
        with V(never), by an interpreter of its own.
      - C(-vvv) shows which modules it has run.
    type: str
    choices: [auto, never]
    default: auto
    vars:
      - name: ansible_pyco_runner
    env:
      - name: ANSIBLE_PYCO_RUNNER
    ini:
      - section: pyco
        key: runner
  persist:
    description:
      - Time in seconds that an unused session stays open. It is kept by the broker, a background process of
        the user, which is started on demand and ends when it has no sessions. All forks and later runs of
        Ansible share the sessions.
      - The next task sees nothing that a task did to the session. On a host with a shell it gets a fresh
        shell if a command may have changed the shell, such as C(cd). On a network device it begins in the
        mode after the login or of C(become).
      - V(0) disables the broker. Every task logs in again.
    type: float
    default: 60
    vars:
      - name: ansible_pyco_persist
    env:
      - name: PYCO_PERSIST
    ini:
      - section: pyco
        key: persist
  sessions:
    description:
      - Number of sessions that the broker opens with the device at the same time. A further one is opened if
        a task has waited half a second for the open ones, up to this number. Then tasks wait in turn.
      - V(1) is for a device with few lines (vty), or with one candidate configuration for all its sessions.
    type: int
    default: 4
    vars:
      - name: ansible_pyco_sessions
    env:
      - name: PYCO_SESSIONS
    ini:
      - section: pyco
        key: sessions
  session_timeout:
    description:
      - Timeout in seconds for the wait while other tasks use all O(sessions) of the device. It comes before
        O(connect_timeout) and does not count for it.
    type: float
    default: 300
    vars:
      - name: ansible_pyco_session_timeout
    env:
      - name: PYCO_SESSION_TIMEOUT
    ini:
      - section: pyco
        key: session_timeout
  max_output:
    description:
      - Limit in MiB for the output of one command. A device that sends more is disconnected, so that it
        cannot exhaust the memory of the broker; the error is C(OutputTooLarge).
      - Fixed limits are 1 MiB and 16384 lines for a login before its prompt, and 256 KiB for the options of
        one telnet connection.
    type: int
    default: 64
    vars:
      - name: ansible_pyco_max_output
    env:
      - name: PYCO_MAX_OUTPUT
    ini:
      - section: pyco
        key: max_output
  playbook_dir:
    description: Directory of the playbook. Set by Ansible.
    type: path
    vars:
      - name: playbook_dir
  transcript:
    description:
      - Directory for session logs, one file per device, with secrets masked. By default no logs are
        written.
    type: path
    vars:
      - name: ansible_pyco_transcript
    env:
      - name: PYCO_TRANSCRIPT
    ini:
      - section: pyco
        key: transcript
"""
