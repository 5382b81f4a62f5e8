"""What a cell means: blank, 'there is none', invalid, or a value in one normal form.

`tidying.tidy` makes tidy answers of a phase's assignments; the room `kinds` knows how each kind of answer is read.
"""
