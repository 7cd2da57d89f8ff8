"""Finding, describing, fetching, offering models."""
