"""House rules: what every plan of an organisation must keep, from its `policy.toml`."""
