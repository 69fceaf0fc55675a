"""The desk of one side's officers: a site of its own, behind a sign-in (docs/desk/desk.md)."""
