"""Review: only what needs eyes goes out, as a workbook; what people decide comes back and is laid over it.

`cleaning` makes one row per item, `workbook` shows it, `reading` understands what people saved, `deciding` lays
their decisions over the rows, `handing_on` makes the next phase's input and the rework.
"""
