"""What the services refuse, in the words of the person who asked."""


class Refused(Exception):
    """The action is not possible as things stand; the message says why and what to do instead."""


class TooLate(Refused):
    """Answers are no longer taken: the attempt is submitted or the assignment closed."""


class Outdated(Refused):
    """The answer was changed elsewhere since this page was loaded; nothing was overwritten."""
