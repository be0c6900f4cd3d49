"""``orama monitor inventory``: an environment as an Ansible inventory, without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from orama_monitor.commands.options import Settings, global_flags

if TYPE_CHECKING:
    from orama_monitor.nodes import Node


@click.command()
@click.option(
    "--format",
    "format_",
    type=click.Choice(("yaml", "json")),
    default="yaml",
    show_default=True,
    help="--json is json.",
)
@global_flags
def inventory(settings: Settings, format_: str) -> None:
    """Print the Ansible inventory of an environment.

    The YAML is a static inventory for `ansible -i FILE`, the JSON is what `ansible-inventory --list` prints.
    Passwords are left out.
    """
    from orama_monitor import output
    from orama_monitor.commands.session import configured
    from orama_monitor.nodes import select

    if settings.env is None or settings.from_files:
        raise click.UsageError("the inventory is made of the conf: give --env NAME, not --from")
    everyone, _conf = configured(settings)
    nodes = select(everyone, settings.node)
    if settings.wants_json or format_ == "json":
        output.show_json(listing(nodes), settings.query)
        return
    import yaml

    click.echo(yaml.safe_dump(static(nodes), sort_keys=False, allow_unicode=True), nl=False)


def listing(nodes: list[Node]) -> dict[str, Any]:
    """The inventory as a script inventory gives it."""
    groups = {name: {"hosts": [node.host for node in members]} for name, members in _groups(nodes).items()}
    return {"_meta": {"hostvars": {node.host: _variables(node) for node in nodes}}, **groups}


def static(nodes: list[Node]) -> dict[str, Any]:
    """The inventory as a YAML file has it; the variables stand where the host is first named."""
    groups: dict[str, Any] = {}
    for name, members in _groups(nodes).items():
        first = name == nodes[0].environment
        groups[name] = {"hosts": {node.host: _variables(node) if first else {} for node in members}}
    return groups


def _groups(nodes: list[Node]) -> dict[str, list[Node]]:
    groups = {nodes[0].environment: nodes, "nodes": nodes}
    nameservers = [node for node in nodes if node.is_nameserver]
    return {**groups, "nameservers": nameservers} if nameservers else groups


def _variables(node: Node) -> dict[str, Any]:
    from orama_monitor.nodes import LOCAL

    if node.environment == LOCAL:
        return _built_in(node)
    variables: dict[str, Any] = {"orama_environment": node.environment, "orama_role": node.role}
    key = str(node.ssh_key) if node.ssh_key else None
    login = {"ansible_host": node.host, "ansible_port": node.port, "ansible_user": node.user}
    login["ansible_ssh_private_key_file"] = key
    return {**{name: value for name, value in login.items() if value is not None}, **variables}


def _built_in(node: Node) -> dict[str, Any]:
    """Those with which this machine is asked."""
    import yaml

    from orama_monitor.collect import INVENTORIES

    text = (INVENTORIES / node.environment / "hosts.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)[node.environment]["hosts"][node.host]
    return found
