"""The pages: published figures for leaders, the worklist for data stewards."""
