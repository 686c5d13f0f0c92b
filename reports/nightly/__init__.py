"""The page that a night writes about itself."""
