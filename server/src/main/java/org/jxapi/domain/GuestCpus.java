package org.jxapi.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainSchedParams;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VM;

/**
 * How a guest's virtual CPUs share those of the host: weight, cap and mask of {@code VM.VCPUs_params}, and the mask of
 * {@code host.guest_VCPUs_params}. A mask is {@code 0,1,2} for all virtual CPUs, or one for each with semicolons between
 * them; those without one of their own have the first. As in XAPI, what is no number counts as not given.
 */
final class GuestCpus {
    private static final String MASK = "mask";
    private static final int MOST_WEIGHT = 65_535;

    private final Map<String, String> params;
    private final int vcpus;
    private final List<Set<Integer>> host;

    GuestCpus(Row<VM> vm, Map<String, String> ofHost) {
        this.params = vm.get(VM.VCPUS_PARAMS);
        this.vcpus = Math.toIntExact(vm.get(VM.VCPUS_MAX));
        this.host = masks(ofHost.getOrDefault(MASK, ""));
    }

    /** INVALID_VALUE with a number that Xen's scheduler does not take, or a mask that leaves a virtual CPU none. */
    void addTo(DomainBuildInfo.Builder build) {
        Integer weight = number("weight", 1, MOST_WEIGHT);
        Integer cap = number("cap", 0, 100 * vcpus);
        if (weight != null || cap != null) {
            build.schedParams(DomainSchedParams.credit(weight, cap));
        }
        List<Set<Integer>> masks = masks(params.getOrDefault(MASK, ""));
        if (masks.isEmpty() && host.isEmpty()) {
            return;
        }
        List<Set<Integer>> each = new ArrayList<>();
        for (int i = 0; i < vcpus; i++) {
            each.add(masks.isEmpty() ? host.get(0) : within(masks.get(i < masks.size() ? i : 0)));
        }
        build.vcpuHardAffinity(each);
    }

    private Set<Integer> within(Set<Integer> mask) {
        Set<Integer> cpus = new TreeSet<>(mask);
        if (!host.isEmpty()) {
            cpus.retainAll(host.get(0));
        }
        if (cpus.isEmpty()) {
            throw Errors.invalidValue("VCPUs_params:" + MASK, params.getOrDefault(MASK, ""));
        }
        return cpus;
    }

    private static List<Set<Integer>> masks(String text) {
        List<Set<Integer>> masks = new ArrayList<>();
        if (!text.matches("[\\s\\d,;]*")) {
            return masks;
        }
        for (String one : text.split(";", -1)) {
            if (!one.matches("\\s*\\d{1,4}(\\s*,\\s*\\d{1,4})*\\s*")) {
                return List.of();
            }
            Set<Integer> cpus = new TreeSet<>();
            for (String cpu : one.split(",")) {
                cpus.add(Integer.valueOf(cpu.strip()));
            }
            masks.add(cpus);
        }
        return masks;
    }

    private @Nullable Integer number(String key, int least, int most) {
        String text = params.getOrDefault(key, "");
        if (!text.matches("-?\\d{1,9}")) {
            return null;
        }
        int number = Integer.parseInt(text);
        if (number < least || number > most) {
            throw Errors.invalidValue("VCPUs_params:" + key, text);
        }
        return number;
    }
}
