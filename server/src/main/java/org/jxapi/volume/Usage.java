package org.jxapi.volume;

/** How large a repository is and how much of it is taken, in bytes, with everything else that is in the same place. */
public record Usage(long size, long used) {}
