"""The subcommands of ``orama``, one file each. They import what is heavy only when they run."""
