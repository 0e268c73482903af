"""One licence from the library of one region to a window of another, walked over HTTP as its users would."""
