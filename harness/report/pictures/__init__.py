"""Pictures of episodes and of groups of classes."""
