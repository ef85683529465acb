package org.jxapi.hypervisor;

import java.util.UUID;

/** Something that happened to a domain. */
public sealed interface HypervisorEvent {
    int domid();

    UUID uuid();

    /** The domain shut down and waits to be destroyed, or resumed after a suspend. */
    record DomainShutdown(int domid, UUID uuid, ShutdownReason reason) implements HypervisorEvent {}

    /** The domain is gone. */
    record DomainDeath(int domid, UUID uuid) implements HypervisorEvent {}

    /** The guest ejected the disc of a CD drive. */
    record DiskEject(int domid, UUID uuid, DiskConfig disk) implements HypervisorEvent {}
}
