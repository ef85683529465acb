package org.jxapi.local;

import org.jxapi.datamodel.Ref;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.xenapi.Host;

/**
 * A domain of a VM. Its number alone does not name it, because each host counts its own domains.
 *
 * @param host the null reference for a VM that is on no host
 * @param domid negative for a VM without a domain
 */
public record VmDomain(Ref<Host> host, Hypervisor hypervisor, int domid) {}
