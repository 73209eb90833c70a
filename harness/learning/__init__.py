"""What an author builds a method from: embeddings, scikit-learn, the training loop, kept models."""
