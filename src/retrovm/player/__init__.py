"""The window: a machine's picture, sound and keys on this computer, through SDL.

Nothing here knows any machine by name: the picture is `vm.screen`, the sound `vm.audio`, and the keys are in
`vm.spec.ports`.

    app.py        the window with a machine in it: the main loop, and what each command does
    deck.py       the machine that is played: its speeds, past, movies and recordings
    past.py       rewinding, save slots, and what a load has taken away
    events.py     what SDL's events mean
    commands.py   what the player can be told to do, and by which keys
    keyboard.py   host keys and controllers' buttons that are the machine's
    controllers.py game controllers
    menu.py       the menu; pages.py has what is in it
    opening.py    from what the user names to a machine
    settings.py   what the user has chosen; memory.py what the player remembers by itself
    video.py      the window: renderer, textures.py, filters.py, palettes.py
    canvas.py     text over the picture, in the letters of font.py
    audio.py      the queue of samples; resampling.py makes them follow the sound card
    pacing.py     when the next frame is due; stats.py how well that goes
    terminal_view.py, terminal_line.py, terminal_keys.py   a serial line in the window
    pictures.py, files.py   pictures as files, and names for them
    sdl.py        SDL itself and its errors; the only place that imports it
"""
