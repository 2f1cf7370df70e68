"""Types that every compiled module shares."""
