"""The language of rules: text to tree to meaning, and the faster ways that agree with it."""
