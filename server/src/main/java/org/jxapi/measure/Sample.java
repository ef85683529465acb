package org.jxapi.measure;

import java.util.List;

/**
 * All values of one owner at one moment.
 *
 * @param generation changes when the owner's counters begin again at 0: the number of a VM's domain
 */
public record Sample(int generation, List<Reading> readings) {}
