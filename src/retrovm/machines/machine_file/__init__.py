"""Machine files: computers of registered chips, described in TOML.

    opening   from a file to a `MachineSpec`
    reading   from TOML to a `Board`, with errors that say where
    board     what a machine file says, and where each part lies
    program   what is in memory at power-on
    wiring    from a `Board` to a machine
"""
