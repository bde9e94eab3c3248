"""Edits of definition files that people wrote: only what differs is touched, byte for byte.

``workspace.py`` keeps edits in memory and looks at each, ``rewriting.py`` finds them,
``layout.py`` knows where things stand, ``values.py`` and ``entries.py`` make the edits,
``saving.py`` writes all files or none.
"""
