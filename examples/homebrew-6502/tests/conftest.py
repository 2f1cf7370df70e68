"""Settings of hypothesis: an example has no deadline, for time counts in cycles of the guest here."""

from hypothesis import settings

settings.register_profile("guest", deadline=None)
settings.load_profile("guest")
