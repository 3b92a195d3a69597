"""What earlier runs leave for later ones: checkpoints, last seen, waivers, comparison."""
