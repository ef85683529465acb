package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.ToIntFunction;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Domains;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.Trigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Life of domains through libxl. */
final class LibxlDomains implements Domains {
    private static final Logger LOG = LoggerFactory.getLogger(LibxlDomains.class);
    private static final int SUSPEND_LIVE = 2;

    private static final int NO_DOMAIN = -1;

    private final LibxlContexts contexts;
    private final LoopDevices loops;
    private final PvDeviceModels models;
    private final VifScript script;

    LibxlDomains(LibxlContexts contexts, LoopDevices loops, PvDeviceModels models, VifScript script) {
        this.contexts = contexts;
        this.loops = loops;
        this.models = models;
        this.script = script;
    }

    @Override
    public int create(DomainConfig config) {
        return build(
                config,
                "domain " + config.cInfo().name() + " cannot be created",
                (context, struct, domid) ->
                        context.libxl().libxl_domain_create_new(context.pointer(), struct, domid, null, null));
    }

    @Override
    public int restore(DomainConfig config, Path saveFile) {
        String what = "domain " + config.cInfo().name() + " cannot be restored";
        SaveFile.check(saveFile, what);
        return build(config, what, (context, struct, domid) -> {
            try (OpenFile file = OpenFile.toRead(context.libraries().libc(), saveFile)) {
                return restore(context, struct, domid, file.fd());
            }
        });
    }

    @Override
    public int receive(DomainConfig config, InputStream memory) {
        String what = "domain " + config.cInfo().name() + " cannot be received";
        byte[] head = SaveFile.head(memory, "what comes", what);
        return build(config, what, (context, struct, domid) -> {
            try (StreamPipe pipe = StreamPipe.from(context.libraries().libc(), head, memory)) {
                return restore(context, struct, domid, pipe.fd());
            }
        });
    }

    private static int restore(LibxlContext context, Pointer config, Pointer domid, int fd) {
        ObjectNode stream = Struct.JSON.createObjectNode().put("stream_version", SaveFile.VERSION);
        try (Struct params =
                Struct.of(context.libraries(), context.pointer(), StructType.DOMAIN_RESTORE_PARAMS, stream)) {
            return context.libxl()
                    .libxl_domain_create_restore(
                            context.pointer(), config, domid, fd, -1, params.pointer(), null, null);
        }
    }

    private interface Builder {
        int build(LibxlContext context, Pointer config, Pointer domidOut);
    }

    private int build(DomainConfig config, String what, Builder builder) {
        UUID uuid = config.cInfo().uuid();
        Map<String, String> attached = loops.attached();
        return contexts.longCall(context -> {
            // libxl checks names only; a domain that is dying may take a while, and does not count
            for (DomainInfo other : DomainCalls.list(context)) {
                if (other.uuid().equals(uuid) && !other.dying()) {
                    throw new HypervisorException(
                            LibxlError.INVAL, what + ": domain " + other.domid() + " has this UUID already");
                }
            }
            try (Struct struct = DomainCalls.configOf(context, script.of(config))) {
                Pointer domid = context.out();
                domid.putInt(0, NO_DOMAIN);
                int rc = builder.build(context, struct.pointer(), domid);
                int built = domid.getInt(0);
                if (rc != 0) {
                    HypervisorException failure = context.failure(rc, what);
                    discard(context, uuid, failure);
                    loops.detachNew(attached, config.disks());
                    throw failure;
                }
                return built;
            }
        });
    }

