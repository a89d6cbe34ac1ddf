"""What to do about an error, said beneath it."""


def note(error: Exception, text: str) -> None:
    """Add `text` to the error's traceback (PEP 678). Python 3.10 has no place for it."""
    if hasattr(error, "add_note"):
        error.add_note(text)
