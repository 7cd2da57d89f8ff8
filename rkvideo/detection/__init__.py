"""From a picture to a tensor and from outputs to boxes; heads inside."""
