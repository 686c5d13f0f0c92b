"""Tables of groups that divide a whole, told so coarsely that no small count is in them, and cells for the auditor."""
