# Copyright: the pyco contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: pyco_facts
short_description: Read facts of a device
version_added: 0.1.0
author: the pyco contributors (!UNKNOWN)
description:
  - Reads facts of a network device or a Linux host over the connection P(pyco.cli.pyco#connection), in one
    schema for all platforms.
  - The driver of the platform has the commands, and ntc-templates, ttp-templates or the driver parses
    their outputs. A fact that the platform does not give is absent.
  - With this connection C(gather_facts=true) reads facts of a network device in the same way if
    C(ansible_network_os) is not set. Set C(ansible_facts_modules) to V(pyco.cli.pyco_facts) otherwise.
extends_documentation_fragment:
  - pyco.cli.action
attributes:
  facts:
    description: Returns facts of the device.
    support: full
options:
  gather_subset:
    description:
      - Facts to read. V(min) is hostname, vendor, model, version, serial number and uptime, and is always
        a part unless it is excluded with V(!min).
      - V(interfaces), V(neighbors) (LLDP and CDP), V(arp), V(mac) (the MAC address table), V(bgp) (BGP
        peers), V(config) (the running configuration), V(all). A name with V(!) is excluded; only excluded
        names mean all the others.
      - V(default), V(hardware) and V(network) of vendors' modules are accepted, too.
    type: list
    elements: str
    default: [min]
"""

EXAMPLES = r"""
- name: Read hostname, version, model, serial number and uptime
  pyco.cli.pyco_facts:

- name: Read everything but the configuration
  pyco.cli.pyco_facts:
    gather_subset: '!config'

- name: Read interfaces and BGP peers
  pyco.cli.pyco_facts:
    gather_subset: [interfaces, bgp]
"""

RETURN = r"""
route:
  description: Hops in order and the device, of the route in use, without passwords.
  returned: if the connection has several routes (C(ansible_pyco_routes)) and logged in
  type: list
  elements: str
  sample: ["ssh://ops@cs1.example.net:22", "telnet://cisco@10.0.0.9:2003"]
ansible_facts:
  description: Facts of the device.
  returned: always
  type: dict
  contains:
    ansible_pyco:
      description:
        - All facts in the schema of pyco. C(hostname), C(vendor), C(model), C(version), C(serial), C(uptime)
          in seconds; C(interfaces) by name with C(enabled), C(up), C(description), C(mtu), C(speed) in
          Mbit/s, C(mac), C(ipv4) and C(ipv6) by address with C(prefix_length); C(neighbors), C(arp),
          C(mac_table), C(bgp_peers), C(config.running).
        - C(unavailable) has the reason for each command that gave no facts.
      returned: always
      type: dict
      sample: {hostname: r1, vendor: Cisco, model: CISCO2911/K9, version: 15.7(3)M8, uptime: 7629660}
    ansible_net_hostname:
      description: Name of the device. This and the following are the names of vendors' facts modules.
      returned: if the device gives it
      type: str
      sample: r1
    ansible_net_version:
      description: Version of the operating system.
      returned: if the device gives it
      type: str
      sample: 15.7(3)M8
    ansible_net_model:
      description: Model of the device.
      returned: if the device gives it
      type: str
      sample: CISCO2911/K9
    ansible_net_serialnum:
      description: Serial number.
      returned: if the device gives it
      type: str
      sample: SIM00000001
    ansible_net_system:
      description: Driver of the device.
      returned: always
      type: str
      sample: cisco_ios
    ansible_net_gather_subset:
      description: Facts that were asked for.
      returned: always
      type: list
      elements: str
      sample: [min]
    ansible_net_interfaces:
      description: Interfaces with the names of vendors' modules.
      returned: if interfaces are read
      type: dict
    ansible_net_all_ipv4_addresses:
      description: IPv4 addresses of all interfaces.
      returned: if interfaces are read
      type: list
      elements: str
    ansible_net_all_ipv6_addresses:
      description: IPv6 addresses of all interfaces.
      returned: if interfaces are read
      type: list
      elements: str
    ansible_net_neighbors:
      description: Neighbors by local interface, each with C(host) and C(port).
      returned: if neighbors are read
      type: dict
    ansible_net_config:
      description: The running configuration.
      returned: if the configuration is read
      type: str
pyco:
  description: Details of an error, with the keys that M(pyco.cli.pyco_command) documents.
  returned: if the device or the connection to it failed
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule


def main() -> None:
    """Fail: the action plugin, or the connection for gather_facts, does the work on the control node."""
    module = AnsibleModule(
        argument_spec={"gather_subset": {"type": "list", "elements": "str", "default": ["min"]}},
        supports_check_mode=True,
    )
    module.fail_json(msg="pyco_facts works over the connection pyco.cli.pyco: set ansible_connection to it.")


if __name__ == "__main__":
    main()
