"""The project's own tools: checks, generated documents, pinned requirements. None is installed."""
