"""x"""


def erase_ended() -> int:
    return 0
