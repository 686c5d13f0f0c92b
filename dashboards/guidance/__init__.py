"""The page of guidance descriptions: the register, what shows each recommendation, and the follow-up survey."""
