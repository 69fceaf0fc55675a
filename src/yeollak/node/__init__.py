"""Settings, configuration and `serve`: the place where the parts of one running node are put together.

Only this package reads the environment and the node's folder to decide what runs where. It contains no rule
of the office: a node is storage, line, desk and API joined, and each of those can be tested without it.
"""
