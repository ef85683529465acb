package org.jxapi.hypervisor.libxl;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.Encoding;
import org.jspecify.annotations.Nullable;

/**
 * Functions of libxenlight, {@code libxl.h} and {@code libxl_utils.h}, by the names and with the parameters that the
 * library exports from Xen 4.14 on. {@code how} is null for synchronous calls. Functions that return a pointer return null when they fail. Results below 0 are {@code libxl_error}.
 */
@Encoding("UTF-8")
public interface LibXenlight {
    int libxl_ctx_alloc(Pointer ctxOut, int version, int flags, Pointer logger);

    int libxl_ctx_free(Pointer ctx);

    void libxl_childproc_setmode(Pointer ctx, Pointer hooks, @Nullable Pointer user);

    int libxl_ao_abort(Pointer ctx, @Nullable Pointer how);

    int libxl_domain_create_new(
            Pointer ctx, Pointer config, Pointer domidOut, @Nullable Pointer how, @Nullable Pointer consoleHow);

    int libxl_domain_create_restore(
            Pointer ctx,
            Pointer config,
            Pointer domidOut,
            int restoreFd,
            int sendBackFd,
            Pointer params,
            @Nullable Pointer how,
            @Nullable Pointer consoleHow);

    int libxl_domain_soft_reset(
            Pointer ctx, Pointer config, int domid, @Nullable Pointer how, @Nullable Pointer consoleHow);

    int libxl_retrieve_domain_configuration(Pointer ctx, int domid, Pointer config, @Nullable Pointer how);

    int libxl_domain_suspend(Pointer ctx, int domid, int fd, int flags, @Nullable Pointer how);

    int libxl_domain_suspend_only(Pointer ctx, int domid, @Nullable Pointer how);

    int libxl_domain_resume(Pointer ctx, int domid, int suspendCancel, @Nullable Pointer how);

    int libxl_domain_shutdown(Pointer ctx, int domid, @Nullable Pointer how);

    int libxl_domain_reboot(Pointer ctx, int domid, @Nullable Pointer how);

    int libxl_domain_destroy(Pointer ctx, int domid, @Nullable Pointer how);

    int libxl_domain_pause(Pointer ctx, int domid, @Nullable Pointer how);

    int libxl_domain_unpause(Pointer ctx, int domid, @Nullable Pointer how);

    int libxl_domain_rename(Pointer ctx, int domid, @Nullable String oldName, String newName);

    int libxl_domain_core_dump(Pointer ctx, int domid, String file, @Nullable Pointer how);

    int libxl_send_trigger(Pointer ctx, int domid, int trigger, int vcpuid, @Nullable Pointer how);

    int libxl_send_sysrq(Pointer ctx, int domid, byte key);

    int libxl_domain_info(Pointer ctx, @Nullable Pointer info, int domid);

    @Nullable
    Pointer libxl_list_domain(Pointer ctx, Pointer countOut);

    int libxl_name_to_domid(Pointer ctx, String name, Pointer domidOut);

    @Nullable
    Pointer libxl_domid_to_name(Pointer ctx, int domid);

    int libxl_domain_setmaxmem(Pointer ctx, int domid, long kib);

    int libxl_set_memory_target(Pointer ctx, int domid, long kib, int relative, int enforce);

    int libxl_get_memory_target(Pointer ctx, int domid, Pointer kibOut);

    int libxl_domain_need_memory(Pointer ctx, Pointer config, int domid, Pointer kibOut);

    int libxl_get_free_memory(Pointer ctx, Pointer kibOut);

    int libxl_wait_for_free_memory(Pointer ctx, int domid, long kib, int seconds);

    int libxl_wait_for_memory_target(Pointer ctx, int domid, int seconds);

    int libxl_console_get_tty(Pointer ctx, int domid, int number, int type, Pointer pathOut);

    int libxl_primary_console_get_tty(Pointer ctx, int domid, Pointer pathOut);

    @Nullable
    Pointer libxl_list_vcpu(Pointer ctx, int domid, Pointer vcpusOut, Pointer cpusOut);

    int libxl_set_vcpuonline(Pointer ctx, int domid, Pointer bitmap, @Nullable Pointer how);

    int libxl_set_vcpuaffinity(Pointer ctx, int domid, int vcpuid, @Nullable Pointer hard, @Nullable Pointer soft);

    int libxl_domain_set_nodeaffinity(Pointer ctx, int domid, Pointer bitmap);

    int libxl_domain_get_nodeaffinity(Pointer ctx, int domid, Pointer bitmap);

    int libxl_get_max_cpus(Pointer ctx);

