"""Central requests: what is asked of whom, the answers, who is missing, and the forums that approve the reply."""
