package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import jnr.ffi.Pointer;
import org.jxapi.hypervisor.CpuTopology;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.NumaInfo;
import org.jxapi.hypervisor.PciTopology;
import org.jxapi.hypervisor.PhysInfo;
import org.jxapi.hypervisor.PhysicalHost;
import org.jxapi.hypervisor.VersionInfo;

/** The host through libxl. */
final class LibxlHost implements PhysicalHost {
    private final LibxlContexts contexts;

    LibxlHost(LibxlContexts contexts) {
        this.contexts = contexts;
    }

    @Override
    public PhysInfo physInfo() {
        return contexts.call(context -> {
            try (Struct info = context.struct(StructType.PHYSINFO)) {
                context.check(
                        context.libxl().libxl_get_physinfo(context.pointer(), info.pointer()),
                        "the host cannot be described");
                return RecordJson.read(info.json(context.pointer()), PhysInfo.class);
            }
        });
    }

    @Override
    public VersionInfo version() {
        return contexts.call(context -> {
            Pointer info = context.libxl().libxl_get_version_info(context.pointer());
            if (info == null) {
                throw context.failure(LibxlError.FAIL.value(), "Xen's version is not known");
            }
            return RecordJson.read(
                    Struct.json(context.libraries(), context.pointer(), StructType.VERSION_INFO, info),
                    VersionInfo.class);
        });
    }

    @Override
    public List<CpuTopology> cpuTopology() {
        List<CpuTopology> all = numbered(
                StructType.CPUTOPOLOGY,
                "cpu",
                CpuTopology.class,
                (c, n) -> c.libxl().libxl_get_cpu_topology(c.pointer(), n));
        return all.stream().filter(cpu -> cpu.core() >= 0).toList();
    }

    @Override
    public List<PciTopology> pciTopology() {
        return numbered(
                StructType.PCITOPOLOGY,
                "device",
                PciTopology.class,
                (c, n) -> c.libxl().libxl_get_pci_topology(c.pointer(), n));
    }

    @Override
    public List<NumaInfo> numaInfo() {
        return numbered(
                StructType.NUMAINFO, "node", NumaInfo.class, (c, n) -> c.libxl().libxl_get_numainfo(c.pointer(), n));
    }

    /** Reads a list in which the place of an element is its number. */
    private <R extends Record> List<R> numbered(
            StructType type, String number, Class<R> record, BiFunction<LibxlContext, Pointer, Pointer> call) {
        return contexts.call(context -> {
            Pointer count = context.out();
            Pointer array = call.apply(context, count);
            if (array == null && type != StructType.PCITOPOLOGY) {
                throw context.failure(LibxlError.FAIL.value(), "the host's topology is not known");
            }
            List<ObjectNode> elements = context.takeList(type, array, count.getInt(0), json -> json);
            List<R> all = new ArrayList<>();
            for (int i = 0; i < elements.size(); i++) {
                all.add(RecordJson.read(elements.get(i).put(number, i), record));
            }
            return all;
        });
    }

    @Override
    public List<String> consoleLog() {
        return contexts.call(context -> {
            Pointer reader = context.libxl().libxl_xen_console_read_start(context.pointer(), 0);
            if (reader == null) {
                throw context.failure(LibxlError.FAIL.value(), "Xen's console cannot be read");
            }
            StringBuilder text = new StringBuilder();
            try {
                Pointer line = context.out();
                while (context.check(
                                context.libxl().libxl_xen_console_read_line(context.pointer(), reader, line),
                                "Xen's console cannot be read")
                        > 0) {
                    text.append(context.libraries().string(line.getPointer(0)));
                }
            } finally {
                context.libxl().libxl_xen_console_read_finish(context.pointer(), reader);
            }
            return text.toString().lines().toList();
        });
    }

    @Override
    public void debugKeys(String keys) {
        contexts.call(context -> context.check(
                context.libxl().libxl_send_debug_keys(context.pointer(), keys), "debug keys cannot be sent"));
    }

    @Override
    public void setParameters(String parameters) {
        contexts.call(context -> context.check(
                context.libxl().libxl_set_parameters(context.pointer(), parameters),
                "Xen does not take " + parameters));
    }
}
