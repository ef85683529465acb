package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.Device;
import org.jxapi.hypervisor.DeviceInfo;
import org.jxapi.hypervisor.Devices;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.PciConfig;

/** Devices of domains through libxl, all kinds by the same few functions. */
final class LibxlDevices implements Devices {
    private final LibxlContexts contexts;
    private final LoopDevices loops;
    private final PvDeviceModels models;
    private final VifScript script;

    LibxlDevices(LibxlContexts contexts, LoopDevices loops, PvDeviceModels models, VifScript script) {
        this.contexts = contexts;
        this.loops = loops;
        this.models = models;
        this.script = script;
    }

    @Override
    public <D extends Device> D add(int domid, D device) {
        if (!(device instanceof DiskConfig disk)) {
            return added(domid, device);
        }
        if (PvDeviceModels.needed(disk)) {
            requireModel(domid);
        }
        Map<String, String> attached = loops.attached();
        try {
            return added(domid, device);
        } catch (HypervisorException e) {
            loops.detachNew(attached, List.of(disk));
            throw e;
        }
    }

    private void requireModel(int domid) {
        DomainConfig config = contexts.longCall(context -> {
            DomainCalls.require(context, domid);
            return DomainCalls.config(context, domid);
        });
        if (config.cInfo().type() != DomainKind.HVM) {
            models.start(domid, config.bInfo().deviceModel());
        }
    }

    private <D extends Device> D added(int domid, D device) {
        DeviceKind kind = DeviceKind.of(device.getClass());
        return contexts.longCall(context -> {
            DomainCalls.require(context, domid);
            Object key = kind.key(device);
            if (find(context, domid, kind, key).isPresent()) {
                throw new HypervisorException(
                        LibxlError.DEVICE_EXISTS, "domain " + domid + " has " + name(kind, key) + " already");
            }
            Device given = device instanceof NicConfig nic ? script.of(nic) : device;
            try (Struct struct = structOf(context, kind, given)) {
                int rc = kind == DeviceKind.P9
                        ? addP9(context, domid, struct)
                        : functions(context, kind).add(context.pointer(), domid, struct.pointer(), null);
                DomainCalls.check(context, domid, "cannot have " + name(kind, key), rc);
                @SuppressWarnings("unchecked")
                Class<D> type = (Class<D>) device.getClass();
                return Structures.readDevice(struct.json(context.pointer()), type);
            } catch (UnsatisfiedLinkError e) {
                throw notOffered(context, kind, "add");
            }
        });
    }

    /** libxl has this since Xen 4.19, and by another name than the rest. */
    private static int addP9(LibxlContext context, int domid, Struct struct) {
        return context.libraries().device("device_9pfs").add(context.pointer(), domid, struct.pointer(), null);
    }

    @Override
    public void remove(int domid, Device device) {
        DeviceKind kind = DeviceKind.of(device.getClass());
        withFound(domid, device, "remove", (context, struct) -> {
            DeviceFunctions functions = functions(context, kind);
            if (kind == DeviceKind.DISK) {
                try {
                    // unlike remove, it does not take away a disk that the guest still uses
                    return functions.safe_remove(context.pointer(), domid, struct, null);
                } catch (UnsatisfiedLinkError e) {
                    LibxlContext.LIBXL_LOG.debug("This libxl, older than 4.15, only has device_disk_remove");
                }
            }
            return functions.remove(context.pointer(), domid, struct, null);
        });
    }

    @Override
    public void destroy(int domid, Device device) {
        DeviceKind kind = DeviceKind.of(device.getClass());
        withFound(
                domid,
                device,
                "destroy",
                (context, struct) -> functions(context, kind).destroy(context.pointer(), domid, struct, null));
    }

    private interface Call {
        int call(LibxlContext context, Pointer struct);
    }

    private void withFound(int domid, Device device, String what, Call call) {
        DeviceKind kind = DeviceKind.of(device.getClass());
        Map<String, String> attached = kind == DeviceKind.DISK ? loops.of(domid) : Map.of();
        try {
            withFound(domid, kind, device, what, call);
        } finally {
            loops.detachLeft(attached);
        }
    }

    private void withFound(int domid, DeviceKind kind, Device device, String what, Call call) {
        contexts.longCall(context -> {
            Device found = require(context, domid, kind, device);
            try (Struct struct = structOf(context, kind, found)) {
                return DomainCalls.check(
                        context,
                        domid,
                        "cannot " + what + " " + name(kind, kind.key(found)),
                        call.call(context, struct.pointer()));
            } catch (UnsatisfiedLinkError e) {
                throw notOffered(context, kind, what);
            }
        });
    }

    @Override
    public <D extends Device> List<D> list(int domid, Class<D> type) {
        return contexts.longCall(context -> list(context, domid, type));
    }

