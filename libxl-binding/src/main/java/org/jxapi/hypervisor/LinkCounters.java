package org.jxapi.hypervisor;

/**
 * The traffic of a link of the control domain. For the host end of a guest's interface, received is what the guest sent.
 *
 * @param rxBytes bytes received
 * @param rxErrors packets that could not be received
 * @param txBytes bytes sent
 * @param txErrors packets that could not be sent
 */
public record LinkCounters(long rxBytes, long rxErrors, long txBytes, long txErrors) {}
