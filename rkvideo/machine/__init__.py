"""What the kernel, the chip and the screen of this machine say, and holding them."""
