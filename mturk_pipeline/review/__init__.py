"""Review: only rows that need eyes go out, as a workbook; people's decisions come back and are laid over the output."""
