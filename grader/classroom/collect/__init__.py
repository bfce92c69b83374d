"""Take what other systems hand out (an archive or a folder) into a class's `submitted/`.

`sources` opens it safely, `systems` reads whose each file is, `people` gives everybody an id of the
class, `choose` finds the notebook that counts, `collect` puts it in its place. What could not be
placed is named, always.
"""
