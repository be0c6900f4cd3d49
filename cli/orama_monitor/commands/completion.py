"""``orama monitor completion``: the script that teaches a shell to complete ``orama``."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the completion script for SHELL.

    \b
    bash: orama monitor completion bash > ~/.local/share/bash-completion/completions/orama
    zsh:  orama monitor completion zsh > ~/.zfunc/_orama    (with ~/.zfunc in fpath)
    fish: orama monitor completion fish > ~/.config/fish/completions/orama.fish
    """
    from click.shell_completion import get_completion_class

    from orama_monitor.app import orama

    found = get_completion_class(shell)
    assert found is not None
    made = found(orama, {}, "orama", "_ORAMA_COMPLETE")
    click.echo(made.source_template % made.source_vars())