    /** Removes what a failed build left; libxl leaves nothing but after an abort, when it says that it may. */
    private static void discard(LibxlContext context, UUID uuid, HypervisorException failure) {
        try {
            for (DomainInfo left : DomainCalls.list(context)) {
                if (left.uuid().equals(uuid) && !left.dying()) {
                    context.libxl().libxl_domain_destroy(context.pointer(), left.domid(), null);
                }
            }
        } catch (HypervisorException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public void suspend(int domid, Path saveFile, boolean live) {
        longCall(domid, "cannot be saved", context -> {
            try (OpenFile file = OpenFile.toWrite(context.libraries().libc(), saveFile)) {
                int rc = context.libxl()
                        .libxl_domain_suspend(context.pointer(), domid, file.fd(), live ? SUSPEND_LIVE : 0, null);
                if (rc == 0) {
                    file.sync();
                }
                return rc;
            }
        });
    }

    @Override
    public void send(int domid, OutputStream memory, boolean live) {
        longCall(domid, "cannot be sent", context -> {
            try (StreamPipe pipe = StreamPipe.to(context.libraries().libc(), memory)) {
                int rc = context.libxl()
                        .libxl_domain_suspend(context.pointer(), domid, pipe.fd(), live ? SUSPEND_LIVE : 0, null);
                if (rc == 0) {
                    pipe.finish("domain " + domid + " cannot be sent");
                }
                return rc;
            }
        });
    }

    @Override
    public void suspendOnly(int domid) {
        longCall(
                domid,
                "cannot be suspended",
                context -> context.libxl().libxl_domain_suspend_only(context.pointer(), domid, null));
    }

    @Override
    public void resume(int domid, boolean suspendCancel) {
        try {
            QemuDiskImages.ofLibxl().takeBack(domid);
        } catch (HypervisorException e) {
            LOG.warn("Domain {}: its QEMU may not serve its disks any more: {}", domid, e.getMessage());
        }
        longCall(
                domid,
                "cannot be resumed",
                context -> context.libxl().libxl_domain_resume(context.pointer(), domid, suspendCancel ? 1 : 0, null));
    }

    @Override
    public void pause(int domid) {
        longCall(
                domid,
                "cannot be paused",
                context -> context.libxl().libxl_domain_pause(context.pointer(), domid, null));
    }

    @Override
    public void unpause(int domid) {
        longCall(
                domid,
                "cannot be unpaused",
                context -> context.libxl().libxl_domain_unpause(context.pointer(), domid, null));
    }

    @Override
    public void shutdown(int domid) {
        longCall(
                domid,
                "cannot be shut down",
                context -> context.libxl().libxl_domain_shutdown(context.pointer(), domid, null));
    }

    @Override
    public void reboot(int domid) {
        longCall(
                domid,
                "cannot be rebooted",
                context -> context.libxl().libxl_domain_reboot(context.pointer(), domid, null));
    }

    @Override
    public void trigger(int domid, Trigger trigger, int vcpuid) {
        longCall(
                domid,
                "cannot get trigger " + trigger,
                context -> context.libxl().libxl_send_trigger(context.pointer(), domid, trigger.value(), vcpuid, null));
    }

    @Override
    public void sysrq(int domid, char key) {
        longCall(
                domid,
                "cannot get SysRq " + key,
                context -> context.libxl().libxl_send_sysrq(context.pointer(), domid, (byte) key));
    }

    @Override
    public void softReset(int domid, DomainConfig config) {
        longCall(
                domid,
                "cannot be reset",
                context -> DomainCalls.withConfig(
                        context,
                        script.of(config),
                        struct -> context.libxl()
                                .libxl_domain_soft_reset(context.pointer(), struct.pointer(), domid, null, null)));
    }

    @Override
    public void destroy(int domid) {
        if (domid == Hypervisor.DOM0) {
            throw new HypervisorException(LibxlError.INVAL, "the control domain cannot be destroyed");
        }
        Map<String, String> attached = loops.of(domid);
        try {
            longCall(
                    domid,
                    "cannot be destroyed",
                    context -> context.libxl().libxl_domain_destroy(context.pointer(), domid, null));
            models.ended(domid);
        } finally {
            loops.detachLeft(attached);
        }
    }

    @Override
    public void rename(int domid, @Nullable String oldName, String newName) {
        longCall(
                domid,
                "cannot be renamed to " + newName,
                context -> context.libxl().libxl_domain_rename(context.pointer(), domid, oldName, newName));
    }

    @Override
    public void coreDump(int domid, Path file) {
        longCall(
                domid,
                "cannot be dumped to " + file,
                context -> context.libxl().libxl_domain_core_dump(context.pointer(), domid, file.toString(), null));
    }

    @Override
    public DomainConfig config(int domid) {
        return contexts.longCall(context -> DomainCalls.config(context, domid));
    }

    @Override
    public DomainInfo info(int domid) {
        return contexts.call(context -> DomainCalls.info(context, domid));
    }

    @Override
    public List<DomainInfo> list() {
        return contexts.call(DomainCalls::list);
    }

    @Override
    public String name(int domid) {
        return contexts.call(context -> {
            Pointer name = context.libxl().libxl_domid_to_name(context.pointer(), domid);
            return context.libraries().takeString(name).orElseThrow(() -> {
                DomainCalls.require(context, domid);
                return context.failure(LibxlError.NOTFOUND.value(), "domain " + domid + " has no name");
            });
        });
    }

    @Override
    public OptionalInt findByName(String name) {
        return contexts.call(context -> {
            Pointer domid = context.out();
            int rc = context.libxl().libxl_name_to_domid(context.pointer(), name, domid);
            context.takeLog();
            return rc == 0 ? OptionalInt.of(domid.getInt(0)) : OptionalInt.empty();
        });
    }

    private void longCall(int domid, String problem, ToIntFunction<LibxlContext> call) {
        contexts.longCall(context -> {
            DomainCalls.require(context, domid);
            return DomainCalls.check(context, domid, problem, call.applyAsInt(context));
        });
    }
}
