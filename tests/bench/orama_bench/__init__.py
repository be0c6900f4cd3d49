"""What a collection costs, beside what SSH itself and others cost, as ratios of one run on one machine."""
