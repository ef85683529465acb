package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import jnr.ffi.Pointer;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/** The calls about a domain that all classes of this package need: its state, its configuration, and its errors. */
final class DomainCalls {
    private static final UUID NIL = new UUID(0, 0);

    private DomainCalls() {}

    static DomainInfo info(LibxlContext context, int domid) {
        try (Struct struct = context.struct(StructType.DOMINFO)) {
            int rc = context.libxl().libxl_domain_info(context.pointer(), struct.pointer(), domid);
            if (rc != 0) {
                throw context.failure(rc, "domain " + domid + " is not known");
            }
            return readInfo(struct.json(context.pointer()));
        }
    }

    static List<DomainInfo> list(LibxlContext context) {
        Pointer count = context.out();
        Pointer array = context.libxl().libxl_list_domain(context.pointer(), count);
        if (array == null) {
            throw context.failure(LibxlError.FAIL.value(), "the domains cannot be listed");
        }
        List<DomainInfo> domains = context.takeList(StructType.DOMINFO, array, count.getInt(0), DomainCalls::readInfo);
        domains.sort(Comparator.comparingInt(DomainInfo::domid));
        return domains;
    }

    private static DomainInfo readInfo(ObjectNode json) {
        if (!json.has("uuid")) {
            json.put("uuid", NIL.toString());
        }
        return RecordJson.read(json, DomainInfo.class);
    }

    static DomainConfig config(LibxlContext context, int domid) {
        try (Struct struct = context.struct(StructType.DOMAIN_CONFIG)) {
            check(
                    context,
                    domid,
                    "has no configuration",
                    context.libxl()
                            .libxl_retrieve_domain_configuration(context.pointer(), domid, struct.pointer(), null));
            return Structures.readConfig(struct.json(context.pointer()));
        }
    }

    /** Returns a configuration in libxl's form. */
    static Struct configOf(LibxlContext context, DomainConfig config) {
        Struct struct =
                Struct.of(context.libraries(), context.pointer(), StructType.DOMAIN_CONFIG, Structures.write(config));
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
    static <T> T withConfig(LibxlContext context, DomainConfig config, Function<Struct, T> work) {
        try (Struct struct = configOf(context, config)) {
            return work.apply(struct);
        }
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
