package org.jxapi.hypervisor;

/**
 * Where a device is connected, {@code libxl_diskinfo} and its like.
 *
 * @param backend xenstore path
 * @param backendId domid
 * @param frontend xenstore path
 * @param frontendId domid
 * @param state xenbus state; 4 is connected
 * @param evtch event channel, or -1
 * @param rref grant reference, or -1
 */
public record DeviceInfo(
        String backend, int backendId, String frontend, int frontendId, int devid, int state, int evtch, int rref) {}
