"""From deliveries of records to obligations, gaps and counts: the stages, the store and the command."""
