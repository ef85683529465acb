package org.jxapi.hypervisor;

import java.util.List;

/** Parameters of the CPU schedulers. */
public interface Schedulers {
    /** Returns the host's default scheduler. */
    Scheduler scheduler();

    DomainSchedParams params(int domid);

    /** Changes those parameters which are not null. */
    void setParams(int domid, DomainSchedParams params);

    /** Returns the parameters of each virtual CPU; only RTDS has them, others fail with {@code INVAL}. */
    List<VcpuSchedParams> vcpuParams(int domid);

    void setVcpuParams(int domid, List<VcpuSchedParams> params);
}
