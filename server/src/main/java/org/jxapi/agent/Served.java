package org.jxapi.agent;

import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.Hypervisor;

/** The objects that an agent serves, by the names of their parts. */
public final class Served {
    /** A method that a peer may call, and the object that has it. */
    record Target(Object object, Method method) {}

    private record Serving(Part<?> part, Object object) {}

    private final Map<String, Serving> parts = new HashMap<>();

    private Served() {}

    /** The parts of a hypervisor. */
    public static Served of(Hypervisor hypervisor) {
        return new Served()
                .with(HypervisorParts.DOMAINS, hypervisor.domains())
                .with(HypervisorParts.DEVICES, hypervisor.devices())
                .with(HypervisorParts.DISK_IMAGES, hypervisor.diskImages())
                .with(HypervisorParts.MEMORY, hypervisor.memory())
                .with(HypervisorParts.VCPUS, hypervisor.vcpus())
                .with(HypervisorParts.SCHEDULERS, hypervisor.schedulers())
                .with(HypervisorParts.CPUPOOLS, hypervisor.cpupools())
                .with(HypervisorParts.CONSOLES, hypervisor.consoles())
                .with(HypervisorParts.HOST, hypervisor.host())
                .with(HypervisorParts.STATISTICS, hypervisor.statistics())
                .with(HypervisorParts.EVENTS, hypervisor.events())
                .with(HypervisorParts.XENSTORE, hypervisor.xenstore());
    }

    /** Adds a part, before an agent serves this; IllegalArgumentException for a second one of its name. */
    public <T> Served with(Part<T> part, T object) {
        if (parts.put(part.name(), new Serving(part, object)) != null) {
            throw new IllegalArgumentException("two parts " + part.name());
        }
        return this;
    }

    /** The method of a name such as {@code domains.create}; null for one that is not served. */
    @Nullable
    Target find(String call) {
        int dot = call.indexOf('.');
        Serving serving = dot < 0 ? null : parts.get(call.substring(0, dot));
        Method method = serving == null ? null : serving.part().method(call.substring(dot + 1));
        return serving == null || method == null ? null : new Target(serving.object(), method);
    }
}
