package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.ToIntFunction;
import jnr.ffi.Pointer;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Domains;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.Trigger;

/** Life of domains through libxl. */
final class LibxlDomains implements Domains {
    private static final int SUSPEND_LIVE = 2;

    private static final int NO_DOMAIN = -1;
    private static final UUID NIL = new UUID(0, 0);

    private final LibxlContexts contexts;
    private final LoopDevices loops;

    LibxlDomains(LibxlContexts contexts, LoopDevices loops) {
        this.contexts = contexts;
        this.loops = loops;
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
            ObjectNode stream = Struct.JSON.createObjectNode().put("stream_version", SaveFile.VERSION);
            try (OpenFile file = OpenFile.toRead(context.libraries().libc(), saveFile);
                    Struct params = Struct.of(
                            context.libraries(), context.pointer(), Struct.Type.DOMAIN_RESTORE_PARAMS, stream)) {
                return context.libxl()
                        .libxl_domain_create_restore(
                                context.pointer(), struct, domid, file.fd(), -1, params.pointer(), null, null);
            }
        });
    }

    private interface Builder {
        int build(LibxlContext context, Pointer config, Pointer domidOut);
    }

    private int build(DomainConfig config, String what, Builder builder) {
        UUID uuid = config.cInfo().uuid();
        Map<String, String> attached = loops.attached();
        return contexts.longCall(context -> {
            // libxl checks names only; a domain that is dying may take a while, and does not count
            for (DomainInfo other : list(context)) {
                if (other.uuid().equals(uuid) && !other.dying()) {
                    throw new HypervisorException(
                            LibxlError.INVAL, what + ": domain " + other.domid() + " has this UUID already");
                }
            }
            try (Struct struct = configOf(context, config)) {
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
            for (DomainInfo left : list(context)) {
                if (left.uuid().equals(uuid) && !left.dying()) {
                    context.libxl().libxl_domain_destroy(context.pointer(), left.domid(), null);
                }
            }
        } catch (HypervisorException e) {
            failure.addSuppressed(e);
        }
    }

    private static Struct configOf(LibxlContext context, DomainConfig config) {
        Struct struct =
                Struct.of(context.libraries(), context.pointer(), Struct.Type.DOMAIN_CONFIG, Structures.write(config));
        try {
            CpuidPolicy.add(
                    context.libraries(),
                    context.pointer(),
                    struct,
                    config.bInfo().cpuid());
            return struct;
        } catch (RuntimeException e) {
            struct.close();
            throw e;
        }
    }

    /** Runs something with a configuration in libxl's form. */
    static <T> T withConfig(LibxlContext context, DomainConfig config, java.util.function.Function<Struct, T> work) {
        try (Struct struct = configOf(context, config)) {
            return work.apply(struct);
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
    public void suspendOnly(int domid) {
        longCall(
                domid,
                "cannot be suspended",
                context -> context.libxl().libxl_domain_suspend_only(context.pointer(), domid, null));
    }

    @Override
    public void resume(int domid, boolean suspendCancel) {
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
                context -> withConfig(
                        context,
                        config,
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
        } finally {
            loops.detachLeft(attached);
        }
    }

    @Override
    public void rename(int domid, String oldName, String newName) {
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
        return contexts.longCall(context -> config(context, domid));
    }

    static DomainConfig config(LibxlContext context, int domid) {
        try (Struct struct = context.struct(Struct.Type.DOMAIN_CONFIG)) {
            check(
                    context,
                    domid,
                    "has no configuration",
                    context.libxl()
                            .libxl_retrieve_domain_configuration(context.pointer(), domid, struct.pointer(), null));
            return Structures.readConfig(struct.json(context.pointer()));
        }
    }

    @Override
    public DomainInfo info(int domid) {
        return contexts.call(context -> info(context, domid));
    }

    static DomainInfo info(LibxlContext context, int domid) {
        try (Struct struct = context.struct(Struct.Type.DOMINFO)) {
            int rc = context.libxl().libxl_domain_info(context.pointer(), struct.pointer(), domid);
            if (rc != 0) {
                throw context.failure(rc, "domain " + domid + " is not known");
            }
            return readInfo(struct.json(context.pointer()));
        }
    }

    @Override
    public List<DomainInfo> list() {
        return contexts.call(LibxlDomains::list);
    }

    static List<DomainInfo> list(LibxlContext context) {
        Pointer count = context.out();
        Pointer array = context.libxl().libxl_list_domain(context.pointer(), count);
        if (array == null) {
            throw context.failure(LibxlError.FAIL.value(), "the domains cannot be listed");
        }
        List<DomainInfo> domains =
                context.takeList(Struct.Type.DOMINFO, array, count.getInt(0), LibxlDomains::readInfo);
        domains.sort(Comparator.comparingInt(DomainInfo::domid));
        return domains;
    }

    private static DomainInfo readInfo(ObjectNode json) {
        if (!json.has("uuid")) {
            json.put("uuid", NIL.toString());
        }
        return RecordJson.read(json, DomainInfo.class);
    }

    @Override
    public String name(int domid) {
        return contexts.call(context -> {
            String name = context.libraries().takeString(context.libxl().libxl_domid_to_name(context.pointer(), domid));
            if (name == null) {
                info(context, domid);
                throw context.failure(LibxlError.NOTFOUND.value(), "domain " + domid + " has no name");
            }
            return name;
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
            require(context, domid);
            return check(context, domid, problem, call.applyAsInt(context));
        });
    }

    /** Throws DOMAIN_NOTFOUND, before libxl makes files and a home in xenstore for a domain that is not there. */
    static void require(LibxlContext context, int domid) {
        int rc = context.libxl().libxl_domain_info(context.pointer(), null, domid);
        if (rc != 0) {
            throw context.failure(rc, "domain " + domid + " is not known");
        }
    }

    /**
     * Throws what a libxl return code says. libxl has many codes for a domain that is not there, this has one; and some
     * functions, such as libxl_domain_setmaxmem, fail with 1.
     */
    static int check(LibxlContext context, int domid, String problem, int rc) {
        if (rc == 0) {
            return rc;
        }
        HypervisorException failure =
                context.failure(rc < 0 ? rc : LibxlError.FAIL.value(), "domain " + domid + " " + problem);
        if (failure.error() != LibxlError.DOMAIN_NOTFOUND
                && context.libxl().libxl_domain_info(context.pointer(), null, domid)
                        == LibxlError.DOMAIN_NOTFOUND.value()) {
            throw new HypervisorException(LibxlError.DOMAIN_NOTFOUND, "there is no domain " + domid, failure.log());
        }
        throw failure;
    }
}
