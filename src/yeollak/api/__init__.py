"""The JSON API of one's own node, for the side's own programs and described in OpenAPI.

It offers what the desk offers, to programs with a key of their own; it is no door for the other side, which
has the line, and it holds no rule that the layers below do not hold.
"""
