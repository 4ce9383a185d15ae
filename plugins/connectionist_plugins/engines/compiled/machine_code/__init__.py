"""Machine code: made from LLVM IR for this processor, kept in a private folder on disk, and loaded into the process."""
