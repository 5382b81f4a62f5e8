"""The tables that pass between the rooms, one Pandera model each: the place to read what a column means."""
