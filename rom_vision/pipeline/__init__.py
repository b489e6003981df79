"""Video or kept landmarks in, document out: the only place that strings the steps together."""
