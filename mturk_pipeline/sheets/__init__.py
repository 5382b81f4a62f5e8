"""Every spreadsheet in and out: files of people and platforms -> tables of text, tables -> workbooks and CSV."""
