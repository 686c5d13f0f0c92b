"""Parts of the operator's pages: runs and their health, and the audit log. No figure of a child."""
