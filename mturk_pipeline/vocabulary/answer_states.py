"""What an answer is once it was read, and what one that could not be read speaks for.

Both in the order in which a worker's several answers to one question count: the later, the more. Where tables of
numbers stand for them, a state's number is its place here.
"""

BLANK = "blank"
INVALID = "invalid"
NONE_DECLARED = "none_declared"  # the worker said that there is none
VALID = "valid"
ANSWER_STATES = (BLANK, INVALID, NONE_DECLARED, VALID)
TEXT_STATES = (INVALID, VALID)  # something was written that is meant as an answer

NO_EVIDENCE = ""  # every answer that could be read
JUNK = "junk"  # speaks for neither a value nor for none
NONE_IN_WORDS = "none_in_words"  # says in other words that there is none
NEAR_MISS = "near_miss"  # almost a value, so for one
EVIDENCE = (NO_EVIDENCE, JUNK, NONE_IN_WORDS, NEAR_MISS)
