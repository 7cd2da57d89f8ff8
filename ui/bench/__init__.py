"""The panel of the bench (today compare_*)."""
