"""What may cross between learner code and referee: frames of plain values and tensors, no pickle."""
