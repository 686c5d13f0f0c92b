"""What things mean: the contract, the obligations, the measures and the reference files. No calculation."""
