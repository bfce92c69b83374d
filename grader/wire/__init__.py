"""What may cross between learner code and referee: plain values and tensors, no pickle."""
