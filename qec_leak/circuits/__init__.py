"""What is executed: patches, strategies, ideal circuits, and their dressing with the noise of a device."""
