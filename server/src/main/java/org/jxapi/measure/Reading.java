package org.jxapi.measure;

/** The raw value of a data source now; NaN when it is not known. */
public record Reading(Source source, double value) {}
