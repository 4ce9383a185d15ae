"""What a run looks like as a page: reports that stand alone, runs side by side, and objects in notebooks."""
