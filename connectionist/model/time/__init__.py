"""Networks in time: unrolled copies, one per tick."""
