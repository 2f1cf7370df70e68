"""The programs that come with retrovm: roms/<machine>/<name>/, each with its source. `build.py` rebuilds them."""
