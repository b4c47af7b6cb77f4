"""How fast: the main job beside a peer, in the same process and on the same files. `make bench` runs it."""
