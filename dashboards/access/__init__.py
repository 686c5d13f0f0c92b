"""Who may enter: rules that a deployment writes, claims of a token, and the signing in itself."""
