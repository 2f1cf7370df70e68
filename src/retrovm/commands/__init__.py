"""The commands of `retrovm`, one file each. Nothing heavy is imported before a command runs."""
