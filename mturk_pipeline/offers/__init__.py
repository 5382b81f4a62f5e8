"""What goes back to the crowd: rework, missing answers, and how many answers are worth their money.

`asked` says how often the crowd was asked about each item, `missing` which answers have not come, `rework` makes
the rows to be asked again, `redundancy` tells from the answers there are what fewer would have done.
"""
