"""Training samples: a simulator that turns one real chest CT into labelled radiographs of many patients."""
