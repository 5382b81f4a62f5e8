"""What a cell means: blank, 'there is none', invalid, or a value in one normal form.

`tidying.tidy` makes tidy answers of a phase's assignments; `kinds` holds what is known of each kind of answer.
"""