    static <D extends Device> List<D> list(LibxlContext context, int domid, Class<D> type) {
        DomainCalls.require(context, domid);
        DeviceKind kind = DeviceKind.of(type);
        if (kind == DeviceKind.VFB || kind == DeviceKind.P9) {
            // libxl has no list of these
            return kind.in(DomainCalls.config(context, domid)).stream()
                    .map(type::cast)
                    .toList();
        }
        Pointer count = context.out();
        Pointer array = functions(context, kind).list(context.pointer(), domid, count);
        return context.takeList(kind.struct(), array, count.getInt(0), json -> Structures.readDevice(json, type));
    }

    @Override
    public DeviceInfo info(int domid, Device device) {
        DeviceKind kind = DeviceKind.of(device.getClass());
        StructType infoType = kind.info();
        if (infoType == null) {
            throw new HypervisorException(LibxlError.NI, "libxl does not tell how a " + kind + " is connected");
        }
        return contexts.call(context -> {
            Device found = require(context, domid, kind, device);
            try (Struct struct = structOf(context, kind, found);
                    Struct info = context.struct(infoType)) {
                DomainCalls.check(
                        context,
                        domid,
                        "does not tell of " + name(kind, kind.key(found)),
                        functions(context, kind).getinfo(context.pointer(), domid, struct.pointer(), info.pointer()));
                return readInfo(info.json(context.pointer()));
            }
        });
    }

    private static DeviceInfo readInfo(ObjectNode json) {
        for (String ring : List.of("rref_tx", "ref_urb")) {
            if (json.has(ring)) {
                json.set("rref", json.get(ring));
            }
        }
        return RecordJson.read(json, DeviceInfo.class);
    }

    @Override
    public void cdromInsert(int domid, DiskConfig disc) {
        contexts.longCall(context -> {
            Device drive = require(context, domid, DeviceKind.DISK, disc);
            if (!((DiskConfig) drive).isCdrom()) {
                throw new HypervisorException(LibxlError.INVAL, disc.vdev() + " is not a CD drive");
            }
            try (Struct struct = structOf(context, DeviceKind.DISK, disc)) {
                return DomainCalls.check(
                        context,
                        domid,
                        "cannot change the disc in " + disc.vdev(),
                        context.libxl().libxl_cdrom_insert(context.pointer(), domid, struct.pointer(), null));
            }
        });
    }

    @Override
    public void pciAssignableAdd(PciConfig device, boolean rebind) {
        assign(
                device,
                "cannot be made assignable",
                (context, struct) ->
                        context.libxl().libxl_device_pci_assignable_add(context.pointer(), struct, rebind ? 1 : 0));
    }

    @Override
    public void pciAssignableRemove(PciConfig device, boolean rebind) {
        assign(
                device,
                "cannot be given back",
                (context, struct) ->
                        context.libxl().libxl_device_pci_assignable_remove(context.pointer(), struct, rebind ? 1 : 0));
    }

    private void assign(PciConfig device, String problem, Call call) {
        contexts.longCall(context -> {
            try (Struct struct = structOf(context, DeviceKind.PCI, device)) {
                return context.check(call.call(context, struct.pointer()), "device " + device.bdf() + " " + problem);
            }
        });
    }

    @Override
    public List<PciConfig> pciAssignableList() {
        return contexts.call(context -> {
            Pointer count = context.out();
            Pointer array = context.libxl().libxl_device_pci_assignable_list(context.pointer(), count);
            return context.takeList(
                    DeviceKind.PCI.struct(),
                    array,
                    count.getInt(0),
                    json -> Structures.readDevice(json, PciConfig.class));
        });
    }

    private static DeviceFunctions functions(LibxlContext context, DeviceKind kind) {
        return context.libraries().device(kind.prefix());
    }

    private static Struct structOf(LibxlContext context, DeviceKind kind, Device device) {
        return Struct.of(context.libraries(), context.pointer(), kind.struct(), Structures.write(device));
    }

    /** Returns the domain's device that has the key of this one, with all that libxl needs to find it again. */
    private static Device require(LibxlContext context, int domid, DeviceKind kind, Device device) {
        Object key = kind.key(device);
        Optional<? extends Device> found = key == null && device instanceof NicConfig nic
                ? list(context, domid, NicConfig.class).stream()
                        .filter(other -> other.mac() != null && other.mac().equalsIgnoreCase(nic.mac()))
                        .findFirst()
                : find(context, domid, kind, key);
        if (found.isEmpty()) {
            throw new HypervisorException(LibxlError.NOTFOUND, "domain " + domid + " has no " + name(kind, key));
        }
        return found.get();
    }

    private static Optional<? extends Device> find(
            LibxlContext context, int domid, DeviceKind kind, @Nullable Object key) {
        if (key == null) {
            return Optional.empty();
        }
        return list(context, domid, kind.record()).stream()
                .filter(device -> key.equals(kind.key(device)))
                .findFirst();
    }

    private static String name(DeviceKind kind, @Nullable Object key) {
        return key == null ? name(kind) : name(kind) + " " + key;
    }

    private static String name(DeviceKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static HypervisorException notOffered(LibxlContext context, DeviceKind kind, String what) {
        return new HypervisorException(
                LibxlError.NI, "libxl " + context.libraries().libxlVersion() + " cannot " + what + " a " + name(kind));
    }
}