    int libxl_get_max_nodes(Pointer ctx);

    int libxl_get_scheduler(Pointer ctx);

    int libxl_domain_sched_params_get(Pointer ctx, int domid, Pointer params);

    int libxl_domain_sched_params_set(Pointer ctx, int domid, Pointer params);

    int libxl_vcpu_sched_params_get_all(Pointer ctx, int domid, Pointer params);

    int libxl_vcpu_sched_params_set(Pointer ctx, int domid, Pointer params);

    @Nullable
    Pointer libxl_list_cpupool(Pointer ctx, Pointer countOut);

    int libxl_cpupool_info(Pointer ctx, Pointer info, int poolid);

    int libxl_get_freecpus(Pointer ctx, Pointer bitmap);

    /** The bitmap is passed by value: its 16 bytes as two words, as the ABIs of x86-64 and AArch64 do it. */
    int libxl_cpupool_create(
            Pointer ctx, String name, int scheduler, long bitmapWord0, long bitmapWord1, Pointer uuid, Pointer idOut);

    int libxl_cpupool_destroy(Pointer ctx, int poolid);

    int libxl_cpupool_rename(Pointer ctx, String name, int poolid);

    int libxl_cpupool_cpuadd(Pointer ctx, int poolid, int cpu);

    int libxl_cpupool_cpuremove(Pointer ctx, int poolid, int cpu);

    int libxl_cpupool_movedomain(Pointer ctx, int poolid, int domid);

    int libxl_get_physinfo(Pointer ctx, Pointer info);

    /** The result belongs to the context. */
    @Nullable
    Pointer libxl_get_version_info(Pointer ctx);

    @Nullable
    Pointer libxl_get_cpu_topology(Pointer ctx, Pointer countOut);

    @Nullable
    Pointer libxl_get_pci_topology(Pointer ctx, Pointer countOut);

    @Nullable
    Pointer libxl_get_numainfo(Pointer ctx, Pointer countOut);

    @Nullable
    Pointer libxl_xen_console_read_start(Pointer ctx, int clear);

    /** Returns 1 and a line that belongs to the reader, or 0 at the end. */
    int libxl_xen_console_read_line(Pointer ctx, Pointer reader, Pointer lineOut);

    void libxl_xen_console_read_finish(Pointer ctx, Pointer reader);

    int libxl_send_debug_keys(Pointer ctx, String keys);

    int libxl_set_parameters(Pointer ctx, String parameters);

    int libxl_cdrom_insert(Pointer ctx, int domid, Pointer disk, @Nullable Pointer how);

    int libxl_vdev_to_device_disk(Pointer ctx, int domid, String vdev, Pointer disk);

    int libxl_devid_to_device_nic(Pointer ctx, int domid, int devid, Pointer nic);

    int libxl_mac_to_device_nic(Pointer ctx, int domid, String mac, Pointer nic);

    int libxl_device_pci_assignable_add(Pointer ctx, Pointer pci, int rebind);

    int libxl_device_pci_assignable_remove(Pointer ctx, Pointer pci, int rebind);

    @Nullable
    Pointer libxl_device_pci_assignable_list(Pointer ctx, Pointer countOut);

    int libxl_cpuid_parse_config(Pointer policyList, String text);

    int libxl_cpuid_parse_config_xend(Pointer policyList, String text);

    int libxl_bitmap_alloc(Pointer ctx, Pointer bitmap, int bits);

    void libxl_bitmap_dispose(Pointer bitmap);

    void libxl_bitmap_set(Pointer bitmap, int bit);

    int libxl_bitmap_test(Pointer bitmap, int bit);

    int libxl_uuid_from_string(Pointer uuid, String text);

    int libxl_evenable_domain_death(Pointer ctx, int domid, long forUser, Pointer evgenOut);

    void libxl_evdisable_domain_death(Pointer ctx, Pointer evgen);

    int libxl_evenable_disk_eject(Pointer ctx, int domid, String vdev, long forUser, Pointer evgenOut);

    void libxl_evdisable_disk_eject(Pointer ctx, Pointer evgen);

    int libxl_event_check(
            Pointer ctx, Pointer eventOut, long typemask, @Nullable Pointer predicate, @Nullable Pointer user);

    void libxl_event_free(Pointer ctx, Pointer event);

    /** The {@code struct timeval} is passed by value: two words. */
    int libxl_osevent_beforepoll(
            Pointer ctx, Pointer countInOut, Pointer fds, Pointer timeoutInOut, long nowSeconds, long nowMicros);

    void libxl_osevent_afterpoll(Pointer ctx, int count, Pointer fds, long nowSeconds, long nowMicros);
}
