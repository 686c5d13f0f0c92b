"""Pictures as pure functions: frame in, Plotly figure or accessible markup out, with its text alternative beside it."""
