"""A node: settings, keys, clock, founding, acting, keeping and serving; it puts the parts together.

Importing anything of it configures Django, since the store's tables cannot be imported before. It decides
nothing about acts, bytes or states: that is the office's.
"""

from yeollak.node.settings import configure

configure()
