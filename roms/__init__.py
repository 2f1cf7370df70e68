"""The programs that come with retrovm: machine/program/, each with its source. `retrovm.bundled` finds them."""
