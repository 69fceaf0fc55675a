"""Tests of the words and of the public page."""
