"""The window: a machine's picture, sound and keys on this computer, through SDL.

Nothing here knows any machine by name: the picture is `vm.screen`, the sound `vm.audio`, and the keys are in
`vm.spec.ports`.

    app.py       the main loop, and what each key of the player does
    video.py     window, renderer, texture; where the picture goes in the window
    audio.py     the queue of samples
    keyboard.py  host keys: those of the machine and those of the player
    font.py      the glyphs of text in the window; font.txt has them
    pacing.py    when the next frame is due
    files.py     names for pictures that are written on request
    terminal_view.py, terminal_line.py, terminal_keys.py
                 the terminal of a serial line: what is seen of it, the bytes both ways, the host's keys
    sdl.py       SDL itself and its errors; the only place that imports it
"""
