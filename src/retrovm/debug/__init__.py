"""Looking at the code that a machine runs: which of it ran (`coverage`), and what it cost (`profile`).

    with vm.coverage(debug="game.dbg") as coverage, vm.profile() as profile:
        vm.run(cycles=1_000_000)
    coverage.write("coverage.info")
    print(profile.table())
"""
